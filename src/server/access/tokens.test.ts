import { expect, it } from 'vitest'
import { openState } from '../../state/index.ts'
import { tokenKeeper } from './tokens.ts'

const NOW = 1_000_000

it('makes tokens, lists them without their secrets, and ends them', () => {
  const records = openState(undefined)
  const keeper = tokenKeeper(records, () => NOW)
  const { secret } = keeper.add({ name: 'Ada L.', role: 'act', expires: '60000' })
  expect(keeper.list()).toEqual([{ name: 'Ada L.', role: 'act', created: NOW, expires: NOW + 60_000 }])
  expect(records.tokenOf(secret, NOW)).toMatchObject({ name: 'Ada L.' })
  expect(() => keeper.add({ name: 'Ada L.', role: 'read' })).toThrow('there is a token Ada L. already')
  keeper.revoke('Ada L.')
  expect(records.tokenOf(secret, NOW)).toBeUndefined()
  expect(() => keeper.revoke('Ada L.')).toThrow('there is no token Ada L.')
  records.close()
})

it.each([
  [{ role: 'act' }, /name/],
  [{ name: '', role: 'act' }, /begins with a letter/],
  [{ name: '-x', role: 'act' }, /begins with a letter/],
  [{ name: 'a\nb', role: 'act' }, /begins with a letter/],
  [{ name: 'x'.repeat(61), role: 'act' }, /60 characters/],
  [{ name: 'x' }, /role is one of read, act, admin/],
  [{ name: 'x', role: 'root' }, /role is one of/],
  [{ name: ['x', 'y'], role: 'act' }, /name/],
  [{ name: 'x', role: 'act', expires: '0' }, /1/],
  [{ name: 'x', role: 'act', expires: 'soon' }, /number/]
])('refuses %o', (request, message) => {
  const records = openState(undefined)
  expect(() => tokenKeeper(records, () => NOW).add(request)).toThrow(message)
  expect(records.tokens()).toEqual([])
  records.close()
})
