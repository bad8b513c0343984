import { expect, it } from 'vitest'
import { addKey, ALL_TIME, cellOf } from '../../core/rollup.ts'
import { reportDocument } from '../document.ts'
import { shopContents } from '../testing/shop.ts'

it('has the referrers of others apart from those of the site itself, by its larger hosts', () => {
  const contents = shopContents({}, {}, rollup => {
    const referrers = cellOf(rollup, ALL_TIME, '', 'referrer')
    addKey(referrers, 'https://Shop.example:8443/cart?x', 70, 0)
    addKey(referrers, 'http://blog.example', 20, 0)
    addKey(referrers, 'https://www.google.com/', 9, 0)
    addKey(referrers, 'https://shop.example.evil.example/', 8, 0)
    addKey(referrers, 'https://me@other.example/shop.example', 7, 0)
    addKey(referrers, 'shop.example', 6, 0)
    // Somebody sent it as a host, once.
    addKey(cellOf(rollup, ALL_TIME, '', 'vhost'), 'www.google.com', 1, 0)
  })
  const { blocks } = reportDocument(contents)
  const keysOf = (name: string): unknown =>
    blocks
      .flatMap(block => (block.type === 'table' && block.name === name ? block.rows : []))
      .map(({ cells }) => cells[0])
  expect(keysOf('own-referrer')).toEqual(['https://Shop.example:8443/cart?x', 'http://blog.example'])
  expect(keysOf('referrer')).toEqual([
    'https://www.google.com/',
    'https://shop.example.evil.example/',
    'https://me@other.example/shop.example',
    'shop.example'
  ])
})
