import { describe, expect, it } from 'vitest'
import type { AlertNotification } from '../../alerts/model.ts'
import { composeMessage } from '../message/compose.ts'
import { HOSTILE_NOTIFICATION } from '../testing/hostile.ts'
import { NOTIFICATIONS } from '../testing/samples.ts'
import { dependenciesWithPage } from '../testing/dependencies.ts'
import { UNSEEN } from '../testing/unseen.ts'
import { htmlOf } from './html.ts'

const html = (notification: AlertNotification): string =>
  htmlOf(composeMessage(notification, dependenciesWithPage(), () => false))
const all = [...Object.values(NOTIFICATIONS), HOSTILE_NOTIFICATION].map(
  (notification): [string, AlertNotification] => [notification.id, notification]
)

/** Names of the elements, and of their attributes. */
function namesOf(text: string): { elements: Set<string>; attributes: Set<string> } {
  const tags = [...text.matchAll(/<([a-z]\w*)((?:\s+[\w-]+(?:="[^"]*")?)*)\s*>/g)]
  const attributes = tags.flatMap(([, , inside = '']) =>
    [...inside.matchAll(/([\w-]+)="/g)].map(([, name = '']) => name)
  )
  return { elements: new Set(tags.map(([, name = '']) => name)), attributes: new Set(attributes) }
}

const ELEMENTS = new Set([
  'html',
  'head',
  'meta',
  'title',
  'style',
  'body',
  'div',
  'table',
  'tr',
  'td',
  'h1',
  'b',
  'span',
  'a'
])

describe('the HTML of a mail', () => {
  it.each(all)('of %s is small, and has nothing from elsewhere', (_, notification) => {
    const text = html(notification)
    expect(Buffer.byteLength(text)).toBeLessThan(100_000)
    expect(text).not.toMatch(/src=(?!x )|url\(|@import|<link|<img(?! )/)
    const addresses = [...text.matchAll(/href="([^"]*)"/g)].map(([, address]) => address)
    for (const address of addresses) expect(address).toMatch(/^https:\/\/visor\.example\.org\//)
  })

  it.each(all)('of %s has no elements but its own', (_, notification) => {
    const { elements, attributes } = namesOf(html(notification))
    expect([...elements].filter(name => !ELEMENTS.has(name))).toEqual([])
    expect([...attributes].filter(name => name.startsWith('on'))).toEqual([])
  })

  it.each(all)('of %s closes what it opens', (_, notification) => {
    const text = html(notification)
    for (const name of ['table', 'tr', 'td', 'div', 'span', 'a', 'b', 'h1', 'body', 'html'])
      expect([name, text.split(new RegExp(`<${name}[\\s>]`)).length]).toEqual([
        name,
        text.split(`</${name}>`).length
      ])
  })

  it('shows text of a log as text', () => {
    const text = html(HOSTILE_NOTIFICATION)
    expect(text).toContain('&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(text).toContain('&lt;%= it %&gt;')
    expect(text).not.toContain('<script')
    expect(text).not.toMatch(UNSEEN)
  })

  it('has the parts of the message, in this order', () => {
    const text = html(NOTIFICATIONS.digest).replaceAll(/^.*<body|<[^>]*>/gs, ' ')
    const parts = [
      '2 alerts firing, 1 resolved',
      'Active since',
      'Acknowledge',
      'Firing',
      'Resolved',
      'Held back',
      'Largest increases',
      'Log lines'
    ]
    expect(parts.map(part => text.indexOf(part)).every((at, i, all) => at > (all[i - 1] ?? -1))).toBe(true)
  })
})
