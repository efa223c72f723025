import type { Pool, PoolClient } from 'pg'

/**
 * Runs work in one transaction; a connection that failed is not used again.
 *
 * @param begin the statement that opens it, for one that only reads
 */
export async function inTransaction<T>(
  pool: Pool,
  work: (tx: PoolClient) => Promise<T>,
  begin = 'begin',
): Promise<T> {
  const tx = await pool.connect()
  // A connection that dies between two statements says so as an event; the next statement fails.
  tx.on('error', ignore)
  let isUsable = true
  try {
    await tx.query(begin)
    const result = await work(tx)
    await tx.query('commit')
    return result
  } catch (error) {
    isUsable = await tx.query('rollback').then(
      () => true,
      () => false,
    )
    throw error
  } finally {
    tx.removeListener('error', ignore)
    tx.release(!isUsable)
  }
}

const ignore = () => {}
