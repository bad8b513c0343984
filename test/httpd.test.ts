import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ownFolder } from './folder.ts'
import { freePort } from './port.ts'
import { eventually, metricOf, startWatching } from './watching.ts'

/*
 * A real Apache httpd (Debian's apache2, with ab for the load) writes real logs; Visor's counts are compared with the
 * server's own.
 */
const HTTPD = '/usr/sbin/apache2'
const MODULES = '/usr/lib/apache2/modules'
const present = existsSync(HTTPD) && spawnSync('ab', ['-V']).error === undefined

function config(folder: string, port: number): string {
  const modules = ['mpm_event', 'authz_core', 'status', 'rewrite'].filter(name =>
    existsSync(`${MODULES}/mod_${name}.so`)
  )
  return `
ServerRoot ${folder}
ServerName localhost
Listen 127.0.0.1:${port}
PidFile ${folder}/httpd.pid
DefaultRuntimeDir ${folder}
${process.getuid?.() === 0 ? 'User www-data\nGroup www-data' : ''}
${modules.map(name => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`).join('\n')}
ExtendedStatus On
DocumentRoot ${folder}/www
LogFormat "%h %l %u %t \\"%r\\" %>s %b \\"%{Referer}i\\" \\"%{User-Agent}i\\"" combined
CustomLog ${folder}/access.log combined
ErrorLog ${folder}/error.log
LogLevel info
<Directory ${folder}/www>
  Require all granted
</Directory>
<Location /forbidden>
  Require all denied
</Location>
<Location /server-status>
  SetHandler server-status
</Location>
`
}

/** A server whose logs are in the folder, for the time of the test; gives its port. */
async function startHttpd(folder: string): Promise<number> {
  chmodSync(folder, 0o755)
  mkdirSync(join(folder, 'www'))
  writeFileSync(join(folder, 'www', 'index.html'), 'hello\n'.repeat(100))
  const port = await freePort()
  writeFileSync(join(folder, 'httpd.conf'), config(folder, port))
  const httpd = spawn(HTTPD, ['-DFOREGROUND', '-f', join(folder, 'httpd.conf')], { stdio: 'inherit' })
  onTestFinished(() => void httpd.kill('SIGTERM'))
  await eventually(
    () =>
      fetch(`http://127.0.0.1:${port}/index.html`)
        .then(answer => answer.status)
        .catch(() => 0),
    status => status !== 0
  )
  return port
}

describe.skipIf(!present)('a real Apache httpd, watched live (Debian apache2 and ab)', () => {
  it('counts what the server counted', async () => {
    const folder = ownFolder('httpd')
    const port = await startHttpd(folder)
    const { visor, summary, status } = await startWatching([
      join(folder, 'access.log'),
      join(folder, 'error.log'),
      '--store',
      join(folder, 'store')
    ])
    load(port, ['-n', '8000', '-c', '8', '-k'], '/index.html')
    load(port, ['-n', '500', '-c', '4'], '/missing')
    load(port, ['-n', '300', '-c', '4'], '/forbidden/x')
    load(
      port,
      ['-n', '200', '-c', '2', '-H', 'Referer: http://a/"quoted"\\x', '-H', 'User-Agent: <b>é</b>'],
      '/index.html?q=1'
    )
    const total = await serversOwnCount(port)
    const errors = readFileSync(join(folder, 'error.log'), 'utf8').trimEnd().split('\n').length
    // The server writes the line of the status request itself after it has counted. Each log is read by itself.
    const counted = await eventually(
      summary,
      now => metricOf(now, 'requests').count >= total + 1 && metricOf(now, 'level').count >= errors
    )
    expect(metricOf(counted, 'requests').count).toBe(total + 1)
    const lines = execFileSync('wc', ['-l', join(folder, 'access.log')], { encoding: 'utf8' })
    expect(metricOf(counted, 'requests').count).toBe(Number.parseInt(lines, 10))
    const by = Object.fromEntries(metricOf(counted, 'status').top.map(({ key, count }) => [key, count]))
    expect(by).toMatchObject({ 404: 500, 403: 300 })
    expect(metricOf(counted, 'agent').top.find(({ count }) => count === 200)?.key).toBe('<b>é</b>')
    expect(metricOf(counted, 'referrer').top[0]).toMatchObject({ key: 'http://a/"quoted"\\x', count: 200 })
    // Each refusal has its line in the error log.
    expect(metricOf(counted, 'code').top.find(({ key }) => key === 'AH01630')?.count).toBe(300)
    const { counters } = await status()
    expect(counters.read).toBe(counters.parsed + counters.rejected + counters.late)
    expect(counters.rejected).toBe(0)
    expect(metricOf(counted, 'level').count).toBe(errors)
    expect((await visor.stop('SIGINT')).exit).toBe(0)
  })
})

function load(port: number, args: readonly string[], path: string): void {
  execFileSync('ab', ['-q', ...args, `http://127.0.0.1:${port}${path}`], { stdio: 'ignore' })
}

/** `Total Accesses` of mod_status: all requests before this one. */
async function serversOwnCount(port: number): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/server-status?auto`)).text()
  return Number(/^Total Accesses: (\d+)$/m.exec(text)?.[1])
}
