import type { Pool, PoolClient } from 'pg'

/** Runs work in one transaction; a connection that failed is not used again. */
export async function inTransaction<T>(
  pool: Pool,
  work: (tx: PoolClient) => Promise<T>,
): Promise<T> {
  const tx = await pool.connect()
  try {
    await tx.query('begin')
    const result = await work(tx)
    await tx.query('commit')
    tx.release()
    return result
  } catch (error) {
    await tx.query('rollback').catch(() => undefined)
    tx.release(true)
    throw error
  }
}
