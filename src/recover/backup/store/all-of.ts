/** Ends when all have ended, also where one has failed: nobody goes on writing into what is taken away. */
export async function allOf(works: readonly Promise<unknown>[]): Promise<void> {
  const ended = await Promise.allSettled(works)
  for (const one of ended) if (one.status === 'rejected') throw one.reason
}
