import { createRoot } from 'react-dom/client'
import { enterWithLink } from './api.ts'
import { applyTheme, firstTheme } from './messages.ts'
import { followLinks } from './router.ts'
import { Shell } from './shell.tsx'
import './styles/tokens.css'
import './styles/base.css'
import './styles/shell.css'

applyTheme(firstTheme())
document.addEventListener('click', followLinks)

const root = document.getElementById('root')
if (root) void enterWithLink().finally(() => createRoot(root).render(<Shell />))
