import { useEffect, useState } from 'react'
import { Problem, type ScreenProps } from '../../../core/http/screen.ts'

export type Read<T> = Readonly<{ value: T | null; problem: Problem | null }>

/** A verdict turns old by time alone, when nothing comes any more (V31a). */
const againMs = 60_000

/**
 * Reads a path, and again when the list grew and every minute. The old value stays until the new one
 * is there, so that a page that is being read does not flicker.
 */
export function useRead<T>(get: ScreenProps['get'], path: string, size: number | null): Read<T> {
  const [state, setState] = useState<Read<T>>({ value: null, problem: null })
  const [minute, setMinute] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => setMinute(before => before + 1), againMs)
    return () => clearInterval(timer)
  }, [])
  useEffect(() => {
    const abort = new AbortController()
    get<T>(path, abort.signal).then(
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
  }, [get, path, size, minute])
  return state
}
