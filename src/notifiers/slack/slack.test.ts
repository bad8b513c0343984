import { describe, expect, it } from 'vitest'
import { PALETTE } from '../../core/palette.ts'
import { SECOND_MS } from '../../core/time.ts'
import { conformsToNotifier } from '../contract.ts'
import { composeMessage } from '../message/compose.ts'
import { HOSTILE, HOSTILE_NOTIFICATION } from '../testing/hostile.ts'
import { NOTIFICATIONS } from '../testing/samples.ts'
import { dependenciesWithPage } from '../testing/dependencies.ts'
import { UNSEEN } from '../testing/unseen.ts'
import { WebServer } from '../testing/web-server.ts'
import { slackKind } from './index.ts'
import { code, prose, slackMessage } from './message.ts'

describe('the contract of notifiers', () => {
  conformsToNotifier(async () => {
    const server = await WebServer.start()
    return {
      kind: slackKind,
      options: { url: `${server.origin}/services/T000/B000/s3cr3t` },
      named: `${server.origin}/…`,
      secrets: ['s3cr3t', 'T000'],
      received: () => server.asked.map(({ body }) => body).filter(() => server.answer !== failing),
      fail: () => void (server.answer = failing),
      hang: () => void (server.answer = () => undefined),
      open: () => server.connections,
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]()
    }
  })
  const failing = () => ({ status: 503, text: 'Cannot POST /services/T000/B000/s3cr3t' })
})

const slackMessageOf = (
  notification: (typeof NOTIFICATIONS)[keyof typeof NOTIFICATIONS] | typeof HOSTILE_NOTIFICATION
) =>
  slackMessage(
    composeMessage(notification, dependenciesWithPage(), () => true),
    notification.created
  )

describe('a message', () => {
  it('has the summary in its text, and the rest in an attachment', () => {
    const message = slackMessageOf(NOTIFICATIONS.fired)
    expect(message.text).toBe(
      'CRITICAL Many server errors\n7.2 % of 1,204 requests in 1m (limit 5 %, usual 0.3 %)'
    )
    expect(message.attachments[0]).toMatchObject({
      color: PALETTE['tone-critical'][0],
      ts: Math.floor(NOTIFICATIONS.fired.created / SECOND_MS)
    })
    expect(message.attachments[0]?.text).toContain('|Acknowledge>')
    expect(message.attachments[0]?.fields).toContainEqual({
      title: 'Virtual host',
      value: '`shop.example.org`',
      short: true
    })
    expect(message.attachments[0]?.fields.map(({ title }) => title)).toEqual([
      'Virtual host',
      'Largest increases',
      'Log lines',
      'Error log (same clients, same seconds)'
    ])
    expect(slackMessageOf(NOTIFICATIONS.resolved).attachments[0]).toMatchObject({ color: '#2f855a' })
  })

  it('has no markup, mention or link that a log has written', () => {
    const message = slackMessageOf(HOSTILE_NOTIFICATION)
    const { text = '', fields = [] } = message.attachments[0] ?? {}
    const links = text.match(/<[^>]*>/g) ?? []
    expect(links.map(link => link.replace(/^.*\|/, ''))).toEqual([
      'Acknowledge>',
      'Silence for 1 h>',
      'Open in Visor>'
    ])
    const all = [
      message.text,
      text.replaceAll(/<[^>]*>/g, ''),
      ...fields.flatMap(({ title, value }) => [title, value])
    ]
    for (const one of all) {
      expect(one).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/)
      expect(one).not.toMatch(UNSEEN)
    }
    const outside = all.map(one => one.replaceAll(/```\n[^`]*\n```|`[^`]*`/g, ''))
    for (const one of outside) expect(one).not.toMatch(/[*_~`@#[\]|\\](?!\u200b)/)
  })

  it('is small enough for all who take such messages', () => {
    const message = slackMessageOf(HOSTILE_NOTIFICATION)
    const { fields = [] } = message.attachments[0] ?? {}
    expect(message.text.length).toBeLessThan(2000)
    expect(fields.length).toBeLessThanOrEqual(25)
    for (const { title, value } of fields)
      expect([title.length <= 256, value.length <= 1024]).toEqual([true, true])
  })

  it('lists several alerts', () => {
    const { fields = [] } = slackMessageOf(NOTIFICATIONS.more).attachments[0] ?? {}
    const list = fields.find(({ title }) => title === 'Firing')?.value.split('\n') ?? []
    expect([list.length, list[0], list.at(-1)]).toEqual([
      6,
      expect.stringContaining('`client: 198.51.100.14`'),
      'and 9 more'
    ])
  })
})

describe('markup', () => {
  it('stays text', () => {
    expect(prose('a <b> & *c* @all http://d `e`').replaceAll('\u200b', '·')).toBe(
      'a &lt;b&gt; &amp; *·c*· @·all http:·//d `·e`·'
    )
    expect(code('a <b> ``` *c*', 100)).toBe('a &lt;b&gt; ˋˋˋ *c*')
    expect(code('<<<<<<', 10)).toBe('&lt;&lt;…')
    expect(code(HOSTILE, 50).length).toBeLessThanOrEqual(50)
  })
})
