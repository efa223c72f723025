import { createRoot } from 'react-dom/client'
import { enterWithLink, takeEnrolmentToken } from './api.ts'
import { applyTheme, firstTheme } from './messages.ts'
import { followLinks } from './router.ts'
import { Shell } from './shell.tsx'
import './styles/tokens.css'
import './styles/base.css'
import './styles/shell.css'
import './styles/sign-in.css'

applyTheme(firstTheme())
document.addEventListener('click', followLinks)

const root = document.getElementById('root')
// A link that is opened where the page is open already changes the address only.
addEventListener('hashchange', () => /^#(enrol|token)=/.test(location.hash) && location.reload())

const token = takeEnrolmentToken()
if (root) void enterWithLink().finally(() => createRoot(root).render(<Shell token={token} />))
