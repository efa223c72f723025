import type { Node } from 'yaml'
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import type { Plain } from '../judge.ts'
import { type Complaint, printable } from './complaint.ts'

/** A file that was read: its value, and the line of each place in it. */
export type YamlFile = Readonly<{
  file: string
  /** `undefined` when there are complaints. */
  value: Plain | undefined
  complaints: readonly Complaint[]
  /** A complaint about the place `path`, with the line of it or of the nearest place above it. */
  complain(path: readonly PropertyKey[], problem: string, code?: Complaint['code']): Complaint
}>

/** 256 KiB: the largest section of the reference policy has 30 KiB. */
export const fileBytesMax = 256 * 1024

// A pack needs eight levels; deeper nesting is an attack on recursion.
const depthMax = 12
// The parser reports one error per character of a broken file; the first few are enough.
const errorsPerFileMax = 10

/**
 * The part of YAML 1.2 (core schema) in which every file has one obvious meaning: one document of
 * maps with string keys, lists, strings, integers, booleans and null. Anchors, aliases, tags,
 * directives, merge keys, duplicate keys and fractions are refused, and so is text that shows
 * something else than it holds: not NFC, control characters, direction overrides.
 */
export function readYaml(file: string, bytes: Uint8Array): YamlFile {
  const found: Complaint[] = []
  const lines = new Map<string, number>()
  const complain = (
    path: readonly PropertyKey[],
    problem: string,
    code: Complaint['code'] = 'POLICY_INVALID',
  ): Complaint => {
    let line: number | null = null
    for (let depth = path.length; line === null && depth >= 0; depth--)
      line = lines.get(place(path.slice(0, depth))) ?? null
    return { code, file, line, path: printable(path.map(String).join('.')), problem }
  }
  const text = decode(bytes)
  if (typeof text !== 'string') {
    found.push(complain([], text.problem))
    return { file, value: undefined, complaints: found, complain }
  }
  const counter = new LineCounter()
  try {
    const value = parse(text, counter, lines, (path, problem) =>
      found.push(complain(path, problem)),
    )
    return { file, value: found.length > 0 ? undefined : value, complaints: found, complain }
  } catch (error) {
    // The parser recurses over flow collections; running out of stack is a refusal, not a crash.
    if (!(error instanceof RangeError)) throw error
    found.push(complain([], 'nested too deep'))
    return { file, value: undefined, complaints: found, complain }
  }
}

type Tell = (path: readonly PropertyKey[], problem: string) => void

function parse(
  text: string,
  counter: LineCounter,
  lines: Map<string, number>,
  tell: Tell,
): Plain | undefined {
  // A directive could change the version, and with it what `yes` means.
  if (/^%/m.test(text)) {
    tell([], 'directives are not allowed')
    return undefined
  }
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    merge: false,
    strict: true,
    // The library compares each key with each other; `walk` finds duplicates in linear time.
    uniqueKeys: false,
    prettyErrors: false,
    // Not `silent`: that would also keep quiet about a second document.
    logLevel: 'error',
    lineCounter: counter,
  })
  for (const error of [...document.errors, ...document.warnings].slice(0, errorsPerFileMax))
    tell([], `line ${counter.linePos(error.pos[0]).line}: ${error.code}`)
  if (document.errors.length > 0) return undefined
  if (document.contents === null) {
    tell([], 'is empty')
    return undefined
  }
  return walk(document.contents, [], counter, lines, tell)
}

/** Turns nodes into a plain value; `undefined` stands for what was complained of. */
function walk(
  node: unknown,
  path: readonly (string | number)[],
  counter: LineCounter,
  lines: Map<string, number>,
  tell: Tell,
): Plain | undefined {
  const at = (node as Node | null)?.range?.[0]
  if (at !== undefined) lines.set(place(path), counter.linePos(at).line)
  if (path.length > depthMax) return void tell(path, 'nested too deep')
  if (isAlias(node)) return void tell(path, 'aliases are not allowed')
  if (!isScalar(node) && !isMap(node) && !isSeq(node)) return void tell(path, 'is missing')
  if (node.anchor !== undefined) return void tell(path, 'anchors are not allowed')
  if (node.tag !== undefined) return void tell(path, 'tags are not allowed')
  if (isScalar(node)) return scalar(node.value, path, tell)
  if (isSeq(node))
    return node.items.map(
      (item, index) => walk(item, [...path, index], counter, lines, tell) ?? null,
    )
  const value: Record<string, Plain> = {}
  for (const pair of node.items) {
    const key = isScalar(pair.key) && typeof pair.key.value === 'string' ? pair.key : null
    if (key === null || key.anchor !== undefined || key.tag !== undefined) {
      tell(path, 'keys are plain strings')
      continue
    }
    const name = key.value as string
    const inside = [...path, name]
    const problem = textProblem(name) ?? keyProblem(name, value)
    if (problem !== null) {
      tell(inside, problem)
      continue
    }
    value[name] = walk(pair.value, inside, counter, lines, tell) ?? null
  }
  return value
}

function scalar(value: unknown, path: readonly (string | number)[], tell: Tell): Plain | undefined {
  if (value === null || typeof value === 'boolean') return value
  if (typeof value === 'string') {
    const problem = textProblem(value)
    return problem === null ? value : void tell(path, problem)
  }
  if (typeof value === 'number' && Number.isSafeInteger(value) && !Object.is(value, -0))
    return value
  return void tell(path, 'numbers are integers; write others as quoted strings')
}

/** Nothing that looks like one thing and is another. Texts are single lines. */
function textProblem(text: string): string | null {
  if (!text.isWellFormed()) return 'holds half a character'
  if (text !== text.normalize('NFC')) return 'is not in normal form C (Unicode NFC)'
  // Cc: control characters, line breaks among them. Cf: direction overrides, zero-width signs.
  if (/[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}]/u.test(text)) return 'holds control or invisible characters'
  return null
}

function keyProblem(name: string, into: Record<string, Plain>): string | null {
  if (name in Object.prototype || name === 'prototype' || name === '<<') return 'is not a key'
  return Object.hasOwn(into, name) ? 'stands twice' : null
}

function decode(bytes: Uint8Array): string | { problem: string } {
  if (bytes.byteLength > fileBytesMax)
    return { problem: `is larger than ${fileBytesMax / 1024} KiB` }
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    return text.startsWith('\uFEFF') ? { problem: 'begins with a byte order mark' } : text
  } catch {
    return { problem: 'is not UTF-8' }
  }
}

// No key holds U+0000, so that two places never share a name.
const place = (path: readonly PropertyKey[]): string => path.map(String).join('\u0000')
