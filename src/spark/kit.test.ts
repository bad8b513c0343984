import { execFileSync, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { sparkMissing, sparkServer } from '../../test/spark.ts'
import { parseSparkAddress } from './address.ts'
import { provideArtifacts, scriptsProblem } from './artifacts.ts'
import { kitCommand, packKit } from './kit.ts'
import { SparkError } from './problem.ts'
import { aliasOf, localRelation, sqlOver } from './relation.ts'
import { SparkSession } from './session.ts'

const folder = mkdtempSync(join(tmpdir(), 'visor-kit-'))
const cache = join(folder, 'cache')
afterAll(() => rmSync(folder, { recursive: true }))
const kits = (): string[] => readdirSync(cache).sort()

describe('the kit of executors', () => {
  it('is packed once for its content, privately, and runs where it is unpacked', async () => {
    const kit = await packKit({ cache })
    expect(kits()).toEqual([`kit-${kit.hash}.tar.gz`])
    const file = join(cache, kits()[0]!)
    expect([statSync(cache).mode & 0o777, statSync(file).mode & 0o777]).toEqual([0o700, 0o600])
    const made = statSync(file).mtimeMs
    const again = await packKit({ cache })
    expect([again.hash, statSync(file).mtimeMs]).toEqual([kit.hash, made])

    const place = join(folder, 'session', 'kit')
    execFileSync('mkdir', ['-p', place])
    execFileSync('tar', ['-xzf', file, '-C', place])
    expect(existsSync(join(folder, 'session', kit.artifact.holds))).toBe(true)
    for (let i = 0; i < 2; i++) {
      const command = kitCommand(kit, 'session', 'probe', '60000')
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
    const files = (hash: string): string[] =>
      execFileSync('tar', ['-tzf', join(cache, `kit-${hash}.tar.gz`)], { encoding: 'utf8' }).split('\n')
    expect(files(other.hash)).toContain('node')
    expect(files(none.hash)).not.toContain('node')
    // Those of other versions do not pile up.
    for (let i = 0; i < 4; i++)
      copyFileSync(join(cache, `kit-${none.hash}.tar.gz`), join(cache, `kit-0${i}.tar.gz`))
    writeFileSync(node, 'and one more')
    await packKit({ cache, node })
    expect(kits()).toHaveLength(4)
  })

  it.each(["it's", 'a b', '$HOME', '`id`', '', 'a;b', 'a\nb'])(
    'is never given a word like %j',
    async word => {
      const kit = await packKit({ cache, node: 'node' })
      expect(() => kitCommand(kit, 'S', 'count', word)).toThrow(RangeError)
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

describe.skipIf(sparkMissing !== undefined)(
  `the kit on Spark${sparkMissing ? `: ${sparkMissing}` : ''}`,
  () => {
    it('is uploaded once a session, beside what else is to be there', async () => {
      // Small, since it is of the same machine.
      const node = join(folder, 'node-here')
      writeFileSync(node, `#!/bin/sh\nexec '${process.execPath}' "$@"\n`)
      const kit = await packKit({ cache, node })
      const job = { name: 'files/job.json', holds: 'job.json', read: async () => Buffer.from('{}') }
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
      const command = kitCommand(kit, again.serverSession, 'probe', '60000')
      const query = `SELECT TRANSFORM(v) ROW FORMAT DELIMITED FIELDS TERMINATED BY '\\t' USING '${command}'
        AS (task INT, part INT, kind STRING, payload STRING) ROW FORMAT DELIMITED FIELDS TERMINATED BY '\\t' FROM ${alias}`
      const input = localRelation({ v: { type: 'text', values: ['a', 'b'] } })
      const rows = await again.query(sqlOver(query, { [alias]: input }))
      expect(rows.map(({ kind }) => kind)).toEqual(['probe', 'probe'])
      await again.release()
    })
  }
)
