import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compile } from '../index.ts'
import { applies, type EventSource, type Logsource } from '../rule/logsource.ts'
import { isMissing, linesOf, ruleFiles } from '../testing/shared.ts'
import { examples, untold } from '../testing/sources.ts'
import { readYaml, textAt, type YamlMap } from '../yaml.ts'
import { whoTells } from './logsources.ts'
import { readEvent } from './read.ts'
import { sourceFields, sourceOf } from './source.ts'
import { channelServices, eventCategories } from './taxonomy.ts'
import type { EventObject, EventValue } from './value.ts'

const sourceOfObject = (event: object): EventSource => sourceOf(readEvent(event).fields)

/** `product | services | categories` of an event. */
function told(event: object): string {
  const { products, services, categories } = sourceOfObject(event)
  return [products, services, categories].map(names => names.join(' ')).join(' | ')
}

describe('where events come from', () => {
  it('M12 marks of producers tell product, services and categories', () => {
    for (const [event, source] of examples) assert.equal(told(event), source, JSON.stringify(event))
  })

  it('M12 what is no unmistakable mark tells nothing', () => {
    for (const event of untold) assert.equal(told(event), ' |  | ', JSON.stringify(event))
  })

  it('M11 M12 a product that an event names is all there is to say; a category alone is added', () => {
    const zeek = { _path: 'dns' }
    assert.equal(told({ ...zeek, product: 'Acme', service: 'X' }), 'acme | x | ')
    assert.equal(told({ ...zeek, _services: ['x'] }), ' | x | ')
    assert.equal(told({ ...zeek, category: 'mine' }), 'zeek | dns | dns network mine')
  })

  it('M12 the fast engine asks the same rules, whichever events came before', () => {
    const events = [...examples.map(([event]) => event), ...untold].flatMap(event => [
      event,
      dotted(event),
      { ...event, event: [(event as { event?: unknown }).event ?? {}] },
      { more: 1, ...event, type: 'EXECVE' },
    ])
    const names = new Set(
      events.flatMap(event =>
        Object.entries(sourceOfObject(event)).flatMap(([kind, names]) =>
          names.map(name => `${kindOf[kind as keyof EventSource]} ${name}`),
        ),
      ),
    )
    const rules = [...names].map(text => {
      const [kind = '', name] = text.split(' ')
      const detection = { s: { 'never|exists': false }, condition: 's' }
      return JSON.stringify({ title: text, logsource: { [kind]: name }, detection })
    })
    const [fast, plain] = (['fast', 'reference'] as const).map(engine => compile(rules, { engine }))
    for (const round of [events, events.toReversed()]) {
      for (const event of round) {
        const bytes = new TextEncoder().encode(JSON.stringify(event))
        assert.deepEqual(fast?.match(bytes), plain?.match(bytes), JSON.stringify(event))
      }
    }
    const chunk = new TextEncoder().encode(events.map(event => JSON.stringify(event)).join('\n'))
    const found: string[] = []
    fast?.matchLines(chunk, { onMatch: ({ ruleId, line }) => found.push(`${line} ${ruleId}`) })
    const wanted = events.flatMap((event, line) =>
      (plain?.match(event) ?? []).map(id => `${line} ${id}`),
    )
    assert.deepEqual(found, wanted)
  })

  it('M12 nothing but the published fields matters', () => {
    for (const [event] of examples) {
      const { fields } = readEvent(event)
      const only = new Map(sourceFields.flatMap(name => valueAt(fields, name)))
      assert.deepEqual(sourceOf(only), sourceOf(fields), JSON.stringify(event))
    }
  })
})

const kindOf = { products: 'product', services: 'service', categories: 'category' } as const

function dotted(event: object, prefix = ''): object {
  const entries = Object.entries(event).flatMap(([name, value]: [string, unknown]) => {
    const isNested = typeof value === 'object' && value !== null && !Array.isArray(value)
    const inner = isNested ? Object.entries(dotted(value, `${prefix}${name}.`)) : null
    return inner ?? [[`${prefix}${name}`, value] as const]
  })
  return Object.fromEntries(entries)
}

/** The value under a literal name, else under its path: none or one. */
function valueAt(fields: EventObject, path: string): [string, EventValue][] {
  let value: EventValue | undefined = fields.get(path)
  if (value === undefined) {
    value = fields
    for (const part of path.split('.')) value = value instanceof Map ? value.get(part) : undefined
  }
  return value === undefined ? [] : [[path, value]]
}

describe('the log sources of the public rules', { skip: isMissing }, () => {
  const logsources = isMissing ? new Map<string, Logsource>() : logsourcesOfRules()
  const sources = examples.map(([event]) => sourceOfObject(event))

  it('M12 every log source is known', () => {
    assert.ok(logsources.size > 100)
    const unknown = [...logsources].filter(([, logsource]) => whoTells(logsource) === null)
    assert.deepEqual(
      unknown.map(([name]) => name),
      [],
    )
  })

  it('M12 these are told by nobody but the caller, all others by events', () => {
    const isTold = (logsource: Logsource): boolean =>
      sources.some(source => applies(logsource, source)) || isWindows(logsource)
    const byEvent = [...logsources].filter(([, logsource]) => isTold(logsource))
    for (const [name, logsource] of byEvent) assert.equal(whoTells(logsource), 'event', name)
    const byCaller = [...logsources].filter(([, logsource]) => whoTells(logsource) === 'caller')
    assert.equal(byEvent.length + byCaller.length, logsources.size)
    assert.deepEqual(byCaller.map(([name]) => name).toSorted(), [
      'azure pim -',
      'cisco aaa -',
      'cisco bgp -',
      'cisco ldp -',
      'cisco syslog -',
      'django - application',
      'fortios sslvpnd -',
      'huawei bgp -',
      'juniper bgp -',
      'jvm - application',
      'nodejs - application',
      'onelogin onelogin.events -',
      'paloalto globalprotect appliance',
      'paloalto globalprotect file_event',
      'python - application',
      'ruby_on_rails - application',
      'spring - application',
      'sql - application',
      'velocity - application',
    ])
  })

  it('M12 a log source that nobody knows is not', () => {
    for (const logsource of [
      { product: 'windows', service: 'sysmn' },
      { product: 'acme' },
      { category: 'proces_creation' },
      { product: 'aws', category: 'process_creation' },
      {},
    ]) {
      assert.equal(whoTells(logsource), null, JSON.stringify(logsource))
    }
  })

  it('M12 an event of Windows for each service and category is told', () => {
    for (const [channel, service] of channelServices) {
      assert.ok(sourceOfObject({ Channel: channel.toUpperCase() }).services.includes(service))
    }
  })
})

/** Whether some channel and number tell it: the whole tables, not only the examples above. */
function isWindows(logsource: Logsource): boolean {
  const numbers = eventCategories.flatMap(({ service, eventIds, eventType }) =>
    [...channelServices]
      .filter(([, name]) => name === service)
      .flatMap(([channel]) =>
        eventIds.map(id => sourceOfObject({ Channel: channel, EventID: id, EventType: eventType })),
      ),
  )
  const channels = [...channelServices.keys()].map(channel => sourceOfObject({ Channel: channel }))
  return [...numbers, ...channels].some(source => applies(logsource, source))
}

function logsourcesOfRules(): Map<string, Logsource> {
  const found = new Map<string, Logsource>()
  for (const [path, text] of ruleFiles()) {
    if (!path.startsWith('rules') || !path.endsWith('.yml')) continue
    for (const document of readYaml(text)) {
      const root = 'root' in document ? document.root : null
      const node = root?.kind === 'map' ? root.entries.get('logsource')?.node : null
      if (node?.kind !== 'map') continue
      const [category, product, service] = ['category', 'product', 'service'].map(name =>
        textAt(node, name),
      ) as [string | null, string | null, string | null]
      const name = [product, service, category].map(name => name ?? '-').join(' ')
      found.set(name, { category, product, service })
    }
  }
  return found
}

describe('the mapping file of the public rules', { skip: isMissing }, () => {
  const entries = isMissing ? [] : mappingEntries()

  it('M12 every channel of a service is known', () => {
    const channels = entries.flatMap(entry =>
      textsAt(entry, 'sources')
        .filter(source => source.startsWith('WinEventLog:'))
        .map(source => [source.slice('WinEventLog:'.length), textAt(entry, 'service')] as const),
    )
    assert.ok(channels.length > 50)
    for (const [channel, service] of channels) {
      assert.ok(sourceOfObject({ Channel: channel }).services.includes(service ?? ''), channel)
    }
  })

  it('M12 every number of an event makes its category', () => {
    const rewritten = entries.filter(entry => entry.entries.has('rewrite'))
    assert.ok(rewritten.length > 40)
    for (const entry of rewritten) {
      const conditions = entry.entries.get('conditions')?.node as YamlMap
      const service = textAt(entry.entries.get('rewrite')?.node as YamlMap, 'service')
      const [channel] = [...channelServices].find(([, name]) => name === service) ?? ['']
      for (const id of textsAt(conditions, 'EventID')) {
        const event = { Channel: channel, EventID: id, EventType: textAt(conditions, 'EventType') }
        const { categories } = sourceOfObject(event)
        assert.ok(categories.includes(textAt(entry, 'category') ?? ''), JSON.stringify(event))
      }
    }
  })

  it('M22 every other name of a field is looked at where the field is missing', () => {
    const renamed = entries.flatMap(entry => {
      const fields = entry.entries.get('fieldmappings')?.node
      return fields?.kind === 'map'
        ? [...fields.entries.keys()].map(name => [entry, name, textAt(fields, name)] as const)
        : []
    })
    assert.ok(renamed.length >= 4)
    for (const [entry, name, other] of renamed) {
      const logsource = { category: textAt(entry, 'category'), product: textAt(entry, 'product') }
      const detection = { s: { [name]: 'x' }, condition: 's' }
      const engine = compile(JSON.stringify({ title: 't', logsource, detection }))
      const source = { products: ['windows'], services: [], categories: [logsource.category ?? ''] }
      assert.equal(engine.match({ [other ?? '']: 'x' }, source).length, 1, name)
    }
  })
})

function mappingEntries(): YamlMap[] {
  const [document] = readYaml(ruleFiles().get('thor-logsources.yml') ?? '')
  assert.ok(document && 'root' in document && document.root.kind === 'map')
  const logsources = document.root.entries.get('logsources')?.node
  assert.ok(logsources?.kind === 'map')
  return [...logsources.entries.values()].flatMap(({ node }) => (node.kind === 'map' ? [node] : []))
}

function textsAt(map: YamlMap, key: string): string[] {
  const node = map.entries.get(key)?.node
  const items = node?.kind === 'list' ? node.items : node ? [node] : []
  return items.flatMap(item => (item.kind === 'scalar' ? [item.text] : []))
}

describe('real events as they were written', { skip: isMissing }, () => {
  it('M12 trails of AWS and logs of Zeek match as if they had been told apart by hand', () => {
    const rules = [...ruleFiles()].filter(
      ([path]) => path.startsWith('rules/cloud/aws/') || path.startsWith('rules/network/'),
    )
    const engine = compile(rules.map(([name, text]) => ({ name, text })))
    for (const [file, wanted] of [
      ['aws-cloudtrail', 'aws | cloudtrail | '],
      ['zeek-wrccdc', 'zeek | '],
    ] as const) {
      const written = linesOf(`events/${file}.jsonl.gz`)
      const normalised = linesOf(`events/norm/${file}.jsonl.gz`)
      let matches = 0
      for (let at = 0; at < written.length; at += 20) {
        const line = written[at] as string
        assert.ok(told(JSON.parse(line) as object).startsWith(wanted), line)
        const found = engine.match(Buffer.from(line))
        assert.deepEqual(found, engine.match(Buffer.from(normalised[at] as string)), line)
        matches += found.length
      }
      if (file === 'aws-cloudtrail') assert.ok(matches > 0)
    }
  })
})
