import { expect, it } from 'vitest'
import { answerOf } from './asking.ts'

it('an end without a code of ours is no fault of the store', () => {
  expect(answerOf({ answer: 1 })).toBe(1)
  expect(() => answerOf({ status: 503, error: 'the disk is full', code: 'DISK_FULL' })).toThrow(
    expect.objectContaining({ code: 'DISK_FULL', message: 'the disk is full' })
  )
  for (const code of [undefined, 'FST_ERR_NOT_FOUND'])
    expect(() => answerOf({ status: 404, error: 'Not Found', ...(code !== undefined && { code }) })).toThrow(
      expect.objectContaining({
        code: 'CONNECTION',
        message: 'the Visor that runs on the store answers 404: Not Found',
        remedy: expect.stringContaining('another version')
      })
    )
})
