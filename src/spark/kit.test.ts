import { execFileSync, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { sparkMissing, sparkServer } from '../../test/spark.ts'
import { DAY_MS } from '../core/time.ts'
import { parseSparkAddress } from './address.ts'
import { provideArtifacts, scriptsProblem } from './artifacts.ts'
import { kitCommand, packKit, servedCommand, type Kit } from './kit.ts'
import { SparkError } from './problem.ts'
import { aliasOf, localRelation, sqlOver } from './relation.ts'
import { SparkSession } from './session.ts'

const folder = mkdtempSync(join(tmpdir(), 'visor-kit-'))
const cache = join(folder, 'cache')
afterAll(() => rmSync(folder, { recursive: true }))
/** What the worker's probe is given. */
const JOB = JSON.stringify({ plan: { sources: [] } })
const kits = (): string[] => readdirSync(cache).sort()

describe('the kit of executors', () => {
  it('is packed once for its content, privately, and runs where it is unpacked', async () => {
    const kit = await packKit({ cache })
    expect(kits()).toEqual([`kit-${kit.hash}.tar.gz`])
    const file = join(cache, kits()[0]!)
    expect([statSync(cache).mode & 0o777, statSync(file).mode & 0o777]).toEqual([0o700, 0o600])
    const { ino } = statSync(file)
    const again = await packKit({ cache })
    expect([again.hash, statSync(file).ino]).toEqual([kit.hash, ino])

    const place = join(folder, 'session', 'kit')
    execFileSync('mkdir', ['-p', place])
    execFileSync('tar', ['-xzf', file, '-C', place])
    expect(existsSync(join(folder, 'session', kit.artifact.holds))).toBe(true)
    writeFileSync(join(folder, 'session', 'job.json'), JOB)
    for (let i = 0; i < 2; i++) {
      const command = kitCommand(kit, 'session', 'probe', './session/job.json', '60000')
      const { status, stdout, stderr } = spawnSync('bash', ['-c', command], { cwd: folder, input: 'x\n' })
      expect({ status, stderr: String(stderr), rows: String(stdout).split('\n').length - 1 }).toEqual({
        status: 0,
        stderr: '',
        rows: 1
      })
    }
    expect(readdirSync(join(place, 'compiled'))).not.toEqual([])
  })

  it('is another with another Node, and has none where executors have one', async () => {
    const node = join(folder, 'node-of-another-platform')
    writeFileSync(node, 'another')
    const own = await packKit({ cache })
    const other = await packKit({ cache, node })
    const none = await packKit({ cache, node: 'node24' })
    expect(new Set([own.hash, other.hash, none.hash])).toHaveProperty('size', 3)
    expect(kitCommand(other, 'S', 'probe')).toMatch(/exec \.\/S\/kit\/node \.\/S\/kit\/worker\.mjs probe$/)
    expect(kitCommand(none, 'S', 'probe')).toMatch(/exec node24 \.\/S\/kit\/worker\.mjs probe$/)
    expect(servedCommand(other, 'S', 'count', 'J')).toBe(
      'kit=./S/kit node=./S/kit/node ; set -- count J ; . ./S/kit/launch.sh'
    )
    expect(servedCommand(none, 'S', 'count', 'J')).toMatch(/^kit=\.\/S\/kit node=node24 ;/)
    const files = (hash: string): string[] =>
      execFileSync('tar', ['-tzf', join(cache, `kit-${hash}.tar.gz`)], { encoding: 'utf8' }).split('\n')
    expect(files(other.hash)).toContain('node')
    expect(files(none.hash)).not.toContain('node')
  })

  it('leaves those of other versions alone until nobody has used them for a month', async () => {
    const node = join(folder, 'node-of-some-version')
    const pack = (text: string): Promise<Kit> => {
      writeFileSync(node, text)
      return packKit({ cache, node })
    }
    const fileOf = ({ hash }: Kit): string => join(cache, `kit-${hash}.tar.gz`)
    const longAgo = new Date(Date.now() - 31 * DAY_MS)
    const age = (file: string): void => utimesSync(file, longAgo, longAgo)
    const used = await pack('used')
    for (let i = 0; i < 6; i++) copyFileSync(fileOf(used), join(cache, `kit-0${i}.tar.gz`))
    writeFileSync(join(cache, 'others'), '')
    for (const file of [fileOf(used), join(cache, 'kit-05.tar.gz'), join(cache, 'others')]) age(file)
    // What is used is not old.
    await pack('used')
    const other = await pack('one more')
    expect(kits()).toEqual(
      expect.arrayContaining(['kit-00.tar.gz', 'kit-04.tar.gz', `kit-${used.hash}.tar.gz`, 'others'])
    )
    expect(kits()).not.toContain('kit-05.tar.gz')
    rmSync(join(cache, 'others'))
    // Versions before this one remove what they do not know: it is packed again when it is asked for.
    rmSync(fileOf(other))
    const bytes = await other.artifact.read()
    expect(bytes.length).toBeGreaterThan(100_000)
    expect(readFileSync(fileOf(other)).equals(bytes)).toBe(true)
  })

  it.each(["it's", 'a b', '$HOME', '`id`', '', 'a;b', 'a\nb'])(
    'is never given a word like %j',
    async word => {
      const kit = await packKit({ cache, node: 'node' })
      expect(() => kitCommand(kit, 'S', 'count', word)).toThrow(RangeError)
      expect(() => servedCommand(kit, 'S', 'count', word)).toThrow(RangeError)
    }
  )

  it('cannot be packed with what is no file', async () => {
    await expect(packKit({ cache, node: join(folder, 'nothing') })).rejects.toMatchObject({
      code: 'FILE_MISSING',
      message: `${join(folder, 'nothing')}, the Node for executors, does not exist`
    })
  })
})

describe('the first program on executors', () => {
  it.each([
    ['task', 'SPARK_SCRIPTS'],
    ['plan', 'SPARK_SCRIPTS'],
    ['connection', 'SPARK'],
    ['session', 'SPARK']
  ] as const)('that fails by its %s has the code %s', (kind, code) => {
    const found = scriptsProblem(new SparkError(kind, 'sc://a:1: no', { status: 126, detail: 'all' }))
    expect(found).toMatchObject({ kind, code, status: 126, detail: 'all' })
    expect(found.message.endsWith('sc://a:1: no')).toBe(true)
  })
})

it.each([
  ['a worker ended with status 137 (killed by signal 9)', { status: 137 }],
  ['ExecutorLostFailure (executor 1 exited caused by one of the running tasks)', {}],
  ['the job has failed', { detail: 'Reason: Command exited with code 137: exitCode=137' }]
])('programs are not forbidden where %j', (message, details) => {
  expect(scriptsProblem(new SparkError('task', message, details))).toMatchObject({
    code: 'SPARK_PLAN',
    message
  })
})

describe.skipIf(sparkMissing !== undefined)(
  `the kit on Spark${sparkMissing ? `: ${sparkMissing}` : ''}`,
  () => {
    it('is uploaded once a session, beside what else is to be there', async () => {
      // Small, since it is of the same machine.
      const node = join(folder, 'node-here')
      writeFileSync(node, `#!/bin/sh\nexec '${process.execPath}' "$@"\n`)
      const kit = await packKit({ cache, node })
      const job = { name: 'files/job.json', holds: 'job.json', read: async () => Buffer.from(JOB) }
      const address = parseSparkAddress((await sparkServer()).connect)
      const name = randomUUID()
      const session = await SparkSession.open(address, { name })
      expect(await provideArtifacts(session, [kit.artifact, job])).toEqual([kit.artifact.name, job.name])
      expect(await provideArtifacts(session, [kit.artifact, job])).toEqual([])
      session.close()
      const again = await SparkSession.open(address, { name })
      const other = { ...job, name: 'files/other.json', holds: 'other.json' }
      expect(await provideArtifacts(again, [kit.artifact, job, other])).toEqual([other.name])

      const alias = aliasOf('input')
      const command = kitCommand(
        kit,
        again.serverSession,
        'probe',
        `./${again.serverSession}/job.json`,
        '60000'
      )
      const query = `SELECT TRANSFORM(v) ROW FORMAT DELIMITED FIELDS TERMINATED BY '\\t' USING '${command}'
        AS (task INT, part INT, kind STRING, payload STRING) ROW FORMAT DELIMITED FIELDS TERMINATED BY '\\t' FROM ${alias}`
      const input = localRelation({ v: { type: 'text', values: ['a', 'b'] } })
      const rows = await again.query(sqlOver(query, { [alias]: input }))
      expect(rows.map(({ kind }) => kind)).toEqual(['probe', 'probe'])
      await again.release()
    })
  }
)
