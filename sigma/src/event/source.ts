import type { EventSource } from '../rule/logsource.ts'
import { channelServices, eventCategories } from './taxonomy.ts'
import { type EventObject, type EventValue, isList, isNumber } from './value.ts'

/** The fields of an event that `sourceOf` looks at, and no others. */
export const sourceFields: readonly string[] = [
  'product',
  'service',
  'category',
  '_services',
  '_categories',
  'Channel',
  'EventID',
  'EventType',
]

/**
 * Where an event comes from: what its fields `product`, `service`, `category` say, and the lists
 * `_services` and `_categories` beside them; else what the channel and number of an event of
 * Windows tell. A list under one of the first three is a field of the event that only has its name.
 */
export function sourceOf(fields: EventObject): EventSource {
  const named = {
    products: textOf(fields, 'product'),
    services: [...textOf(fields, 'service'), ...listOf(fields, '_services')],
    categories: [...textOf(fields, 'category'), ...listOf(fields, '_categories')],
  }
  const isNamed = Object.values(named).some(names => names.length > 0)
  const [channel] = textOf(fields, 'Channel')
  return isNamed || channel === undefined ? named : windowsSource(fields, channel)
}

function windowsSource(fields: EventObject, channel: string): EventSource {
  const service = channelServices.get(channel)
  const [eventId = ''] = textOf(fields, 'EventID')
  const [eventType = ''] = textOf(fields, 'EventType')
  const categories = eventCategories
    .filter(
      rule =>
        rule.service === service &&
        rule.eventIds.includes(Number(eventId)) &&
        (rule.eventType === null || rule.eventType === eventType),
    )
    .map(rule => rule.category)
  return { products: ['windows'], services: service === undefined ? [] : [service], categories }
}

function listOf(fields: EventObject, name: string): string[] {
  const value = fields.get(name) ?? null
  return isList(value) ? value.flatMap(lowerCase) : []
}

function textOf(fields: EventObject, name: string): string[] {
  return lowerCase(fields.get(name) ?? null)
}

function lowerCase(value: EventValue): string[] {
  if (isNumber(value)) return [value.number]
  return typeof value === 'string' && value !== '' ? [value.toLowerCase()] : []
}
