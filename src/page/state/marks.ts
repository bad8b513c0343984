import { computed } from '@preact/signals'
import type { Mark } from '../charts/marks.ts'
import { alerts } from './alerts.ts'

/** When alerts fired, and when servers were restarted, as far as alerts show. */
export const marks = computed<readonly Mark[]>(() => {
  const { firing = [], resolved = [] } = alerts.answer.value ?? {}
  const all = [...firing, ...resolved]
  const fired = all.map(({ fired, since, severity, title }): Mark => {
    return { time: fired ?? since, tone: severity, text: title }
  })
  const restarts = new Set(all.flatMap(({ evidence }) => evidence.restart ?? []))
  return [
    ...fired,
    ...Array.from(restarts, (time): Mark => ({ time, tone: 'restart', text: 'Restart of the server' }))
  ]
})
