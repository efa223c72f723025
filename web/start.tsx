import { createRoot } from 'react-dom/client'
import { listenToKeys } from '../src/core/ui/keys.ts'
import { enterWithLink, readSession, takeEnrolmentToken } from './enter.ts'
import { createRouting, followLinks } from './routing.tsx'
import type { FoundScreen } from './screens.ts'
import { Shell } from './shell.tsx'
import { createSpeech, firstLocale } from './speech.tsx'
import { applyTheme, firstTheme } from './theme.ts'
import './styles/main.css'

/** Opens the interface with these screens; the page holds nothing else. */
export function start(screens: readonly FoundScreen[]): void {
  applyTheme(firstTheme())
  const speech = createSpeech()
  const router = createRouting(screens)
  listenToKeys()
  document.addEventListener('click', event => followLinks(event, router))
  const root = document.getElementById('root')
  if (root === null) return
  // A link that is opened where the page is open already changes the address only.
  addEventListener('hashchange', () => /^#(enrol|token)=/.test(location.hash) && location.reload())
  const token = takeEnrolmentToken()
  const entered = enterWithLink().then(readSession)
  void Promise.all([entered, speech.choose(firstLocale())]).then(([first]) =>
    createRoot(root).render(<Shell {...{ screens, speech, router, first, token }} />),
  )
}
