import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { GENERATED, messages } from '../scripts/proto.ts'

it('messages of Spark Connect are fresh; `npm run proto` makes them anew', () => {
  expect(readFileSync(GENERATED, 'utf8')).toBe(messages())
})
