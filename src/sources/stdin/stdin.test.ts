import { PassThrough } from 'node:stream'
import { describe } from 'vitest'
import { conformsToByteSource, type Fixture } from '../contract.ts'
import { stdinSource } from './source.ts'

describe('standard input', () => {
  conformsToByteSource((): Fixture => {
    const input = new PassThrough()
    return {
      source: stdinSource(input),
      write: text => void input.write(text),
      end: () => void input.end()
    }
  })
})
