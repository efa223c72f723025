import { keepPreviousData, useQueries } from '@tanstack/react-query'
import { useCallback, useRef, useState } from 'react'
import { send } from '../../ui/client.ts'
import { Problem } from '../../ui/problem.ts'
import { asks, type Query, type Row } from './asks.ts'

/** A piece has some screens of rows, and is sent in a few milliseconds. */
const pieceLength = 200

/** As long as nothing is told to have changed, a piece that was seen is not asked for again. */
const staleMs = 60_000

/** The rows of a register, piece by piece as they are looked at; 10⁵ of them are never here at once. */
export function usePieces(name: string, query: Query) {
  const [span, setSpan] = useState<readonly [number, number]>([0, 0])
  const numbers = [...new Set([0, ...span])]
  const results = useQueries({
    queries: numbers.map(number => {
      const asked = { ...query, offset: number * pieceLength, limit: pieceLength }
      const ask = asks.page(name, asked)
      return {
        queryKey: ['read', ask.path],
        staleTime: staleMs,
        // Of another question the first piece stays, so that nothing flickers while a letter is typed.
        ...(number === 0 && { placeholderData: keepPreviousData }),
        queryFn: async ({ signal }: { signal: AbortSignal }) => {
          const outcome = await send(ask, signal)
          if (!outcome.ok) throw outcome.problem
          return outcome.value
        },
      }
    }),
  })
  const [head] = results
  const pieces = new Map(numbers.map((number, at) => [number, results[at]?.data?.rows]))
  const known = useRef(pieces)
  known.current = pieces
  // A new function for new rows: whoever draws them compares it.
  const stamp = results.map(({ dataUpdatedAt }) => dataUpdatedAt).join()
  const at = useCallback(
    (index: number): Row | undefined =>
      known.current.get(Math.floor(index / pieceLength))?.[index % pieceLength],
    [stamp, span, JSON.stringify(query)],
  )
  const onSee = useCallback((first: number, last: number) => {
    const next = [Math.floor(first / pieceLength), Math.floor(last / pieceLength)] as const
    setSpan(before => (before[0] === next[0] && before[1] === next[1] ? before : next))
  }, [])
  return {
    found: head?.data?.found ?? null,
    size: head?.data?.size ?? 0,
    problem: results.map(({ error }) => error).find(error => error instanceof Problem) ?? null,
    again: () => void Promise.all(results.map(({ refetch }) => refetch())),
    ...{ at, onSee },
  }
}
