import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { visit } from 'yaml'
import { placeAt, type ConfigDocument } from './document.ts'
import type { Environment } from './find.ts'

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
