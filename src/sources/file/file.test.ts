import { appendFileSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe } from 'vitest'
import { conformsToSource, type Fixture } from '../contract.ts'
import { fileOptions } from './options.ts'
import { fileSource } from './source.ts'
import { renameSync } from 'node:fs'

describe('file source', () => {
  conformsToSource((): Fixture => {
    const folder = mkdtempSync(join(tmpdir(), 'visor-file-'))
    const path = join(folder, 'access.log')
    const options = fileOptions.parse({ paths: [path], poll: 10, grace: 50 })
    return {
      source: fileSource(options, [], Date.now),
      write: text => appendFileSync(path, text),
      end: () => renameSync(path, join(folder, 'rotated'))
    }
  })
})
