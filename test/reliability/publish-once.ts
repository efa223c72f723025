/** Publishes a list once, for faults at its system calls. Arguments: database as JSON, folder, key. */
import pg from 'pg'
import { readVkey } from '../../src/core/ledger/note.ts'
import { publish } from '../../src/core/ledger/publish.ts'
import { nodeVerifier } from '../../src/core/ledger/verify-node.ts'

const [database = '', folder = '', vkey = ''] = process.argv.slice(2)
const key = await readVkey(vkey, nodeVerifier)
const pool = new pg.Pool(JSON.parse(database))
try {
  await publish(pool, folder, { origin: key.name, keys: [key] })
} finally {
  await pool.end()
}
