import {
  keepPreviousData,
  type UseQueryResult,
  useQueries,
  useQueryClient,
} from '@tanstack/react-query'
import { useCallback, useState } from 'react'
import { send } from '../../ui/client.ts'
import { Problem } from '../../ui/problem.ts'
import { asks, type Query, type Row } from './asks.ts'

/** A piece has some screens of rows, and is sent in a few milliseconds. */
const pieceLength = 200

/** As long as nothing is told to have changed, a piece that was seen is not asked for again. */
const staleMs = 60_000

type Piece = Readonly<{ number: number; rows: readonly Row[]; found: number; size: number }>

/** The rows of a register, piece by piece as they are looked at; 10⁵ of them are never here at once. */
export function usePieces(name: string, query: Query) {
  const client = useQueryClient()
  const [span, setSpan] = useState<readonly [number, number]>([0, 0])
  const { pieces, found, size, problem } = useQueries({
    queries: [...new Set([0, ...span])].map(number => pieceOf(name, query, number)),
    combine,
  })
  const at = useCallback(
    (index: number): Row | undefined =>
      pieces[Math.floor(index / pieceLength)]?.[index % pieceLength],
    [pieces],
  )
  const onSee = useCallback((first: number, last: number) => {
    const next = [Math.floor(first / pieceLength), Math.floor(last / pieceLength)] as const
    setSpan(before => (before[0] === next[0] && before[1] === next[1] ? before : next))
  }, [])
  const again = () => void client.invalidateQueries({ queryKey: ['read'] })
  return { found, size, problem, at, onSee, again }
}

function pieceOf(name: string, query: Query, number: number) {
  const ask = asks.page(name, { ...query, offset: number * pieceLength, limit: pieceLength })
  return {
    queryKey: ['read', ask.path],
    staleTime: staleMs,
    // Of another question the first piece stays, so that nothing flickers while a letter is typed.
    ...(number === 0 && { placeholderData: keepPreviousData }),
    async queryFn({ signal }: { signal: AbortSignal }): Promise<Piece> {
      const outcome = await send(ask, signal)
      if (!outcome.ok) throw outcome.problem
      return { ...outcome.value, number }
    },
  }
}

/** It stays the same as long as no piece is another: whoever draws the rows compares it. */
const combine = (results: readonly UseQueryResult<Piece>[]) => ({
  pieces: Object.fromEntries(
    results.flatMap(({ data }) => (data === undefined ? [] : [[data.number, data.rows] as const])),
  ) as Readonly<Record<number, readonly Row[] | undefined>>,
  found: results[0]?.data?.found ?? null,
  size: results[0]?.data?.size ?? 0,
  problem: results.map(({ error }) => error).find(error => error instanceof Problem) ?? null,
})
