import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { CLEAR_LINE, type Output } from '../context.ts'
import { progressLine, readingText } from './progress.ts'

describe('readingText', () => {
  it('has a bar, the share, the bytes, the rate and the time that is left', () => {
    expect(readingText(60e6, 240e6, 60e6)).toBe(
      '█████                25.0 %  60.0 MB of 240 MB  60.0 MB/s  0:03 left'
    )
    expect(readingText(1e6, 3.7e9, 1e6)).toContain('  1:01:39 left')
    expect(readingText(0, 240e6, 0)).not.toContain('left')
  })

  it('says no more than is known of standard input', () => {
    expect(readingText(60e6, undefined, 60e6)).toBe('60.0 MB read  60.0 MB/s')
  })
})

describe('progressLine', () => {
  const output = (isTTY: boolean): { output: Output; written: string[] } => {
    const written: string[] = []
    const stream = new Writable({ write: (chunk, _encoding, done) => (written.push(String(chunk)), done()) })
    return { output: Object.assign(stream, { isTTY, columns: 60 }), written }
  }

  it('is written over again, ten times a second at most, with the rate of the last seconds', () => {
    let now = 0
    const { output: terminal, written } = output(true)
    const line = progressLine(terminal, () => now)
    for (; now <= 20_000; now += 50) line.show(now < 10_000 ? now * 1e3 : 1e7 + (now - 10_000) * 3e3, 1e9)
    line.end()
    expect(written.length).toBe(202)
    expect(written.at(-2)).toContain('3.0 MB/s')
    expect(written.every(text => text.startsWith(CLEAR_LINE) && text.length <= 59 + CLEAR_LINE.length)).toBe(
      true
    )
    expect(written.at(-1)).toBe(CLEAR_LINE)
  })

  it('is not there where no terminal is', () => {
    const { output: file, written } = output(false)
    const line = progressLine(file)
    line.show(1, 2)
    line.end()
    expect(written).toEqual([])
  })
})
