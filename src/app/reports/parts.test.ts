import { afterEach, describe, expect, it } from 'vitest'
import { HOUR_MS, MINUTE_MS, SECOND_MS, toMillis } from '../../core/time.ts'
import { testRecord } from '../../state/testing/samples.ts'
import { DELAY, endLives, life, START } from './testing/life.ts'

afterEach(endLives)

describe('the reports of a schedule with parts', () => {
  it('fan out over vhosts, each with its own receivers, zone and filter', async () => {
    const visor = life({
      daily: {
        every: '1h',
        where: 'status:5xx OR status:4xx',
        each: 'vhost',
        receivers: 'ops',
        for: {
          'shop.example': { receivers: 'team', zone: 'Asia/Tokyo', where: 'NOT path:/health' },
          'old.example': { receivers: [] }
        }
      }
    })
    visor.vhosts = ['www.example', 'old.example', 'shop.example', 'a"b']
    visor.start()
    await visor.pass(HOUR_MS + DELAY, MINUTE_MS)
    expect(visor.asked.map(({ where, zone, name }) => [name, where, zone === 'Asia/Tokyo'])).toEqual([
      ['shop.example', 'vhost:shop.example AND (status:5xx OR status:4xx) AND (NOT path:/health)', true],
      ['www.example', 'vhost:www.example AND (status:5xx OR status:4xx)', false],
      ['a"b', 'vhost:"a\\"b" AND (status:5xx OR status:4xx)', false]
    ])
    expect(visor.asked.map(({ about }) => about?.['vhost'])).toEqual(visor.asked.map(({ name }) => [name]))
    expect(visor.runs()).toEqual([
      '07:00:00 sent shop.example',
      '07:00:00 sent www.example',
      '07:00:00 sent a"b'
    ])
    expect(visor.state.outbox().map(({ notification }) => notification.receiver)).toEqual([
      'team',
      'ops',
      'ops'
    ])
  })

  it.each<[object, readonly (readonly [string, readonly string[]])[]]>([
    [
      { each: 'source', sources: ['web', 'api'] },
      [
        ['web', ['web']],
        ['api', ['api']]
      ]
    ],
    [
      { each: { label: 'team' } },
      [
        ['shop', ['web', 'api']],
        ['press', ['blog']]
      ]
    ],
    [
      { each: { label: 'team' }, sources: ['api', 'blog'], for: { press: {} } },
      [
        ['press', ['blog']],
        ['shop', ['api']]
      ]
    ],
    [{ each: { label: 'team' }, for: { press: { receivers: [] } } }, [['shop', ['web', 'api']]]],
    [{ each: { label: 'stage' } }, [['test', ['api']]]]
  ])('fan out over sources and their labels: %j', async (more, expected) => {
    const visor = life({ daily: { every: '1h', ...more } })
    visor.start()
    await visor.pass(HOUR_MS + DELAY, MINUTE_MS)
    expect(visor.asked.map(({ name, sources }) => [name, sources])).toEqual(expected)
    expect(visor.asked.map(({ about }) => about)).toEqual(expected.map(([, source]) => ({ source })))
    expect(visor.runs()).toEqual(expected.map(([part]) => `07:00:00 sent ${part}`))
  })

  it('fan out over no more vhosts than so many, and say how many are left', async () => {
    const visor = life({ daily: { every: '1h', each: 'vhost', for: { 'last.example': {} } } })
    visor.vhosts = Array.from({ length: 70 }, (_, i) => `h${i}.example`)
    visor.start()
    await visor.pass(HOUR_MS + DELAY, MINUTE_MS)
    expect(visor.asked).toHaveLength(21)
    expect(visor.asked[0]?.name).toBe('last.example')
    const [left] = visor.state.reports({ limit: 1 })
    expect([left?.state, left?.why]).toEqual(['left', expect.stringMatching(/^50 more vhosts had none/)])
  })

  it('fan out over no vhosts that somebody invents with a few requests, unless they are named', async () => {
    const visor = life({ daily: { every: '1h', each: 'vhost', for: { 'small.example': {} } } })
    const invented = Array.from({ length: 50 }, (_, i) => `x${i}.example`)
    visor.vhosts = ['shop.example', 'blog.example', 'small.example', ...invented]
    for (const name of ['small.example', ...invented]) visor.shares.set(name, 0.0001)
    visor.start()
    await visor.pass(HOUR_MS + DELAY, MINUTE_MS)
    expect(visor.asked.map(({ name }) => name)).toEqual(['small.example', 'shop.example', 'blog.example'])
    expect(visor.state.reports({ limit: 1 })[0]?.why).toMatch(/^50 more vhosts had none/)
  })

  it('of a part that cannot be made hold back no others, which are made and sent once', async () => {
    const visor = life({ daily: { every: '5m', each: 'vhost', receivers: 'ops' } })
    visor.vhosts = ['a.example', 'b.example', 'c.example']
    visor.failure = new Error('out of memory')
    visor.fails = ({ name }) => name === 'b.example'
    visor.start()
    await visor.pass(5 * MINUTE_MS + DELAY)
    expect(visor.runs().toSorted()).toEqual(['06:05:00 sent a.example', '06:05:00 sent c.example'])
    for (const { notification } of visor.state.outbox())
      visor.state.tried(testRecord(notification.id, { receiver: 'ops' }))
    // As by kill -9.
    visor.start()
    await visor.pass(4 * MINUTE_MS)
    const first = visor.asked
      .filter(({ to }) => toMillis(to) === START + 5 * MINUTE_MS)
      .map(({ name }) => name)
    expect([first.filter(name => name !== 'b.example'), first.length > 5]).toEqual([
      ['a.example', 'c.example'],
      true
    ])
    expect(visor.state.outbox()).toEqual([])
    await visor.pass(MINUTE_MS + 11 * SECOND_MS)
    const runs = visor.runs().toSorted()
    expect(runs).toEqual([
      '06:05:00 failed b.example',
      '06:05:00 sent a.example',
      '06:05:00 sent c.example',
      '06:10:00 sent a.example',
      '06:10:00 sent c.example'
    ])
    visor.failure = undefined
    await visor.pass(11 * SECOND_MS)
    expect(visor.runs()).toContain('06:10:00 sent b.example')
    expect(visor.state.outbox()).toHaveLength(3)
  })

  it('that take long hold up no other schedule', async () => {
    const visor = life({ slow: { every: '1m', receivers: 'ops' }, fast: { every: '1m', receivers: 'ops' } })
    visor.slow.add('slow')
    visor.start()
    await visor.pass(MINUTE_MS + DELAY - SECOND_MS)
    void visor.pass(SECOND_MS)
    await new Promise(done => setImmediate(done))
    await visor.pass(MINUTE_MS)
    expect(visor.state.reports({ schedule: 'fast', limit: 9 }).map(({ state }) => state)).toEqual([
      'sent',
      'sent'
    ])
    expect(visor.state.reports({ schedule: 'slow', limit: 9 })).toEqual([])
  })

  it('of a part say nothing of sources that are not its own', async () => {
    const visor = life({
      source: { every: '1m', each: 'source', receivers: 'ops' },
      vhost: { every: '1m', each: 'vhost', receivers: 'ops' }
    })
    visor.vhosts = ['a.example']
    visor.unread = ['web is 3 MB behind']
    visor.start()
    await visor.pass(2 * MINUTE_MS + DELAY)
    const whys = visor.state.reports({ limit: 10 }).map(({ part, why }) => [part, why])
    expect(Object.fromEntries(whys)).toEqual({
      blog: undefined,
      web: 'not all lines were read yet: web is 3 MB behind',
      api: undefined,
      'a.example': 'not all lines were read yet'
    })
  })
})
