import { describe, expect, it } from 'vitest'
import { NO_EVIDENCE } from '../life.ts'
import type { Alert, Silence } from '../model.ts'
import { alertPredicate, compiledSilences, isActive, parseAlertQuery, silenceOf } from './silences.ts'

const alert = (labels: Record<string, string>): Alert => ({
  id: 'guessing-1',
  rule: 'guessing',
  title: 'Passwords are tried',
  severity: 'critical',
  key: '',
  labels,
  phase: 'firing',
  since: 0,
  bad: 0,
  evaluation: { state: 'bad', threshold: 0, unit: 'count', samples: 0, summary: '' },
  evidence: NO_EVIDENCE,
  flapping: false
})

const labels = { client: '10.0.0.7', status: '503', signature: 'AH01: file *', vhost: '' }

describe('a query over alerts', () => {
  it.each([
    ['rule:guessing', true],
    ['rule:guess*', true],
    ['rule:other', false],
    ['severity:(warning OR critical)', true],
    ['severity:warning', false],
    ['client:10.*', true],
    ['client:11.*', false],
    ['status:5xx', true],
    ['status:<500', false],
    ['signature:AH01*', true],
    ['vhost:*', false],
    ['NOT vhost:*', true],
    ['path:/login', false],
    ['10.0.0.7', true],
    ['passwords', true],
    ['somebody', false],
    ['rule:guessing AND NOT client:10.0.0.7', false],
    ['', true]
  ])('%s', (query, finds) => expect(alertPredicate(parseAlertQuery(query))(alert(labels))).toBe(finds))

  it('is refused with a mark where it is wrong', () => {
    expect(() => parseAlertQuery('client:a AND rulle:x')).toThrow(
      'There is no field `rulle`; did you mean `rule`?\nclient:a AND rulle:x\n             ^'
    )
    expect(() => parseAlertQuery('severity:>info')).toThrow('`severity` is a text and has no order.')
  })
})

describe('silences', () => {
  const silence = (id: string, query: string, created: number, ends: number): Silence => ({
    id,
    query,
    author: 'eve',
    reason: 'work',
    created,
    ends
  })
  const one = alert(labels)

  it('last from when they are made until they end; the one that ends last counts', () => {
    const silences = compiledSilences([
      silence('a', 'rule:guessing', 10, 20),
      silence('b', 'client:*', 15, 30),
      silence('c', 'vhost:*', 0, 90)
    ])
    const ids = [9, 10, 15, 29, 30].map(now => silenceOf(silences, one, now)?.id)
    expect(ids).toEqual([undefined, 'a', 'b', 'b', undefined])
    expect(silences.filter(({ silence }) => isActive(silence, 12)).map(({ silence }) => silence.id)).toEqual([
      'a',
      'c'
    ])
  })

  it('find nothing when their query cannot be read, and can be changed', () => {
    const silences = compiledSilences([silence('a', 'client:(', 0, 10)])
    expect(silenceOf(silences, one, 1)).toBeUndefined()
    const changed = compiledSilences([silence('a', 'client:*', 0, 10)])
    expect(silenceOf(changed, one, 1)?.id).toBe('a')
  })
})
