import { registerScreen } from '../../core/register/register-screen.ts'

export default [registerScreen('escalation', 51), registerScreen('contact', 52)]
