import type { Kind } from '../../core/fields.ts'
import { SECOND, type Micros } from '../../core/time.ts'
import type { Traffic } from '../draft.ts'
import { seeded, type Random } from '../random.ts'
import { address, heartbeatLoop, messageLoop, requestLoop, type Loop } from './loops.ts'
import type { ClassicOptions } from './options.ts'

/**
 * Traffic as the generator of the first Visor makes it. Each sort of line has chances and times of its own, and is the same
 * whichever other sorts there are. `modes` are the logs that are written.
 */
export function classicTraffic(
  options: ClassicOptions,
  { start, random, modes }: { start: Micros; random: Random; modes: ReadonlySet<Kind> }
): Traffic {
  const loops = loopsOf(options, random)
    .filter(({ kind }) => modes.has(kind))
    .map(loop => ({ loop, next: start }))
  return {
    roles: { access: [], error: [] },
    fill(to, take) {
      for (;;) {
        let due = loops[0]
        for (const one of loops) if (due && one.next < due.next) due = one
        if (!due || due.next >= to) return
        take({ kind: due.loop.kind, time: due.next, parts: [], incident: -1, ...due.loop.line() })
        due.next += Math.round(due.loop.wait() * SECOND)
      }
    }
  }
}

/** The loops that the options have a section for; of lines at one time that of the first comes first. */
function loopsOf(options: ClassicOptions, random: Random): Loop[] {
  const fork = (): Random => seeded(Math.floor(random() * 2 ** 32))
  // Each is there whether it is used or not, so that the others are what they are without it.
  const own = { access: fork(), pool: fork(), info: fork(), warn: fork(), error: fork() }
  const { heartbeat, access, pool } = options
  const clients = Array.from({ length: pool }, () => address(own.pool))
  const loops: Loop[] = []
  if (heartbeat && heartbeat.interval > 0) {
    loops.push(heartbeatLoop('access', heartbeat), heartbeatLoop('error', heartbeat))
  }
  if (access) loops.push(requestLoop(access, own.access))
  for (const level of ['info', 'warn', 'error'] as const) {
    const section = options[level]
    if (section) loops.push(messageLoop(level, section, clients, own[level]))
  }
  return loops
}
