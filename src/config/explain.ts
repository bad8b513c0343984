import type * as z from 'zod'
import { placeOf, placeOfKey, writtenAt, type ConfigDocument } from './document.ts'
import { didYouMean } from '../core/suggest.ts'
import { RENAMED } from './renamed.ts'

type Issue = z.core.$ZodIssue

/** One line for people about each mistake: place, setting, what is allowed there. */
export function describeIssue(
  source: ConfigDocument,
  issue: Issue,
  keysAt: (path: readonly PropertyKey[]) => string[]
): string[] {
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(issue.path)
    // What else may stand there goes by the type.
    const types = issue.keys.filter(key => RENAMED.get(key) === 'type' && known.includes('type'))
    return (types.length > 0 ? types : issue.keys).map(key => {
      const place = placeOfKey(source, issue.path, key)
      return `${place}: ${unknown(key, issue.path, known)}`
    })
  }
  return [`${placeOf(source, issue.path)}: ${nameOf(issue.path)}: ${wanted(source, issue)}`]
}

/** The message about a key that is none of `known`, which may stand there. */
function unknown(key: string, path: readonly PropertyKey[], known: readonly string[]): string {
  const renamed = RENAMED.get(key)
  if (renamed !== undefined && known.includes(renamed))
    return `\`${key}\` was renamed to \`${renamed}\`: write "${nameOf([...path, renamed])}"`
  const hint = didYouMean(key, known, '"', `known here: ${known.join(', ')}`)
  return `unknown setting "${nameOf([...path, key])}"${hint}`
}

/** Settings whose values are in no message; the address of Spark may hold a token. */
const SECRET = /(token|password|secret)$|^engine\.connect$/i

function wanted(source: ConfigDocument, issue: Issue): string {
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
      return `${plain ? `expected ${TYPES[issue.expected] ?? issue.expected}` : issue.message}, ${got}`
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
  record: 'a group of settings'
}

/** So much of a value is in a message. */
const SHOWN = 60

function shortened(value: string): string {
  return value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value
}

function nameOf(path: readonly PropertyKey[]): string {
  return path.length === 0 ? 'the file' : path.map(String).join('.')
}
