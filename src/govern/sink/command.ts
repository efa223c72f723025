import { OkiteError } from '../../core/error.ts'
import type { Command } from '../../core/module.ts'
import { readSendings } from './show.ts'

/** `./okite sink list`: what would have been sent to whom, the newest first. */
export const sinkCommand: Command = {
  name: 'sink',
  summary: {
    en: 'show what the sample organisation would have sent (sink list)',
    ja: '見本の組織が送るはずだったものを表示する（sink list）',
    'zh-TW': '顯示範例組織原本會傳送的內容（sink list）',
  },
  async run(args, { reader, messages, locale, out }) {
    const [verb, ...more] = args
    if (verb !== 'list' || more.length > 0) throw new OkiteError('SINK_USAGE')
    const sent = await readSendings(reader)
    if (sent.length === 0) out(`${messages.translate(locale, 'sink.nothing', {})}\n`)
    for (const { pos, act, channel, occurred, to, text } of sent) {
      // Texts of others go to a terminal: a line each, without what could move its cursor.
      const shown = [to ?? '–', text ?? '–'].map(value => value.replace(/\p{C}+/gu, ' '))
      out(`${pos}  ${occurred}  ${act}  ${channel}  ${shown.join('  ')}\n`)
    }
    return 0
  },
}
