import { useEffect, useState } from 'react'
import { Problem } from '../../../core/http/screen.ts'

export type Read<T> = Readonly<{ value: T | null; problem: Problem | null }>

/**
 * Reads when something it depends on changes. The old value stays until the new one is there, so that
 * a page that is being read does not flicker when the list grows.
 */
export function useRead<T>(
  read: (signal: AbortSignal) => Promise<T>,
  dependencies: readonly unknown[],
): Read<T> {
  const [state, setState] = useState<Read<T>>({ value: null, problem: null })
  useEffect(() => {
    const abort = new AbortController()
    read(abort.signal).then(
      value => setState({ value, problem: null }),
      (thrown: unknown) => {
        if (abort.signal.aborted) return
        const problem =
          thrown instanceof Problem
            ? thrown
            : new Problem('HTTP_UNREACHABLE', 0, String(thrown), '')
        setState(before => ({ value: before.value, problem }))
      },
    )
    return () => abort.abort()
  }, dependencies)
  return state
}
