import { describe, expect, it } from 'vitest'
import { widthOf } from '../layout.ts'
import { HOSTILE, sampleReport } from '../testing/sample.ts'
import { reportText } from './text.ts'

describe.each(HOSTILE)('reportText with %j', text => {
  it.each([72, 80, 132])('keeps to %i columns and sends nothing to a terminal', width => {
    const lines = reportText(sampleReport(text), width).split('\n')
    expect(lines.filter(line => widthOf(line) > width)).toEqual([])
    // oxlint-disable-next-line no-control-regex
    expect(
      lines.filter(line => /[\u0000-\u001f\u007f-\u009f\u200b\u202a-\u202e]|\p{Cs}/u.test(line))
    ).toEqual([])
  })
})
