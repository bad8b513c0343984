import type * as z from 'zod'
import { LIST, placeOf, placeOfKey, writtenAt, type ConfigDocument } from './document.ts'
import { didYouMean } from '../core/suggest.ts'
import { RENAMED } from './renamed.ts'

type Issue = z.core.$ZodIssue

/** What may stand where, by a schema. */
export interface KnownSettings {
  /** The names of the settings under a path. */
  keysAt(this: void, path: readonly PropertyKey[]): string[]
  /** The settings of a name, wherever they stand: `store.retention`, `sources.NAME.path`. */
  named(this: void, name: string): string[]
}

/** One line for people about each mistake: place, setting, what is allowed there. */
export function describeIssue(
  source: ConfigDocument,
  issue: Issue,
  { keysAt, named }: KnownSettings
): string[] {
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(issue.path)
    // What else may stand there goes by the type.
    const types = issue.keys.filter(key => RENAMED.get(key) === 'type' && known.includes('type'))
    return (types.length > 0 ? types : issue.keys).map(key => {
      const place = placeOfKey(source, issue.path, key)
      return `${place}: ${unknown(key, issue.path, known, issue.path.length === 0 ? named(key) : [])}`
    })
  }
  return [
    `${placeOf(source, issue.path)}: ${nameOf(issue.path)}: ${wanted(source, issue, keysAt(issue.path))}`
  ]
}

/** The message about a key that is none of `known`, which may stand there; in these `places` it may. */
function unknown(
  key: string,
  path: readonly PropertyKey[],
  known: readonly string[],
  places: readonly string[]
): string {
  const renamed = RENAMED.get(key)
  if (renamed !== undefined && known.includes(renamed))
    return `\`${key}\` was renamed to \`${renamed}\`: write "${nameOf([...path, renamed])}"`
  const elsewhere = places.map(place => `"${place}"`).join(' or ')
  const otherwise = places.length > 0 ? `there is ${elsewhere}` : `known here: ${known.join(', ')}`
  const hint = didYouMean(key, known, '"', otherwise)
  return `unknown setting "${nameOf([...path, key])}"${hint}`
}

/** Settings whose values are in no message; the address of Spark may hold a token. */
const SECRET = /(token|password|secret)$|^engine\.connect$/i

function wanted(source: ConfigDocument, issue: Issue, known: readonly string[]): string {
  const written = writtenAt(source, issue.path)
  const given = written !== undefined && SECRET.test(nameOf(issue.path)) ? 'a secret' : written
  const got =
    given === undefined ? 'nothing is there' : `got ${given === 'null' ? 'nothing' : shortened(given)}`
  const choices = choicesOf(issue)
  if (choices) {
    const quoted = choices.map(choice => JSON.stringify(choice)).join(' or ')
    return `expected ${quoted}, ${got}${didYouMean((given ?? '').replaceAll('"', ''), choices, '"')}`
  }
  switch (issue.code) {
    case 'invalid_type': {
      const plain = issue.message.startsWith('Invalid input')
      const expected = plain ? `expected ${typeText(issue.expected, known)}` : issue.message
      return `${expected}, ${got}${advice(issue.expected, given)}`
    }
    case 'too_small':
      return issue.origin === 'number' ? `expected at least ${issue.minimum}, ${got}` : issue.message
    case 'too_big':
      return issue.origin === 'number' ? `expected at most ${issue.maximum}, ${got}` : issue.message
    default:
      return given?.startsWith('"') && !shows(issue.message, given)
        ? `${issue.message}, ${got}`
        : issue.message
  }
}

/** Whether a message shows what stands there itself: in quotes, or with a caret below it. */
function shows(message: string, given: string): boolean {
  return message.includes(given) || message.includes('\n')
}

/** The words of which one must stand there, as a choice or as the type of the group of settings around it. */
function choicesOf(issue: Issue): string[] | undefined {
  if (issue.code === 'invalid_value') return issue.values.map(String)
  if (issue.code !== 'invalid_union' || !('options' in issue)) return undefined
  return issue.options?.flatMap(option => (typeof option === 'string' ? option : []))
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  int: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of settings',
  record: 'names, each with its settings'
}

/** What must stand there; of a group, with the settings that it may have. */
function typeText(expected: string, known: readonly string[]): string {
  const names = known.filter(name => name !== '$schema')
  if (expected !== 'object' || names.length === 0) return TYPES[expected] ?? expected
  const more = names.length > MAX_KNOWN ? ', …' : ''
  return `a group of settings (${names.slice(0, MAX_KNOWN).join(', ')}${more})`
}

/** So many settings of a group are in a message. */
const MAX_KNOWN = 8

/** What to do about what is often written instead. */
function advice(expected: string, given: string | undefined): string {
  const isGroup = expected === 'object' || expected === 'record'
  if (isGroup && given === 'null')
    return ': its settings stand below it, indented further; without any, leave it out'
  if (expected === 'record' && given === LIST)
    return ': write each under a name of your choice, such as "web:" in the place of "-"'
  if (expected === 'array' && given?.startsWith('"')) return `: write [${given}]`
  if ((expected === 'number' || expected === 'int') && /^"\d+"$/.test(given ?? ''))
    return ': leave the quotes out'
  return ''
}

/** So much of a value is in a message. */
const SHOWN = 60

function shortened(value: string): string {
  return value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value
}

function nameOf(path: readonly PropertyKey[]): string {
  return path.length === 0 ? 'the file' : path.map(String).join('.')
}
