import type { ComponentType } from 'react'
import { useEffect, useState } from 'react'
import type { FoundScreen } from './screens.ts'

/** What was loaded stays loaded: an opened screen is there at once when it is opened again. */
const bodies = new Map<string, ComponentType>()

/**
 * What a screen shows; null while it is on its way. Not by `lazy`: React holds back for 300 ms
 * whatever comes soon after its fallback, and nothing would be asked of the server meanwhile.
 */
export function useBody({ path, load }: Pick<FoundScreen, 'path' | 'load'>): ComponentType | null {
  const [, setFailed] = useState<unknown>(null)
  // In a function: a component given as it is would be called for the state.
  const [body, setBody] = useState<ComponentType | null>(() => bodies.get(path) ?? null)
  useEffect(() => {
    if (bodies.has(path)) return
    load().then(
      loaded => {
        bodies.set(path, loaded.default)
        setBody(() => loaded.default)
      },
      // The guard around the screen says it.
      (thrown: unknown) =>
        setFailed(() => {
          throw thrown
        }),
    )
  }, [path, load])
  return body
}
