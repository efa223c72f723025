import type { ReactNode } from 'react'
import { Component } from 'react'
import { Button } from '../src/core/ui/button.tsx'

type Props = { words: { t(id: string): string }; children: ReactNode }

/** A screen that fails takes nothing else with it. */
export class Guard extends Component<Props, { failed: boolean }> {
  override state = { failed: false }

  static getDerivedStateFromError() {
    return { failed: true }
  }

  override render() {
    if (!this.state.failed) return this.props.children
    const { t } = this.props.words
    return (
      <div className="mx-auto grid max-w-xl justify-items-start gap-4 px-5 py-[12vh]" role="alert">
        <h1 className="text-xl font-bold">{t('shell.broken.title')}</h1>
        <p>{t('shell.broken.text')}</p>
        {/* A part of a screen may be gone with an older version: only a new page finds the new one. */}
        <Button look="next" onClick={() => location.reload()}>
          {t('shell.again')}
        </Button>
      </div>
    )
  }
}
