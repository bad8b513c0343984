import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemUnit } from '../src/cli/init/unit.ts'
import { loadConfig } from '../src/config/load.ts'
import { formatsFor } from '../src/formats/index.ts'
import { visor } from './visor.ts'

/** Debian's own installations. */
const APACHE = '/etc/apache2/apache2.conf'
const NGINX = '/etc/nginx/nginx.conf'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'visor-init-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** The sources of the configuration that init writes: path and format of each by its name. */
async function written(
  args: readonly string[],
  name: string
): Promise<Record<string, [string, string | undefined]>> {
  const file = join(folder, `${name}.yaml`)
  expect(await visor(['init', ...args, '-o', file])).toMatchObject({ exit: 0 })
  const { config } = loadConfig({}, file)
  for (const { format } of Object.values(config.sources)) if (format !== undefined) formatsFor(format)
  return Object.fromEntries(
    Object.entries(config.sources).map(([source, { paths, format }]) => [source, [String(paths), format]])
  )
}

describe('visor init', () => {
  it.skipIf(!existsSync(APACHE))("reads Debian's apache2.conf as it is installed", async () => {
    expect(await written(['--httpd-conf', APACHE], 'apache')).toEqual({
      other_vhosts_access: ['/var/log/apache2/other_vhosts_access.log', 'vhost_combined'],
      error: ['/var/log/apache2/error.log', 'error24'],
      access: [
        '/var/log/apache2/access.log',
        String.raw`%h %l %u %t \"%r\" %>s %O \"%{Referer}i\" \"%{User-Agent}i\"`
      ]
    })
  })

  it.skipIf(!existsSync(NGINX))("reads Debian's nginx.conf as it is installed", async () => {
    expect(await written(['--nginx-conf', NGINX], 'nginx')).toEqual({
      error: ['/var/log/nginx/error.log', 'nginx_error'],
      access: ['/var/log/nginx/access.log', 'combined']
    })
  })

  it('writes formats of any kind so that they are read again, and what it left out as comments', async () => {
    const site = join(folder, 'site')
    mkdirSync(site)
    const httpd = join(site, 'httpd.conf')
    writeFileSync(
      httpd,
      `ServerRoot ${site}\nErrorLog logs/error_log\nErrorLogFormat "[%{u}t] it's %M"\nLogFormat "%h it's \${x} %t \\"%r\\" # %{A: b}i" odd\n` +
        'LogFormat "%h%u" touching\nCustomLog logs/both odd\nCustomLog logs/both common\nCustomLog logs/touching touching\n' +
        'LogFormat "%h %l %u %t \\"%r\\" %>s %b" common\nCustomLog "|pipe \u202e" odd\n<VirtualHost *>\nServerName a\\nb: c\n</VirtualHost>\n'
    )
    const nginx = join(site, 'nginx.conf')
    writeFileSync(
      nginx,
      `http { log_format j escape=json '{"a":"\${time_iso8601}","s":$status}'; access_log ${site}/j.log j; access_log ${site}/$host.log; }`
    )
    const sources = await written(['--httpd-conf', httpd, '--nginx-conf', nginx], 'any')
    expect(Object.keys(sources).toSorted()).toEqual(['all', 'both', 'error', 'j', 'touching'].toSorted())
    expect(sources['both']?.[1]?.split('\n')).toEqual([
      String.raw`%h it's ${'${x}'} %t \"%r\" # %{A: b}i`,
      'common'
    ])
    expect(sources['touching']).toEqual([`${site}/logs/touching`, undefined])
    expect(sources['j']?.[1]).toContain('escape=json')
    const text = readFileSync(join(folder, 'any.yaml'), 'utf8')
    // What is told of alerts as a comment works as it stands.
    const alerts = join(folder, 'alerts.yaml')
    writeFileSync(alerts, text.slice(text.indexOf('# receivers:')).replaceAll(/^# /gm, ''))
    expect(loadConfig({}, alerts).config).toMatchObject({ receivers: { ops: { type: 'email' } } })
    expect(text).toContain('# This format cannot be read, so the lines decide:')
    expect(text).toContain('|pipe')
  })

  it('shows as JSON what it found', async () => {
    const conf = join(folder, 'one.conf')
    writeFileSync(conf, 'ErrorLog /var/log/e\nCustomLog /var/log/a "%h %t" env=x\n')
    const { out, err } = await visor(['init', '--httpd-conf', conf, '--json'])
    expect(JSON.parse(out)).toMatchObject({
      sources: [
        { name: 'a', path: '/var/log/a', formats: ['%h %t'] },
        { name: 'e', path: '/var/log/e', formats: ['error24'] }
      ],
      remarks: [{ text: 'only some requests are logged there: env=x' }]
    })
    expect(err).toContain('2 logs found in 1 file of configuration:')
  })

  it.each([
    [['--httpd-conf', '/nonexistent'], 1, '/nonexistent: it does not exist'],
    [['--httpd-conf', '/tmp'], 1, '/tmp: it is a folder'],
    [['-D', 'a-b'], 2, 'Expected NAME or NAME=value.']
  ])('%j is refused', async (args, exit, message) => {
    const outcome = await visor(['init', ...args, '-o', '-'])
    expect([outcome.exit, outcome.err]).toEqual([exit, expect.stringContaining(message)])
  })

  it('overwrites nothing unasked', async () => {
    const conf = join(folder, 'again.conf')
    writeFileSync(conf, 'ErrorLog /var/log/e\n')
    const file = join(folder, 'mine.yaml')
    writeFileSync(file, 'page: { port: 1 }\n')
    const args = ['init', '--httpd-conf', conf, '-o', file]
    expect(await visor(args)).toMatchObject({ exit: 1, err: expect.stringContaining('is there already') })
    expect(readFileSync(file, 'utf8')).toBe('page: { port: 1 }\n')
    expect(await visor([...args, '--force'])).toMatchObject({ exit: 0 })
    expect(readFileSync(file, 'utf8')).toContain('sources:')
    // Without --output it goes where visor watch finds it.
    const home = join(folder, 'home')
    expect(await visor(['init', '--httpd-conf', conf], { env: { VISOR_HOME: home } })).toMatchObject({
      exit: 0
    })
    expect(await visor(['check'], { env: { VISOR_HOME: home } })).toMatchObject({
      out: expect.stringContaining('source e')
    })
  })

  it.skipIf(!existsSync('/usr/sbin/apache2'))(
    'agrees with httpd itself on what is defined and where errors go',
    async () => {
      const site = join(folder, 'real')
      mkdirSync(join(site, 'conf.d'), { recursive: true })
      const conf = join(site, 'apache2.conf')
      const modules = '/usr/lib/apache2/modules'
      writeFileSync(
        conf,
        `Define WHERE ${site}\nServerRoot \${WHERE}\nServerName localhost\nListen 127.0.0.1:1\nPidFile x.pid\nDefaultRuntimeDir \${WHERE}\n` +
          `LoadModule mpm_event_module ${modules}/mod_mpm_event.so\nLoadModule authz_core_module ${modules}/mod_authz_core.so\n` +
          'ErrorLog e.log\nIncludeOptional conf.d/*.conf\n<IfDefine WHERE>\nInclude conf.d\n</IfDefine>\n'
      )
      writeFileSync(
        join(site, 'conf.d', 'a.conf'),
        'LogFormat "%v \\\n%h" two\n<IfModule mod_authz_core.c>\nCustomLog ${WHERE}/a.log two\n</IfModule>\n'
      )
      const dump = execFileSync('/usr/sbin/apache2', ['-t', '-f', conf, '-D', 'DUMP_RUN_CFG'], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe']
      })
      const { out } = await visor(['init', '--httpd-conf', conf, '--json'])
      const paths = JSON.parse(out).sources.map(({ path }: { path: string }) => path)
      expect(dump).toContain(`Main ErrorLog: "${paths[1]}"`)
      expect(paths).toEqual([`${site}/a.log`, `${site}/e.log`])
    }
  )
})

describe('visor init --systemd', () => {
  const conf = (): string => {
    const file = join(folder, 'nginx.conf')
    writeFileSync(file, 'events {}\nhttp { access_log /var/log/nginx/shop.log; }\n')
    return file
  }

  it('writes a unit of the user that runs this Visor with the configuration, and says what to type', async () => {
    const env = { HOME: folder, XDG_CONFIG_HOME: join(folder, 'config') }
    const args = ['init', '--systemd', '--nginx-conf', conf()]
    chmodSync(folder, 0o777)
    const { exit, out } = await visor(args, process.geteuid?.() === 0 ? { env, uid: 65_534 } : { env })
    expect({ exit, next: out.split('\n').slice(1) }).toEqual({
      exit: 0,
      next: [
        '  systemctl --user daemon-reload && systemctl --user enable --now visor',
        '  loginctl enable-linger        # so that it runs while you are not logged in, too',
        ''
      ]
    })
    const unit = readFileSync(join(folder, 'config/systemd/user/visor.service'), 'utf8')
    const config = join(folder, 'config/visor/config.yaml')
    expect(unit).toContain(
      `ExecStart=${process.execPath} ${resolve('bin/visor.js')} watch --config ${config}\n`
    )
    expect(loadConfig({}, config).config.sources).toHaveProperty('shop')
  })

  it('keeps a configuration that is there', async () => {
    const env = { HOME: folder, XDG_CONFIG_HOME: join(folder, 'config') }
    const file = join(folder, 'mine.yaml')
    writeFileSync(file, 'sources: { mine: { path: a.log } }\n')
    chmodSync(folder, 0o777)
    const args = ['init', '--systemd', '--output', file]
    const { exit } = await visor(args, process.geteuid?.() === 0 ? { env, uid: 65_534 } : { env })
    expect({ exit, text: readFileSync(file, 'utf8') }).toEqual({
      exit: 0,
      text: 'sources: { mine: { path: a.log } }\n'
    })
    expect(readFileSync(join(folder, 'config/systemd/user/visor.service'), 'utf8')).toContain(file)
  })
})

describe('a unit', () => {
  const service = { command: ['/opt/my visor/node', '/opt/100%/visor.js'], config: '/etc/visor/visor.yaml' }

  it('quotes what systemd would read otherwise', () => {
    expect(systemUnit(service)).toContain(
      'ExecStart="/opt/my visor/node" /opt/100%%/visor.js watch --config /etc/visor/visor.yaml\n'
    )
  })

  const analyzer = spawnSync('systemd-analyze', ['security', '--help']).error === undefined
  it.skipIf(!analyzer)('of the machine is shut by all rules that a monitor can live with', () => {
    const file = join(folder, 'visor.service')
    writeFileSync(file, systemUnit(service))
    const { stdout } = spawnSync('systemd-analyze', ['security', '--offline=true', file], {
      encoding: 'utf8'
    })
    const [, exposure] = /Overall exposure level for visor.service: ([\d.]+)/.exec(stdout) ?? []
    expect(Number(exposure)).toBeLessThanOrEqual(2.5)
  })
})

describe('visor watch without anything to watch', () => {
  it.skipIf(!existsSync(APACHE) && !existsSync(NGINX))('names what init would find', async () => {
    const { exit, err } = await visor(['watch'], { env: { HOME: folder, XDG_CONFIG_HOME: folder } })
    expect(exit).toBe(2)
    expect(err).toContain('nothing to watch: no file or address is named, and there is no configuration')
    expect(err).toMatch(
      /`visor init` writes one for your web server's logs \(.*\/var\/log\/(apache2|nginx)\//
    )
  })

  it.skipIf(
    !(existsSync(APACHE) || existsSync(NGINX)) || spawnSync('script', ['--version']).error !== undefined
  )('asks on a terminal, writes the configuration and watches', async () => {
    const command = `${process.execPath} ${resolve('bin/visor.js')} watch --port 0 --store ${join(folder, 'store')}`
    const terminal = spawn('script', ['-qec', command, '/dev/null'], {
      env: { ...process.env, HOME: folder, XDG_CONFIG_HOME: join(folder, 'config'), TERM: 'dumb' }
    })
    let shown = ''
    const typed = new Set<string>()
    const type = (text: string, after: string): void => {
      if (!shown.includes(after) || typed.has(after)) return
      typed.add(after)
      terminal.stdin.write(text)
    }
    terminal.stdout.on('data', (data: Buffer) => {
      shown += data.toString()
      type('\n', '[Y/n]')
      // Ctrl+C, as the terminal sends it.
      type('\u0003', 'live at')
    })
    await once(terminal, 'close')
    expect(shown).toMatch(/config\/visor\/config\.yaml is written\.\s+visor: watching /)
    expect(existsSync(join(folder, 'config/visor/config.yaml'))).toBe(true)
  })
})
