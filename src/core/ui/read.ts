import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Ask, Outcome } from './client.ts'
import { send } from './client.ts'
import { Problem } from './problem.ts'

export type Read<T> = Readonly<{
  /** What was read last; it stays while the next is on its way, so that nothing flickers. */
  value: T | null
  /** Of the value: to be given back with a write. */
  version: string | null
  /** Why the last reading failed; the value, if there is one, is then of before. */
  problem: Problem | null
  isReading: boolean
  again(): void
}>

/** A verdict turns old by time alone, when nothing comes any more (V31a). */
const againMs = 60_000

/**
 * Reads, and again when the list has grown and every minute. `null` asks nothing yet.
 *
 *     const policy = useRead(get<typeof getPolicy>('/policy', { query: { locale } }))
 *
 * @param only what the answer depends on besides the question: it is then read anew when that changes, and
 *   for nothing else. A form must not be asked for again by the write that it was for.
 */
export function useRead<T>(ask: Ask<T> | null, only?: string): Read<T> {
  const query = useQuery({
    queryKey: only === undefined ? ['read', ask?.path] : ['read once', ask?.path, only],
    enabled: ask !== null,
    ...(only === undefined
      ? { refetchInterval: againMs }
      : { staleTime: Number.POSITIVE_INFINITY }),
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const outcome = await send(ask!, signal)
      if (!outcome.ok) throw outcome.problem
      return outcome
    },
  })
  const { data, error } = query
  return {
    value: data?.value ?? null,
    version: data?.version ?? null,
    problem: error instanceof Problem ? error : null,
    isReading: query.isFetching,
    again: () => void query.refetch(),
  }
}

export type Write<T> = Readonly<{
  send(ask: Ask<T>): Promise<Outcome<T>>
  isSending: boolean
}>

/** Writes once at a time; what is shown is read anew when it has succeeded. */
export function useWrite<T>(): Write<T> {
  const client = useQueryClient()
  const mutation = useMutation({
    mutationFn: (ask: Ask<T>) => send(ask),
    onSuccess: outcome => {
      if (outcome.ok) void client.invalidateQueries({ queryKey: ['read'] })
    },
  })
  return { send: mutation.mutateAsync, isSending: mutation.isPending }
}
