import { readdirSync, readFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { SECOND_MS, type Millis } from '../core/time.ts'

/** A process that is named so that another one which gets its number later is never taken for it. */
export interface ProcessId {
  readonly pid: number
  /** When it was started, as the operating system has it. */
  readonly started: string
}

/** A running process, who started it, and who leads its group. */
interface Known extends ProcessId {
  readonly parent: number
  readonly group: number
}

const PAUSE: Millis = 20
const GONE_AFTER_KILL: Millis = 2 * SECOND_MS

/** The id of a running process; `undefined` when there is none of that number. */
export function processId(pid: number): ProcessId | undefined {
  const known = read(pid)
  return known && { pid, started: known.started }
}

/** Whether that very process runs. */
export function isRunning({ pid, started }: ProcessId): boolean {
  return read(pid)?.started === started
}

/** The running processes that a process has started. */
export function childrenOf(pid: number): ProcessId[] {
  return all().filter(({ parent }) => parent === pid)
}

/** The running processes of a group, whoever has started them. */
export function membersOf(leader: number): ProcessId[] {
  return all().filter(({ group }) => group === leader)
}

/**
 * Ends a process that leads a group, and all in it: asks, and kills what is still there after `patience`. Resolves when it is gone.
 */
export async function endGroup(id: ProcessId, patience: Millis): Promise<void> {
  if (!isRunning(id)) return
  signalGroup(id.pid, 'SIGTERM')
  await goneWithin(id, patience)
  signalGroup(id.pid, 'SIGKILL')
  await goneWithin(id, GONE_AFTER_KILL)
}

/** Sends a signal to a group; nothing when it has no process. */
export function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal)
  } catch {
    // It is gone.
  }
}

async function goneWithin(id: ProcessId, time: Millis): Promise<void> {
  for (const end = performance.now() + time; isRunning(id) && performance.now() < end;) await delay(PAUSE)
}

function read(pid: number): Known | undefined {
  if (process.platform === 'linux') return readProc(pid)
  return all().find(known => known.pid === pid)
}

function all(): Known[] {
  if (process.platform === 'linux')
    return readdirSync('/proc').flatMap(name => (/^\d+$/.test(name) ? (readProc(Number(name)) ?? []) : []))
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid=,pgid=,stat=,lstart='], { encoding: 'utf8' })
  return stdout.split('\n').flatMap(line => parsePs(line) ?? [])
}

/** A process that has ended but was not asked for its end yet does not run. */
function readProc(pid: number): Known | undefined {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return undefined
  }
}

/** A line of `/proc/PID/stat`; `undefined` for what has ended. */
export function parseStat(line: string): Known | undefined {
  // The name of the program is in brackets, and may hold brackets and blanks itself.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
  const [state = 'Z', parent, group, started = ''] = [fields[0], fields[1], fields[2], fields[19]]
  if (/[ZX]/.test(state)) return undefined
  return { pid: Number.parseInt(line), parent: Number(parent), group: Number(group), started }
}

/** A line of `ps -o pid=,ppid=,pgid=,stat=,lstart=`; `undefined` for what has ended. */
export function parsePs(line: string): Known | undefined {
  const [, pid, parent, group, started] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+[^\sZ]+\s+(.+?)\s*$/.exec(line) ?? []
  if (started === undefined) return undefined
  return { pid: Number(pid), parent: Number(parent), group: Number(group), started }
}
