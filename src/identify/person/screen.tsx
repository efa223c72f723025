import { registerScreen } from '../../core/register/register-screen.ts'

export default [registerScreen('person', 10), registerScreen('role', 50)]
