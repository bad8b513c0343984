import { readFileSync } from 'node:fs'

/** Visor's version, as package.json has it. */
export const version = readVersion()

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  if (
    manifest &&
    typeof manifest === 'object' &&
    'version' in manifest &&
    typeof manifest.version === 'string'
  )
    return manifest.version
  throw new Error('package.json has no version')
}
