import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readErrorDocuments } from '../../src/core/http/error-documents.ts'
import { createHttp } from '../../src/core/http/http.ts'
import { readWebFiles } from '../../src/core/http/web-files.ts'
import { loadMessages } from '../../src/core/i18n/messages.ts'
import { createLog } from '../../src/core/log.ts'
import { buildWeb } from '../../src/core/ui/testing.ts'
import { errors, saveThing } from './routes.ts'

const root = join(import.meta.dirname, '../..')

/**
 * Every piece of the kit in every state, as screens of the real shell over the real edge, so that the
 * content security policy, the catalogues and the sessions are those of the product.
 */
export async function startGallery() {
  const web = await buildWeb(join(import.meta.dirname, 'gallery'))
  const clock = { ms: Date.now(), nowMs: () => clock.ms }
  const log = createLog({ clock, write: () => {} })
  const documents = readErrorDocuments([
    { where: 'core', text: readFileSync(join(root, 'src/core/http/errors.md'), 'utf8') },
    { where: 'gallery', text: errors },
  ])
  const http = createHttp({
    modules: [{ id: 'test.gallery', routes: [saveThing] }],
    // The one route reads nothing.
    portsOf: () => ({ signal: new AbortController().signal, log }) as never,
    principalOf: () => ({
      ...{ account: null, person: null, name: '山田 花子', roles: [] },
      permissions: new Set(['gallery.read', 'gallery.write']),
    }),
    clock,
    log,
    errors: documents,
    web: readWebFiles(web.folder),
    messages: loadMessages(join(root, 'src'), []),
    info: { title: 'Gallery', version: '0' },
    zone: 'Asia/Tokyo',
    isSample: false,
  })
  return {
    http,
    clock,
    async stop() {
      await http.close()
      web.drop()
    },
  }
}
