import { registerScreen } from '../../core/register/register-screen.ts'

export default registerScreen('supplier', 45)
