/**
 * Windows event logs (EVTX): reading, and two renderings of an event.
 *
 *     for (const item of readEvtx(bytes)) {
 *       if (item.kind === 'remark') console.warn(item.reason, item.at)
 *       else console.log(item.recordId, flatten(toJson(item.event)))
 *     }
 *
 * Nothing here needs more than ECMAScript and TextDecoder. Files of Node are in `node-file.ts`.
 *
 * The life of a record: `read.ts` finds its chunk and `chunk.ts` its bytes; `parser.ts` reads their
 * binary XML into `nodes.ts`, with the names and templates of the chunk; `expand.ts` puts the values
 * (`value.ts`) in; what is wrong on the way ends as a remark (`damage.ts`), what costs too much as
 * well (`budget.ts`).
 */
export { type Limits, limitsDefault } from './budget.ts'
export { type ChunkOptions, chunkBytes, readChunk } from './chunk.ts'
export type { Reason } from './damage.ts'
export type { Attribute, Content, Element } from './expand.ts'
export { flatten } from './flatten.ts'
export { type Json, type Members, toJson } from './json.ts'
export { type EvtxOptions, type EvtxSource, readEvtx } from './read.ts'
export type { EvtxItem, EvtxRecord, EvtxRemark } from './record.ts'
export type { Leaf, TimeDigits } from './value.ts'
