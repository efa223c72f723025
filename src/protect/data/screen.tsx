import { registerScreen } from '../../core/register/register-screen.ts'

export default registerScreen('data-set', 30)
