import { registerScreen } from '../../core/register/register-screen.ts'

export default [registerScreen('site', 40), registerScreen('service', 41)]
