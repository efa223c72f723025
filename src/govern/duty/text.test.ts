import { strict as assert } from 'node:assert'
import { join } from 'node:path'
import { test } from 'node:test'
import { loadMessages } from '../../core/i18n/messages.ts'
import type { ControlAtWork } from '../../core/module.ts'
import { loadPack } from '../../core/policy/load.ts'
import { widthOf } from '../../core/terminal.ts'
import type { CommandPorts } from './command.ts'
import type { Duty } from './duty.ts'
import { renderDuties, renderDuty } from './text.ts'
import { wordsOf } from './words.ts'

const source = join(import.meta.dirname, '..', '..')
const ports = {
  messages: loadMessages(source, ['govern/duty']),
  policy: loadPack(join(source, '..', 'policy', 'weemed')),
}
const control: ControlAtWork = {
  ...{
    id: 'respond.made-up',
    kind: 'clock',
    owner: 'ciso',
    lists: null,
    byHand: [],
  },
}
const duty = (more: Partial<Duty>): Duty => ({
  ...{ id: 'respond.made-up/leg-1', control, subject: 'org', occurrence: 'leg-1', what: 'do' },
  ...{ role: 'ciso', types: [], done: 0 },
  ...{ state: 'open', isLate: false, from: '2026-11-01T00:00:00.000Z', claim: null },
  due: '2026-11-30T15:00:00.000Z',
  ...more,
})

for (const locale of ['ja', 'zh-TW', 'en'] as const) {
  const words = wordsOf({ ...ports, locale } as unknown as CommandPorts)
  const terminal = { width: 60, colour: false }

  test(`a name from the world cannot write to the terminal (${locale})`, () => {
    const subject = 'INC-1\u001b[2J\u202egnp.exe\u0007\r\n▲ forged'
    const hostile = duty({ subject, id: `respond.made-up/leg-1/${subject}` })
    const now = '2026-11-26T00:00:00.000Z'
    for (const text of [
      renderDuties([hostile], words, terminal, { now, isCut: true }),
      renderDuty(control.id, [hostile], [], [], words, terminal),
    ]) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
      assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u202e]/)
      assert.doesNotMatch(text, /^▲ forged/m)
      assert.match(text, /gnp\.exe/, 'it is shown, and harmless')
    }
  })

  test(`every standing has words, a shape, and fits (${locale})`, () => {
    const all = [
      duty({}),
      duty({ isLate: true }),
      duty({ state: 'missed', isLate: true }),
      duty({ state: 'unknown' }),
      duty({ what: 'accept', claim: 7 }),
      duty({ due: null }),
    ]
    const now = '2026-11-26T00:00:00.000Z'
    const text = renderDuties(all, words, terminal, { now, isCut: true })
    assert.doesNotMatch(text, /duty\.[a-z]/)
    assert.deepEqual(text.match(/^[◐▲○◇]/gm), ['◐', '▲', '▲', '○', '◇', '◐'])
    for (const line of text.split('\n')) assert.ok(widthOf(line) <= 60, line)
    const colourful = renderDuties(all, words, { ...terminal, colour: true }, { now, isCut: false })
    assert.ok(colourful.includes('\u001b[31m▲'))
  })
}
