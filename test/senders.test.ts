import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { LinesAnswer } from '../src/store/questions/answers.ts'
import { freePort } from './port.ts'
import { eventually, startWatching, type Watching } from './watching.ts'

/* Real servers send their lines to Visor by syslog, and write them to a file as well: both must be the same. */

const NGINX = '/usr/sbin/nginx'
const HTTPD = '/usr/sbin/apache2'
const MODULES = '/usr/lib/apache2/modules'
const hasLogger = spawnSync('logger', ['--version']).error === undefined

let folder = ''
let watching: Watching
let syslog = 0
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'visor-senders-'))
  chmodSync(folder, 0o755)
  syslog = await freePort()
  watching = await startWatching([`syslog://127.0.0.1:${syslog}`, '--store', join(folder, 'store')])
  await eventually(watching.status, ({ sources }) => sources[0]?.detail.startsWith('listens at') ?? false)
})
afterAll(async () => {
  const { exit, err } = await watching.visor.stop('SIGTERM')
  rmSync(folder, { recursive: true, force: true })
  expect({ exit, err }).toEqual({ exit: 0, err: '' })
})

/** Asks a server for these paths, one after the other. */
async function ask(port: number, agent: string, paths: readonly string[]): Promise<void> {
  for (const path of paths)
    await fetch(`http://127.0.0.1:${port}${path}`, {
      headers: { 'user-agent': agent, referer: 'http://a/"\\x' }
    })
}

/** Waits until a server answers. */
async function answers(port: number): Promise<void> {
  const status = await eventually(
    () =>
      fetch(`http://127.0.0.1:${port}/ready`).then(
        ({ status }) => status,
        () => 0
      ),
    status => status !== 0
  )
  expect(status).toBeGreaterThan(0)
}

/** The lines of an agent that Visor has stored, once there are so many. */
async function storedLines(agent: string, count: number): Promise<string[]> {
  const url = `${watching.address}api/lines?limit=1000&where=${encodeURIComponent(`agent:${agent}`)}`
  const { lines } = await eventually(
    async (): Promise<LinesAnswer> => JSON.parse(await (await fetch(url)).text()),
    ({ lines }) => lines.length >= count
  )
  return lines.map(({ text }) => text).toSorted()
}

const linesOf = (log: string, agent: string): string[] =>
  readFileSync(log, 'utf8')
    .split('\n')
    .filter(line => line.includes(`"${agent}"`))
    .toSorted()

const PATHS = ['/', '/missing', '/a?q="x"&y=%20', `/${'long'.repeat(60)}`]
const paths = Array.from({ length: 200 }, (_, i) => `${PATHS[i % PATHS.length]}${i % 2 === 0 ? '' : `#${i}`}`)

describe.skipIf(!existsSync(NGINX))('nginx with access_log syslog: (nginx)', () => {
  it('has each line of its own log in Visor', async () => {
    const port = await freePort()
    const log = join(folder, 'nginx.log')
    writeFileSync(
      join(folder, 'nginx.conf'),
      `daemon off; master_process off; pid ${folder}/nginx.pid; error_log ${folder}/nginx-error.log;
       events {}
       http {
         access_log ${log} combined;
         access_log syslog:server=127.0.0.1:${syslog},tag=nginx combined;
         client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fcgi;
         uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
         server { listen 127.0.0.1:${port}; location / { return 200 "hello"; } location /missing { return 404; } }
       }`
    )
    const nginx = spawn(NGINX, ['-c', join(folder, 'nginx.conf'), '-e', join(folder, 'nginx-error.log')], {
      stdio: 'inherit'
    })
    onTestFinished(() => void nginx.kill('SIGTERM'))
    await answers(port)
    const agent = `nginx-${port}`
    await ask(port, agent, paths)
    expect(await storedLines(agent, paths.length)).toEqual(linesOf(log, agent))
  })
})

describe.skipIf(!existsSync(HTTPD) || !hasLogger)(
  'Apache httpd with CustomLog "|logger" (apache2, logger)',
  () => {
    it('has each line of its own log in Visor', async () => {
      const port = await freePort()
      const log = join(folder, 'httpd.log')
      const modules = ['mpm_event', 'authz_core'].filter(name => existsSync(`${MODULES}/mod_${name}.so`))
      mkdirSync(join(folder, 'www'), { recursive: true })
      writeFileSync(
        join(folder, 'httpd.conf'),
        [
          `ServerRoot ${folder}`,
          'ServerName localhost',
          `Listen 127.0.0.1:${port}`,
          `PidFile ${folder}/httpd.pid`,
          `DefaultRuntimeDir ${folder}`,
          ...(process.getuid?.() === 0 ? ['User www-data', 'Group www-data'] : []),
          ...modules.map(name => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`),
          `DocumentRoot ${folder}/www`,
          'LogFormat "%h %l %u %t \\"%r\\" %>s %b \\"%{Referer}i\\" \\"%{User-Agent}i\\"" combined',
          `CustomLog ${log} combined`,
          `CustomLog "|/usr/bin/logger -n 127.0.0.1 -P ${syslog} -T -t httpd" combined`,
          `ErrorLog ${folder}/httpd-error.log`
        ].join('\n')
      )
      const httpd = spawn(HTTPD, ['-DFOREGROUND', '-f', join(folder, 'httpd.conf')], { stdio: 'inherit' })
      onTestFinished(() => void httpd.kill('SIGTERM'))
      await answers(port)
      const agent = `httpd-${port}`
      await ask(port, agent, paths)
      expect(await storedLines(agent, paths.length)).toEqual(linesOf(log, agent))
    })
  }
)
