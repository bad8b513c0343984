import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Fetching } from './cache.ts'
import { findJava, javaVersion } from './java.ts'
import { findKafka } from './kafka.ts'
import { findSpark } from './spark/get.ts'

/** A machine whose PATH has only what a test puts there, as scripts. */
describe('what a machine lacks', () => {
  const folder = mkdtempSync(join(tmpdir(), 'visor-missing-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  const machine = (tools: Readonly<Record<string, string>>, env: Record<string, string> = {}): Fetching => {
    const place = mkdtempSync(join(folder, 'machine-'))
    const bin = join(place, 'bin')
    mkdirSync(bin)
    for (const tool of ['sh', 'cat']) symlinkSync(join('/bin', tool), join(bin, tool))
    for (const [name, script] of Object.entries(tools)) {
      writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`)
      chmodSync(join(bin, name), 0o755)
    }
    const { signal } = new AbortController()
    return { cache: join(place, 'cache'), env: { PATH: bin, ...env }, signal, progress: () => {} }
  }
  const JAVA = `echo 'openjdk version "17.0.15" 2025-04-15' >&2`
  const spark = (...jars: string[]): string => {
    const home = mkdtempSync(join(folder, 'home-'))
    mkdirSync(join(home, 'jars'))
    for (const jar of jars) writeFileSync(join(home, 'jars', jar), '')
    return home
  }

  it.each([
    ['no java', machine({}), 'there is no java: install Java 17 or newer, or set JAVA_HOME'],
    [
      'a wrong JAVA_HOME',
      machine({ java: JAVA }, { JAVA_HOME: '/nowhere' }),
      'JAVA_HOME is /nowhere, where there is no bin/java'
    ],
    [
      'an old java',
      machine({ java: `echo 'java version "1.8.0_392"' >&2` }),
      'java is Java 8: Spark and Kafka take 17 or newer'
    ],
    ['something else named java', machine({ java: 'echo hello' }), 'java is Java of an unknown version']
  ])(
    'is told of %s',
    async (_, on, said) =>
      await expect(findJava(on)).rejects.toMatchObject({
        code: 'LOCAL',
        message: expect.stringContaining(said)
      })
  )

  it('takes the java of the PATH', async () => expect(await findJava(machine({ java: JAVA }))).toBe('java'))

  it.each([
    ['version "25" 2025-09-16', 25],
    ['version "1.8.0_392"', 8],
    ['', undefined]
  ])('reads the version in %s', (text, version) => expect(javaVersion(text)).toBe(version))

  it.each([
    ['no python3', machine({}), 'there is no python3 to fetch Spark with'],
    [
      'no pip',
      machine({ python3: 'echo "/bin/python3: No module named pip" >&2; exit 1' }),
      'python3 has no pip to fetch Spark with'
    ],
    [
      'a pip that fails',
      machine({ python3: 'echo "ERROR: No matching distribution found" >&2; exit 1' }),
      'pip cannot fetch Spark: ERROR: No matching distribution found'
    ],
    ['no tar', machine({ python3: 'exit 0' }), 'there is no tar to unpack Spark with'],
    [
      'a tar that fails',
      machine({ python3: 'exit 0', tar: 'echo "tar: not in gzip format"; exit 2' }),
      'tar cannot unpack Spark: tar: not in gzip format'
    ]
  ])('is told of %s', async (_, on, said) => {
    await expect(findSpark(on)).rejects.toMatchObject({
      code: 'LOCAL',
      message: expect.stringContaining(said)
    })
    // What was begun is gone, and the next one may try.
    expect(readdirSync(on.cache).filter(name => !name.endsWith('.lock'))).toEqual([])
  })

  it.each([
    ['no mvn', machine({ java: JAVA }), 'there is no mvn to fetch kafka with: install Maven'],
    [
      'an mvn that fails',
      machine({ java: JAVA, mvn: 'echo "[ERROR] no such host"; exit 1' }),
      'mvn cannot fetch kafka: [ERROR] no such host'
    ]
  ])(
    'is told of %s',
    async (_, on, said) =>
      await expect(findKafka(on)).rejects.toMatchObject({
        code: 'LOCAL',
        message: expect.stringContaining(said)
      })
  )

  it.each([
    ['has no Spark', spark(), 'holds no Spark for Scala 2.13'],
    [
      'has an old Spark',
      spark('spark-core_2.13-3.5.8.jar', 'spark-connect_2.13-3.5.8.jar'),
      'holds Spark 3.5.8: set SPARK_HOME to Spark 4.0 or newer'
    ],
    ['has no Connect', spark('spark-core_2.13-4.1.0.jar'), 'the Spark 4.1.0 in']
  ])(
    'is told that SPARK_HOME %s',
    async (_, home, said) =>
      await expect(findSpark(machine({}, { SPARK_HOME: home }))).rejects.toMatchObject({
        code: 'LOCAL',
        message: expect.stringContaining(said)
      })
  )

  it('takes the Spark of SPARK_HOME as it is, and fetches nothing that does not fit it', async () => {
    const home = spark('spark-core_2.13-4.1.3.jar', 'spark-connect_2.13-4.1.3.jar')
    const on = machine({}, { SPARK_HOME: home })
    expect(await findSpark(on)).toEqual({ home, version: '4.1.3', connector: undefined })
    expect(existsSync(on.cache)).toBe(false)
  })

  it('fetches once when two ask at once, and tells the second that it waits', async () => {
    const [counted, waits] = [join(folder, 'count'), join(folder, 'go')]
    const unpacked = `while [ $# -gt 0 ]; do [ "$1" = -C ] && place=$2; shift; done; echo x >>${counted}
      until [ -e ${waits} ]; do :; done; cat /dev/null > "$place/unpacked"`
    const on = machine({ python3: 'exit 0', tar: unpacked })
    const told: string[] = []
    const telling = {
      ...on,
      progress: (line: string) => {
        told.push(line)
        if (/another process/.test(line)) writeFileSync(waits, '')
      }
    }
    const both = await Promise.allSettled([findSpark(telling), findSpark(telling)])
    // There is nothing in it; what counts is that it was fetched by one of the two.
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(told.filter(line => /another process is fetching pyspark/.test(line))).toHaveLength(1)
    expect(told.filter(line => line.startsWith('getting Spark'))).toHaveLength(1)
    expect(readdirSync(on.cache).sort()).toEqual(['pyspark-4.2.0', 'pyspark-4.2.0.lock'])
  })
})
