import { isbot } from 'isbot'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testAlert } from '../../state/testing/samples.ts'
import { DAY, HOUR, MINUTE, SECOND, toMicros, toMillis, type Micros } from '../../core/time.ts'
import { windowsIn } from '../../core/steps.ts'
import { formatFor } from '../../formats/index.ts'
import { answersOf, type Answers } from '../../store/index.ts'
import { askingBy } from '../../store/questions/index.ts'
import { QUESTIONS, readQuestion } from '../../store/questions/list.ts'
import type { Question } from '../../store/questions/question.ts'
import { readerOf, writtenHistory } from '../../store/testing/history.ts'
import { temporaryFolder } from '../../store/testing/samples.ts'
import { select, whole } from '../../store/sql.ts'
import type { Writer } from '../../store/writer.ts'
import { readPeriod } from './read.ts'
import type { PeriodRequest, PeriodSources } from './sources.ts'

const NOW = 20_423 * DAY + 14 * HOUR + 7 * MINUTE + 13 * SECOND

const folder = temporaryFolder()
let writer: Writer
let answers: Answers
beforeAll(async () => {
  writer = await writtenHistory(folder.path, NOW, 2)
  const reader = readerOf(writer, NOW)
  const list: Readonly<Record<string, Question>> = QUESTIONS
  const asked = answersOf(
    askingBy((name, parameters) => readQuestion(list[name]!, reader, parameters), formatFor)
  )
  // As the control socket has them.
  const entries = Object.entries(asked).map(([name, ask]): unknown[] => [
    name,
    async (parameters: Parameters<typeof ask>[0]): Promise<unknown> =>
      JSON.parse(JSON.stringify(await ask(parameters)))
  ])
  answers = Object.fromEntries(entries)
}, 180_000)
afterAll(async () => {
  await writer.close()
  folder[Symbol.dispose]()
})

const read = (period: Partial<PeriodRequest>, more: Partial<PeriodSources> = {}) =>
  readPeriod(
    { answers, engine: 'embedded', clock: () => toMillis(NOW), ...more },
    { from: NOW - DAY, to: NOW, zone: 'UTC', top: 10, ...period }
  )

async function countedOf(where: string, from: Micros, to: Micros): Promise<number> {
  const [row] = await select(
    writer.database.reader,
    `select count(*) from log where ${where}
       and time >= make_timestamp(${whole(from)}) and time < make_timestamp(${whole(to)})`
  )
  return Number(row?.[0])
}

const requestsOf = ({ metrics }: { metrics: readonly { metric: { name: string }; count: number }[] }) =>
  metrics.find(({ metric }) => metric.name === 'requests')?.count

const but = (all: ReadonlySet<string>, others: ReadonlySet<string>) =>
  new Set([...all].filter(one => !others.has(one)))

describe('a period of the store', () => {
  it.each(['Asia/Kolkata', 'America/New_York', 'Australia/Lord_Howe'])(
    'is a day of %s, compared with others',
    async zone => {
      const { from, to } = windowsIn('day', zone)(NOW - DAY)
      const contents = await read({ from, to, zone })
      expect(requestsOf(contents)).toBe(await countedOf("kind = 'access'", from, to))
      const { timeline, compared } = contents
      const counts = timeline.metrics.find(({ metric }) => metric.name === 'requests')?.count
      expect(counts?.reduce((sum, count) => sum + count)).toBe(requestsOf(contents))
      expect([timeline.step, timeline.time[0], timeline.end]).toEqual(['15 minutes', from, to])
      expect(compared.map(({ label, complete }) => [label, complete])).toEqual([
        ['the day before', true],
        ['the same day a week before', true]
      ])
      for (const one of compared)
        expect(requestsOf(one)).toBe(await countedOf("kind = 'access'", one.period.from, one.period.to))
      expect([contents.cut, contents.uncovered]).toEqual([undefined, undefined])
    }
  )

  it('has its visitors by day of the zone, and lines a second, each as SQL counts them', async () => {
    const zone = 'Asia/Kolkata'
    const { to } = windowsIn('day', zone)(NOW - DAY)
    const from = to - 3 * DAY
    const { visitors, importRate, compared, counted } = await read({ from, to, zone })
    expect(visitors?.days.map(({ day }) => day)).toEqual([from, from + DAY, from + 2 * DAY])
    const bots = new Set<string>()
    const pairs = async (begin: Micros, end: Micros) => {
      const rows = await select(
        writer.database.reader,
        `select client, agent from log where kind = 'access' and client is not null
         and time >= make_timestamp(${whole(begin)}) and time < make_timestamp(${whole(end)}) group by all`
      )
      const people = rows.filter(([, agent]) => agent === null || !isbot(String(agent)))
      for (const [, agent] of rows) if (agent !== null && isbot(String(agent))) bots.add(String(agent))
      return people.length
    }
    expect(visitors?.count).toBe(await pairs(from, to))
    for (const { day, count } of visitors?.days ?? []) expect(count).toBe(await pairs(day, day + DAY))
    expect(counted).toBe(await countedOf('true', from, to))
    expect(importRate?.average).toBeCloseTo(counted! / ((3 * DAY) / SECOND), 9)
    const [before] = compared
    expect(before?.importRate?.average).toBeCloseTo(
      (await countedOf('true', from - 3 * DAY, from)) / ((3 * DAY) / SECOND),
      9
    )
  })

  it('has the visitors of each virtual host, as SQL counts them', async () => {
    const [from, to] = [NOW - 3 * HOUR, NOW]
    const { vhosts = [] } = await read({ from, to })
    expect(vhosts.length).toBeGreaterThan(1)
    for (const { name, visitors } of vhosts) {
      const rows = await select(
        writer.database.reader,
        `select client, agent from log where kind = 'access' and client is not null and vhost = '${name}'
         and time >= make_timestamp(${whole(from)}) and time < make_timestamp(${whole(to)}) group by all`
      )
      expect(visitors).toBe(rows.filter(([, agent]) => agent === null || !isbot(String(agent))).length)
    }
  })

  it('says how many lines are of it, whatever was read meanwhile, and of which sources', async () => {
    const sources = ['shop', 'err']
    const short = await read({ from: NOW - 10 * SECOND }, { sources })
    expect(short.counted).toBe(await countedOf('true', NOW - 10 * SECOND, NOW))
    // Readings are known by the minute.
    expect(short.counters).toBeUndefined()
    expect(short.origin).toEqual({ kind: 'store', sources })
    const filtered = await read({ where: 'status:404' })
    expect(filtered.counted).toBe(await countedOf('status = 404', NOW - DAY, NOW))
    expect([filtered.counters, filtered.quality.samples, filtered.quality.reasons]).toEqual([
      undefined,
      [],
      undefined
    ])
  })

  it('of lines that pass a query is counted of these', async () => {
    const contents = await read({ where: 'status:404' })
    expect(requestsOf(contents)).toBe(await countedOf('status = 404', NOW - DAY, NOW))
  })

  it('is unknown before the first line, and what is known in part says so', async () => {
    const [row] = await select(writer.database.reader, 'select epoch_us(min(time))::double from log')
    const first = Number(row?.[0])
    const contents = await read({ from: first - HOUR, to: first + HOUR })
    expect(contents.compared).toEqual([])
    expect(contents.uncovered).toEqual([
      { from: first - HOUR, to: first, why: 'nothing is known of the time before the first line' }
    ])
    const second = await read({ from: first + HOUR, to: first + 4 * HOUR })
    expect(second.compared.map(({ complete }) => complete)).toEqual([false])
  })

  it('tells when Visor was down, and what is still to come', async () => {
    const at = (ago: Micros) => toMillis(NOW - ago)
    const runs = [
      { from: at(20 * HOUR), to: at(5 * HOUR) },
      { from: at(5 * HOUR - 9 * SECOND), to: at(4 * HOUR) },
      { from: at(2 * HOUR), to: at(5 * SECOND) }
    ]
    const history = { watched: () => runs, alerts: () => [] }
    const { uncovered } = await read({ to: NOW + MINUTE }, { history })
    expect(uncovered).toEqual([
      { from: NOW - 4 * HOUR, to: NOW - 2 * HOUR, why: 'Visor was down' },
      { from: NOW, to: NOW + MINUTE, why: 'it is still to come' }
    ])
  })

  it('has the alerts that lasted into it, the first first', async () => {
    const asked: object[] = []
    const history = {
      watched: () => [],
      alerts: (query: object) => {
        asked.push(query)
        return [testAlert('b', { labels: { client: '::1' } }), testAlert('a', { resolved: 5000 })]
      }
    }
    const { alerts } = await read({}, { history })
    expect(asked).toEqual([{ until: toMillis(NOW), lasting: toMillis(NOW - DAY), limit: 500 }])
    expect(alerts).toMatchObject([
      { id: 'a', resolved: toMicros(5000) },
      { id: 'b', about: 'client ::1' }
    ])
    expect((await read({})).alerts).toBeUndefined()
    // Who began later knows nothing of them.
    const late = { watched: () => [{ from: toMillis(NOW - HOUR), to: toMillis(NOW) }], alerts: () => [] }
    expect((await read({}, { history: late })).alerts).toBeUndefined()
    expect((await read({ from: NOW - MINUTE }, { history: late })).alerts).toEqual([])
    const about = await read({ about: { client: ['::2', '::1'] } }, { history })
    expect(about.alerts?.map(({ id }) => id)).toEqual(['b'])
  })

  it('names new signatures and those that are gone', async () => {
    const { signatures } = await read({ from: NOW - 10 * MINUTE, to: NOW })
    const [now, then] = await Promise.all(
      [NOW, NOW - 10 * MINUTE].map(async to => {
        const rows = await answers.signatures({
          from: String(toMillis(to - 10 * MINUTE)),
          to: String(toMillis(to))
        })
        return new Set(rows.signatures.map(({ signature }) => signature))
      })
    )
    expect(now?.size).toBeGreaterThan(0)
    for (const { signature, first, sample } of signatures?.new ?? []) {
      expect(first, signature).toBeGreaterThanOrEqual(NOW - 10 * MINUTE)
      expect(first, signature).toBeLessThan(NOW)
      expect(sample, signature).toBeTruthy()
    }
    expect(new Set(signatures?.new.map(({ signature }) => signature))).toEqual(but(now!, then!))
    expect(new Set(signatures?.gone.map(({ signature }) => signature))).toEqual(but(then!, now!))
  })
})
