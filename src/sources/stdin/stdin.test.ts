import { PassThrough } from 'node:stream'
import { describe } from 'vitest'
import { conformsToSource, type Fixture } from '../contract.ts'
import { stdinSource } from './index.ts'

describe('standard input', () => {
  conformsToSource((): Fixture => {
    const input = new PassThrough()
    return {
      source: stdinSource(input),
      write: text => void input.write(text),
      end: () => void input.end()
    }
  })
})
