import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import {
  isMap,
  isNode,
  isPair,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type ErrorCode,
  type Node
} from 'yaml'
import type { Environment } from '../system/folders.ts'

/** A configuration file as a tree that knows where in the file everything stands. */
export interface ConfigDocument {
  readonly name: string
  readonly document: Document
  readonly lines: LineCounter
}

type Path = readonly PropertyKey[]

/** Reads YAML, or JSON with comments. Mistakes of syntax are in `problemsOf`, not thrown. */
export function parseConfigDocument(name: string, text: string): ConfigDocument {
  const lines = new LineCounter()
  const plain = name.endsWith('.json') ? blankComments(text) : text
  return { name, lines, document: parseDocument(plain, { lineCounter: lines, prettyErrors: false }) }
}

/** What the library says of these is meant for who knows YAML. */
const SYNTAX: Readonly<Partial<Record<ErrorCode, string>>> = {
  TAB_AS_INDENT: 'the line begins with a tab: YAML wants spaces',
  DUPLICATE_KEY: 'this name stands in the group already: join the two, or take another name',
  BAD_SCALAR_START: 'a text that begins like this stands in quotes',
  BAD_DQ_ESCAPE: 'in double quotes a backslash begins an escape: write the text in single quotes',
  BLOCK_AS_IMPLICIT_KEY: 'there is a second colon: write a text that holds ": " in quotes'
}

/** Mistakes of syntax, each with its place. */
export function problemsOf(source: ConfigDocument): string[] {
  const { errors } = source.document
  if (errors.length > 0)
    return errors.map(({ pos, code, message }) => `${placeAt(source, pos[0])}: ${SYNTAX[code] ?? message}`)
  try {
    source.document.toJS()
    return []
  } catch (error) {
    // An alias without its anchor, or many that would grow without end.
    const message = error instanceof Error ? error.message : String(error)
    const hint = message.startsWith('Unresolved alias') ? '; a text that begins with * stands in quotes' : ''
    return [`${source.name}: ${message}${hint}`]
  }
}

/** What a document holds; `undefined` where it has mistakes of syntax. */
export function settingsIn(source: ConfigDocument): unknown {
  return problemsOf(source).length === 0 ? source.document.toJS() : undefined
}

/** `file:line:column` of the value under a path, or of the nearest thing around it that is there. */
export function placeOf(source: ConfigDocument, path: Path): string {
  for (let depth = path.length; depth >= 0; depth--) {
    const node = nodeAt(source, path.slice(0, depth))
    if (node?.range) return placeAt(source, node.range[0])
  }
  return placeAt(source, 0)
}

/** `file:line:column` of a key, where `placeOf` gives that of its value. */
export function placeOfKey(source: ConfigDocument, path: Path, key: string): string {
  const map = nodeAt(source, path)
  const pair = isMap(map) ? map.items.find(item => isPair(item) && String(item.key) === key) : undefined
  const offset = isNode(pair?.key) ? pair.key.range?.[0] : undefined
  return offset === undefined ? placeOf(source, path) : placeAt(source, offset)
}

function nodeAt(source: ConfigDocument, path: Path): Node | undefined {
  const node = source.document.getIn(path, true)
  return isNode(node) ? node : undefined
}

/** How a list is called in messages. */
export const LIST = 'a list'

/** A value as it was written, before secrets were filled in; `undefined` where there is none. */
export function writtenAt(source: ConfigDocument, path: Path): string | undefined {
  const node = nodeAt(source, path)
  if (isScalar(node)) return typeof node.value === 'string' ? JSON.stringify(node.source) : String(node.value)
  return node && (isMap(node) ? 'a group of settings' : LIST)
}

/** `file:line:column` of an offset in the text. */
function placeAt(source: ConfigDocument, offset: number): string {
  const { line, col } = source.lines.linePos(offset)
  return `${source.name}:${line || 1}:${col || 1}`
}

/**
 * Fills in, in all text values, `${NAME}` from the environment (`$${` stands for `${` itself) and replaces a value
 * `file:PATH` by the content of that file without its last line end; a relative path is seen from `folder`.
 * Returns what could not be filled in, each with its place; the values themselves are in no message.
 */
export function fillSecrets(source: ConfigDocument, env: Environment, folder: string): string[] {
  const problems: string[] = []
  visit(source.document, {
    Scalar(key, node) {
      if (key === 'key' || typeof node.value !== 'string') return
      const filled = fill(node.value, env, folder)
      if (typeof filled === 'string') node.value = filled
      else problems.push(`${placeAt(source, node.range?.[0] ?? 0)}: ${filled.problem}`)
    }
  })
  return problems
}

function fill(text: string, env: Environment, folder: string): string | { problem: string } {
  if (text.startsWith('file:')) return contentOf(resolve(folder, text.slice('file:'.length)))
  const missing = new Set<string>()
  const filled = text.replace(/\$(\$\{)|\$\{([^}]*)\}/g, (_, escaped?: string, name?: string) => {
    if (escaped !== undefined) return escaped
    const value = env[name ?? '']
    if (value === undefined) missing.add(name ?? '')
    return value ?? ''
  })
  if (missing.size === 0) return filled
  return { problem: `the environment has no variable ${[...missing].join(', ')}` }
}

function contentOf(path: string): string | { problem: string } {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '')
  } catch (error) {
    return { problem: `cannot read the secret: ${error instanceof Error ? error.message : path}` }
  }
}

/** Replaces the comments of JSON by blanks, so that all else keeps its place. */
function blankComments(text: string): string {
  return text.replace(/"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[^]*?\*\//g, found =>
    found.startsWith('"') ? found : found.replace(/[^\n]/g, ' ')
  )
}
