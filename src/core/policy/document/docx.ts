import { fromBuffer, type ZipFile } from 'yauzl'
import { OkiteError } from '../../error.ts'
import type { Line } from './text.ts'

/** A word processor's file has some dozens of parts. */
const partsMax = 2_000
/** All parts unpacked; a policy with its pictures. */
const unpackedBytesMax = 64 * 1024 * 1024

/**
 * The paragraphs of a DOCX file, by mammoth. The archive is unpacked once before, and only counted:
 * what an archive says of its own size may be a lie.
 *
 * @throws OkiteError `POLICY_TEXT_DOCX`, `POLICY_TEXT_TOO_LARGE`
 */
export async function docxLines(bytes: Uint8Array): Promise<readonly Line[]> {
  const buffer = Buffer.from(bytes)
  await measure(buffer)
  // Most policies never come as such a file, and mammoth is a hundred and fifty files.
  const { default: mammoth } = await import('mammoth')
  let html: string
  try {
    const options = {
      // Pictures are not read, and nothing outside the file ever is.
      convertImage: mammoth.images.imgElement(async () => ({ src: '' })),
      externalFileAccess: false,
    }
    html = (await mammoth.convertToHtml({ buffer }, options)).value
  } catch (cause) {
    throw new OkiteError('POLICY_TEXT_DOCX', { why: 'document' }, { cause })
  }
  return htmlLines(html)
}

async function measure(buffer: Buffer): Promise<void> {
  const zip = await open(buffer)
  let parts = 0
  let sizeBytes = 0
  await new Promise<void>((resolve, reject) => {
    const refuse = (error: unknown) => {
      zip.close()
      reject(
        error instanceof OkiteError
          ? error
          : new OkiteError('POLICY_TEXT_DOCX', { why: 'archive' }, { cause: error }),
      )
    }
    zip.on('error', refuse)
    zip.on('end', resolve)
    zip.on('entry', entry => {
      parts += 1
      if (parts > partsMax)
        return refuse(new OkiteError('POLICY_TEXT_TOO_LARGE', { limit: partsMax }))
      zip.openReadStream(entry, (error, stream) => {
        if (error) return refuse(error)
        stream.on('error', refuse)
        stream.on('data', (chunk: Buffer) => {
          sizeBytes += chunk.length
          if (sizeBytes <= unpackedBytesMax) return
          stream.destroy()
          refuse(new OkiteError('POLICY_TEXT_TOO_LARGE', { limit: unpackedBytesMax }))
        })
        stream.on('end', () => zip.readEntry())
      })
    })
    zip.readEntry()
  })
}

const open = (buffer: Buffer): Promise<ZipFile> =>
  new Promise((resolve, reject) =>
    // An archive that lies about a part's size is counted as it really is.
    fromBuffer(buffer, { lazyEntries: true, validateEntrySizes: false }, (error, zip) =>
      error
        ? reject(new OkiteError('POLICY_TEXT_DOCX', { why: 'archive' }, { cause: error }))
        : resolve(zip),
    ),
  )

const depths = [1, 2, 3, 4, 5, 6] as const
const block = /<(h[1-6]|li|p)(?:\s[^>]*)?>|<\/(?:h[1-6]|li|p)>/g

/** The blocks of the HTML that mammoth writes; a nested list is a list. */
function htmlLines(html: string): Line[] {
  const lines: Line[] = []
  let is: Line['is'] | null = null
  let begin = 0
  const end = (to: number) => {
    const text = said(html.slice(begin, to))
    if (is !== null && text !== '') lines.push({ line: lines.length + 1, text, is })
  }
  for (const match of html.matchAll(block)) {
    end(match.index)
    const [tag, name] = match
    begin = match.index + tag.length
    if (name === undefined) is = null
    // A paragraph of a list item is still of the item.
    else if (name !== 'p' || is !== 'item') is = kindOf(name)
  }
  return lines
}

function kindOf(name: string): Line['is'] {
  if (name === 'li') return 'item'
  return name === 'p' ? 'text' : (depths[Number(name[1]) - 1] ?? 'text')
}

const entities: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&amp;': '&',
}

const said = (html: string): string =>
  html
    .replaceAll(/<br\s*\/?>/g, ' ')
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/&(?:lt|gt|quot|amp);/g, entity => entities[entity] ?? entity)
    .replaceAll(/\s+/gu, ' ')
    .trim()
