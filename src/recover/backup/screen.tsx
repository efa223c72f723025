import { registerScreen } from '../../core/register/register-screen.ts'

export default [registerScreen('backup-set', 43), registerScreen('backup-repository', 44)]
