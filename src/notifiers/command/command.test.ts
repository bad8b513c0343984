import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { until } from '../../sources/testing/client.ts'
import { conformsToNotifier } from '../contract.ts'
import type { Notifier } from '../kind.ts'
import { HOSTILE, HOSTILE_NOTIFICATION } from '../testing/hostile.ts'
import { NOTIFICATIONS } from '../testing/samples.ts'
import { dependenciesOf } from '../testing/dependencies.ts'
import { commandKind } from './index.ts'

const never = new AbortController().signal
const folder = mkdtempSync(join(tmpdir(), 'visor-command-'))
afterAll(() => rmSync(folder, { recursive: true }))
let count = 0

/** A program of this shell script. */
function program(script: string): string {
  const path = join(folder, `program-${count++}`)
  writeFileSync(path, `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
  return path
}

function open(...command: string[]): Promise<Notifier> {
  return Promise.resolve(commandKind.open(commandKind.options.parse({ command }), dependenciesOf()))
}

describe('the contract of notifiers', () => {
  conformsToNotifier(async () => {
    const out = join(folder, `out-${count}`)
    const path = program(`cat >> ${out}`)
    const change = (script: string) => (): void => writeFileSync(path, `#!/bin/sh\n${script}\n`)
    return {
      kind: commandKind,
      options: { command: [path] },
      named: path,
      received: () => (existsSync(out) ? readFileSync(out, 'utf8').trim().split('\n') : []),
      fail: change('echo no >&2; exit 3'),
      hang: change('sleep 60'),
      [Symbol.asyncDispose]: async () => {}
    }
  })
})

describe('a command', () => {
  it('gets its arguments as they are, the notification by standard input, and no log text besides', async () => {
    const out = join(folder, 'received')
    const path = program(
      `{ printf '%s\\n' "$#" "$1" "$2" "$VISOR_RULE" "$VISOR_SEVERITY" "$VISOR_OCCASION" "$VISOR_NOTIFICATION"; cat; } > ${out}`
    )
    const notifier = await open(path, '--to=$(id) *', "a'b")
    await notifier.send(HOSTILE_NOTIFICATION, [], never)
    const [arguments_, first, second, ...rest] = readFileSync(out, 'utf8').split('\n')
    expect([arguments_, first, second]).toEqual(['2', '--to=$(id) *', "a'b"])
    expect(rest.slice(0, 4)).toEqual(['server-errors', 'critical', 'fired', 'n-hostile'])
    const received: { firing: { labels: Record<string, string> }[] } = JSON.parse(rest[4] ?? '')
    expect(received.firing[0]?.labels['client']).toBe(HOSTILE)
    await notifier.close()
  })

  it('need not read its input', async () => {
    const notifier = await open(program('exit 0'))
    expect((await notifier.send(HOSTILE_NOTIFICATION, [], never)).accepted).toEqual(['command'])
    await notifier.close()
  })

  it.each([
    [
      'ends with another code',
      'echo first >&2; printf "last \\033[31m" >&2; exit 3',
      /: exited with code 3: first\\nlast \\x1b\[31m$/
    ],
    ['writes nothing', 'exit 1', /: exited with code 1$/],
    ['is killed', 'kill -9 $$', /: killed by SIGKILL$/],
    [
      'writes very much',
      'head -c 5000000 /dev/zero | tr "\\\\0" x >&2; echo end >&2; exit 1',
      /: x+\\?n?.*end$/
    ]
  ])('that %s has failed', async (_, script, message) => {
    const notifier = await open(program(script))
    await expect(notifier.send(NOTIFICATIONS.fired, [], never)).rejects.toThrow(message)
    await notifier.close()
  })

  it('that is not there has failed', async () => {
    const notifier = await open(join(folder, 'nowhere'))
    await expect(notifier.send(NOTIFICATIONS.fired, [], never)).rejects.toThrow(
      `${join(folder, 'nowhere')}: no such file or directory (ENOENT)`
    )
    await notifier.close()
  })

  it('that takes too long is killed with what it has started', async () => {
    const pids = join(folder, 'pids')
    const path = program(`sleep 60 & echo $! > ${pids}.part; mv ${pids}.part ${pids}; wait`)
    const abort = new AbortController()
    const notifier = await open(path)
    const sent = notifier.send(NOTIFICATIONS.fired, [], abort.signal)
    await until(() => existsSync(pids))
    abort.abort(new Error('too long'))
    await expect(sent).rejects.toThrow('too long')
    const pid = Number(readFileSync(pids, 'utf8'))
    await until(() => !isAlive(pid))
    await notifier.close()
  })

  it('is a list without NUL, and found from where the configuration is', () => {
    expect(commandKind.options.safeParse({ command: [] }).success).toBe(false)
    expect(commandKind.options.safeParse({ command: ['a', 'b\0c'] }).success).toBe(false)
    const absolute = (path: string): string => `/etc/visor/${path}`
    const of = (file: string): unknown =>
      commandKind.withPaths?.(commandKind.options.parse({ command: [file, './x'] }), absolute).command
    expect([of('bin/page-me'), of('page-me')]).toEqual([
      ['/etc/visor/bin/page-me', './x'],
      ['page-me', './x']
    ])
  })
})

/** Whether a process runs; one that has ended and that nobody has asked about does not. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
