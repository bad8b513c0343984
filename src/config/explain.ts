import type * as z from 'zod'
import { placeOf, placeOfKey, writtenAt, type Source } from './document.ts'
import { nearest } from '../core/suggest.ts'

type Issue = z.core.$ZodIssue

/** One line for people about each mistake: place, setting, what is allowed there. */
export function explain(
  source: Source,
  issue: Issue,
  keysAt: (path: readonly PropertyKey[]) => string[]
): string[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map(key => {
      const near = nearest(key, keysAt(issue.path))
      const hint =
        near === undefined ? `known here: ${keysAt(issue.path).join(', ')}` : `did you mean "${near}"?`
      return `${placeOfKey(source, issue.path, key)}: unknown setting "${nameOf([...issue.path, key])}"; ${hint}`
    })
  return [`${placeOf(source, issue.path)}: ${nameOf(issue.path)}: ${wanted(source, issue)}`]
}

function wanted(source: Source, issue: Issue): string {
  const given = writtenAt(source, issue.path)
  const got = given === undefined ? 'nothing is there' : `got ${given === 'null' ? 'nothing' : given}`
  switch (issue.code) {
    case 'invalid_value': {
      const values = issue.values.map(value => JSON.stringify(value))
      const near = given && nearest(given.replaceAll('"', ''), issue.values.map(String))
      return `expected ${values.join(' or ')}, ${got}${near ? `; did you mean "${near}"?` : ''}`
    }
    case 'invalid_type':
      return `expected ${TYPES[issue.expected] ?? issue.expected}, ${got}`
    case 'too_small':
      return issue.origin === 'number' ? `expected at least ${issue.minimum}, ${got}` : issue.message
    case 'too_big':
      return issue.origin === 'number' ? `expected at most ${issue.maximum}, ${got}` : issue.message
    default:
      return given?.startsWith('"') ? `${issue.message}, ${got}` : issue.message
  }
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

function nameOf(path: readonly PropertyKey[]): string {
  return path.length === 0 ? 'the file' : path.map(String).join('.')
}
