import {
  appendFileSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync
} from 'node:fs'
import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Source } from '../../core/source.ts'
import { conformsToByteSource, conformsToSource, type Fixture, start } from '../contract.ts'
import { fileOptions } from './options.ts'
import { fileSource } from './source.ts'
import { pack } from './testing/pack.ts'
import { Reader } from './testing/reader.ts'

const fresh = (): string => mkdtempSync(join(tmpdir(), 'visor-file-'))
const long = (name: string): string => `${name} ${'x'.repeat(100)}\n`.repeat(20)

describe('file source', () => {
  conformsToByteSource((): Fixture => {
    const folder = fresh()
    const path = join(folder, 'access.log')
    const options = fileOptions.parse({ paths: [path], poll: '10ms', grace: '50ms' })
    return {
      source: fileSource(options, [], Date.now),
      write: text => appendFileSync(path, text),
      end: () => renameSync(path, join(folder, 'rotated'))
    }
  })

  it('wakes at once for a file that was idle, and leaves no descriptor open', async () => {
    const folder = fresh()
    const before = readdirSync('/proc/self/fd').length
    for (let i = 0; i < 50; i++) writeFileSync(join(folder, `${i}.log`), `first ${i}\n`)
    const options = fileOptions.parse({ paths: [join(folder, '*.log')], poll: '20ms' })
    {
      await using run = start({
        source: fileSource(options, [], Date.now),
        write: () => {},
        end: () => {}
      })
      await run.until(() => run.lines.length === 50)
      appendFileSync(join(folder, '7.log'), 'second\n')
      await run.until(() => run.lines.length === 51)
    }
    expect(readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(before)
  })
})

/** What happens to `access.log` while it is followed, or while the reader is stopped. */
interface Case {
  readonly name: string
  readonly pattern?: string
  /** In the log before the reader starts. */
  readonly first: string
  readonly event: (log: string, folder: string) => void
  /** What is read in all. */
  readonly expected: string
}

const CASES: Case[] = [
  { name: 'append', first: 'a\n', event: log => appendFileSync(log, 'b\n'), expected: 'a\nb\n' },
  {
    name: 'rename and create',
    first: 'a\n',
    event(log) {
      appendFileSync(log, 'b\nc')
      renameSync(log, `${log}.1`)
      writeFileSync(log, 'd\n')
      appendFileSync(`${log}.1`, ' late\n')
    },
    expected: 'a\nb\nc late\nd\n'
  },
  {
    name: 'two renames that nobody saw',
    first: 'a\n',
    event(log) {
      renameSync(log, `${log}.2`)
      writeFileSync(`${log}.1`, 'b\n')
      writeFileSync(log, 'c\n')
    },
    expected: 'a\nb\nc\n'
  },
  {
    name: 'copytruncate with bytes that only the copy has',
    first: 'a\n',
    event(log) {
      appendFileSync(log, 'b\n')
      copyFileSync(log, `${log}.1`)
      truncateSync(log)
      appendFileSync(log, 'c\n')
    },
    expected: 'a\nb\nc\n'
  },
  {
    name: 'copytruncate, the copy matched as well',
    pattern: '*.log*',
    first: long('a'),
    event(log) {
      appendFileSync(log, 'b\n')
      copyFileSync(log, `${log}.1`)
      truncateSync(log)
      appendFileSync(log, 'c\n')
    },
    expected: `${long('a')}b\nc\n`
  },
  {
    name: 'truncated and regrown past the old size',
    first: 'a\n',
    event: log => writeFileSync(log, long('b')),
    expected: `a\n${long('b')}`
  },
  {
    name: 'truncated and regrown to the same size',
    first: 'a\n',
    event: log => writeFileSync(log, 'b\n'),
    expected: 'a\nb\n'
  },
  {
    name: 'deleted and recreated with the same first line',
    first: 'a\n',
    event(log) {
      rmSync(log)
      writeFileSync(log, 'a\nb\n')
    },
    expected: 'a\na\nb\n'
  },
  {
    name: 'replaced by a longer copy, as rsync does',
    first: long('a'),
    event(log) {
      writeFileSync(`${log}.tmp`, `${long('a')}b\n`)
      renameSync(`${log}.tmp`, log)
    },
    expected: `${long('a')}b\n`
  },
  {
    name: 'another file with the same header',
    pattern: '*.log*',
    first: '#header\na\n',
    event: log => writeFileSync(`${log}.2`, '#header\nb\n'),
    expected: '#header\na\n#header\nb\n'
  },
  {
    name: 'a copy that stays beside the log',
    pattern: '*.log*',
    first: long('a'),
    event(log) {
      copyFileSync(log, `${log}.bak`)
      appendFileSync(log, 'b\n')
    },
    expected: `${long('a')}b\n`
  },
  {
    name: 'a copy that stays beside the log, which is renamed',
    pattern: '*.log*',
    first: long('a'),
    event(log) {
      appendFileSync(log, long('b'))
      copyFileSync(log, `${log}.bak`)
      appendFileSync(log, 'c\n')
      renameSync(log, `${log}.1`)
      writeFileSync(log, 'd\n')
    },
    expected: `${long('a')}${long('b')}c\nd\n`
  },
  {
    name: 'renamed and compressed',
    first: 'a\n',
    event(log) {
      appendFileSync(log, 'b\nc')
      renameSync(log, `${log}.1`)
      pack(`${log}.1`)
      writeFileSync(log, 'd\n')
    },
    expected: 'a\nb\nc\nd\n'
  },
  {
    name: 'renamed and compressed under a date, matched as well',
    pattern: 'access*',
    first: long('a'),
    event(log, folder) {
      appendFileSync(log, 'b\n')
      const rotated = join(folder, 'access-20260131.log')
      renameSync(log, rotated)
      pack(rotated)
    },
    expected: `${long('a')}b\n`
  },
  {
    name: 'renamed and compressed, with nothing left to read',
    first: long('a'),
    event(log) {
      renameSync(log, `${log}.1`)
      pack(`${log}.1`)
      writeFileSync(log, 'b\n')
    },
    expected: `${long('a')}b\n`
  },
  {
    name: 'a compressed file, which is skipped',
    pattern: '*.log*',
    first: 'a\n',
    event(log) {
      writeFileSync(`${log}.2.gz`, 'not looked at\n')
      writeFileSync(`${log}.3`, Buffer.from([0x1f, 0x8b, 8, 0, 10]))
    },
    expected: 'a\n'
  },
  {
    name: 'a symbolic link that is swapped',
    first: '',
    event(log, folder) {
      writeFileSync(join(folder, 'one'), 'a\n')
      rmSync(log)
      symlinkSync(join(folder, 'one'), log)
    },
    expected: 'a\n'
  }
]

describe.each(['while it is followed', 'while the reader is stopped'])('%s', when => {
  it.each(CASES)('$name', async ({ pattern, first, event, expected }) => {
    const folder = fresh()
    const log = join(folder, 'access.log')
    writeFileSync(log, first)
    const reader = new Reader({ paths: [join(folder, pattern ?? 'access.log')] })
    const stopped = when.endsWith('stopped')
    if (stopped) await reader.stop()
    else await reader.drain()
    event(log, folder)
    if (stopped) reader.start()
    await reader.drain()
    reader.now += 5000
    await reader.outlast()
    await reader.stop()
    reader.start()
    await reader.outlast()
    reader.crash()
    expect(reader.lines.toSorted()).toEqual(expected.split('\n').filter(Boolean).toSorted())
  })
})

it('knows its files again when the machine has numbered its devices anew', async () => {
  const folder = fresh()
  const log = join(folder, 'access.log')
  writeFileSync(log, 'a\n')
  const reader = new Reader({ paths: [`${log}*`] })
  await reader.drain()
  renameSync(log, `${log}.1`)
  writeFileSync(log, 'b\n')
  await reader.outlast()
  await reader.stop()
  expect(reader.positions.map(({ position }) => position['finished'])).toEqual([true, false])
  appendFileSync(`${log}.1`, 'late\n')
  appendFileSync(log, 'c\n')
  reader.start(({ id, name, position }) => {
    const key = String(position['key']).replace(/^\d+/, '12345')
    return { id, name, position: { ...position, key } }
  })
  await reader.stop()
  expect(reader.lines).toEqual(['a', 'b', 'late', 'c'])
})

it('begins at the end, with the whole of a half line, but reads later files from their beginning', async () => {
  const folder = fresh()
  writeFileSync(join(folder, 'a.log'), 'old\nhalf')
  const reader = new Reader({ paths: [join(folder, '*.log')], from: 'end' })
  await reader.drain()
  appendFileSync(join(folder, 'a.log'), ' whole\n')
  writeFileSync(join(folder, 'b.log'), 'new\n')
  await reader.drain()
  reader.crash()
  expect(reader.lines.toSorted()).toEqual(['half whole', 'new'])
})

it('names what it cannot read, and reads it once it can', async () => {
  const folder = fresh()
  const at = (name: string): string => join(folder, name)
  mkdirSync(at('folder'))
  symlinkSync(at('nowhere'), at('link'))
  const names = ['folder', 'link', 'missing']
  const reader = new Reader({ paths: names.map(at) })
  await reader.drain()
  expect(reader.files.problems()).toEqual([
    { name: at('folder'), message: 'is a folder; name the files in it, e.g. with /*.log' },
    { name: at('link'), message: 'does not exist; Visor waits for it' },
    { name: at('missing'), message: 'does not exist; Visor waits for it' }
  ])
  writeFileSync(at('missing'), 'here\n')
  writeFileSync(at('nowhere'), 'there\n')
  await reader.drain()
  expect(reader.lines.toSorted()).toEqual(['here', 'there'])
  expect(reader.files.problems().map(({ name }) => name)).toEqual([at('folder')])
  reader.crash()
})

it.skipIf(process.getuid?.() !== 0)('waits for a file that it may not read', async () => {
  const folder = fresh()
  const log = join(folder, 'access.log')
  writeFileSync(log, 'secret\n', { mode: 0o600 })
  const reader = new Reader({ paths: [log] })
  execFileSync('chmod', ['755', folder])
  process.seteuid?.(65_534)
  try {
    await reader.drain()
  } finally {
    process.seteuid?.(0)
  }
  expect(reader.files.problems()).toEqual([
    { name: log, message: 'cannot be read: permission denied (EACCES)' }
  ])
  await reader.drain()
  expect(reader.files.problems()).toEqual([])
  expect(reader.lines).toEqual(['secret'])
  reader.crash()
})

describe('file source of a named pipe', () => {
  const piped = (): { path: string; source: Source } => {
    const path = join(fresh(), 'pipe')
    execFileSync('mkfifo', [path])
    return { path, source: fileSource(fileOptions.parse({ paths: [path], poll: '10ms' }), [], Date.now) }
  }
  // Opened for both, it waits for no reader.
  const open = (path: string): number => openSync(path, 'r+')

  conformsToSource((): Fixture => {
    const { path, source } = piped()
    const fd = open(path)
    return { source, write: text => writeSync(fd, text), end: () => closeSync(fd) }
  })

  it('reads from one writer after the other', async () => {
    const { path, source } = piped()
    await using run = start({ source, write: () => {}, end: () => {} })
    for (const text of ['a\nb\n', 'c\n']) {
      const fd = open(path)
      writeSync(fd, text)
      await run.until(() => run.lines.includes(text.at(-2) ?? ''))
      closeSync(fd)
    }
    expect(run.lines).toEqual(['a', 'b', 'c'])
  })
})
