import { registerScreen } from '../../core/register/register-screen.ts'

export default registerScreen('exception', 60)
