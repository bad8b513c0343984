import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { findConfig, SYSTEM } from '../../config/find.ts'
import { makeFolder, type Environment } from '../../system/folders.ts'
import { VisorError } from '../../core/errors.ts'
import { discoverHttpd, discoverNginx, disk, placeText, type Discovery } from '../../discovery/index.ts'
import { visible } from '../../core/visible.ts'
import { jsonText } from '../context.ts'
import { writeText } from '../files.ts'
import type { InitOptions } from './options.ts'
import { writeUnit } from './service.ts'
import { sourcesOf, type FoundSource } from './sources.ts'
import { configText } from './write.ts'

/** Where distributions keep the servers' configurations. */
const HTTPD = [
  '/etc/apache2/apache2.conf',
  '/etc/httpd/conf/httpd.conf',
  '/etc/apache2/httpd.conf',
  '/usr/local/apache2/conf/httpd.conf',
  '/opt/homebrew/etc/httpd/httpd.conf'
]
const NGINX = [
  '/etc/nginx/nginx.conf',
  '/usr/local/nginx/conf/nginx.conf',
  '/usr/local/etc/nginx/nginx.conf',
  '/opt/homebrew/etc/nginx/nginx.conf'
]

/**
 * Reads the servers' configurations and writes Visor's. Returns what is printed, and a note about it. Throws FILE_MISSING and
 * FILE_UNREADABLE for a configuration that cannot be read, FILE_UNWRITABLE for one that cannot be written or is there already.
 */
export function runInit(request: InitOptions, env: Environment): { text: string; note: string } {
  const system = request.systemd === true && process.geteuid?.() === 0
  const standing = request.systemd ? standingConfig(request, env, system) : undefined
  if (standing !== undefined) return { text: writeUnit(standing, system, env), note: '' }
  const { sources, discoveries, note } = findLogs(request)
  if (request.json) {
    const remarks = discoveries.flatMap(discovery => discovery.remarks)
    return { text: jsonText({ sources, remarks }), note }
  }
  const target = request.output === '-' ? undefined : targetOf(request, env, system)
  const text = configText(sources, discoveries, system || target?.startsWith(`${SYSTEM}/`))
  if (target === undefined) return { text, note }
  makeFolder(dirname(target))
  writeText(target, text)
  const next = request.systemd ? writeUnit(target, system, env) : 'Next: visor check, then visor watch\n'
  return { text: `${visible(target)} is written. ${next}`, note }
}

/** What there is to watch by the servers' configurations, and a note about it. @throws VisorError as `runInit` */
export function findLogs(request: InitOptions): {
  sources: readonly FoundSource[]
  discoveries: readonly Discovery[]
  note: string
} {
  const discoveries = discover(request)
  const sources = sourcesOf(discoveries)
  return { sources, discoveries, note: noteOf(sources, discoveries) }
}

/** A configuration that a service can have as it is, unless it is to be written anew. */
function standingConfig(
  { output, force, json }: InitOptions,
  env: Environment,
  system: boolean
): string | undefined {
  if (force || json || output === '-') return undefined
  const named = output === undefined ? undefined : resolve(output)
  const { found, tried } = findConfig(env)
  const file =
    named ?? (system ? tried.find(path => path.startsWith(`${SYSTEM}/`) && existsSync(path)) : found)
  return file !== undefined && existsSync(file) ? file : undefined
}

function discover({ httpdConf, nginxConf, define }: InitOptions): Discovery[] {
  const named = httpdConf !== undefined || nginxConf !== undefined
  const httpd = httpdConf ?? (named ? undefined : HTTPD.find(path => existsSync(path)))
  const nginx = nginxConf ?? (named ? undefined : NGINX.find(path => existsSync(path)))
  if (httpd === undefined && nginx === undefined) {
    const tried = [...HTTPD, ...NGINX].join(', ')
    throw new VisorError('FILE_MISSING', `no web server's configuration is at ${tried}`, {
      remedy: 'Name it with `--httpd-conf` or `--nginx-conf`.'
    })
  }
  return [
    ...readable(httpd).map(path => discoverHttpd(path, { disk, ...(define && { defines: define }) })),
    ...readable(nginx).map(path => discoverNginx(path, { disk }))
  ]
}

/** A configuration that is there, if one is asked for. */
function readable(path: string | undefined): string[] {
  if (path === undefined) return []
  const file = disk.read(path)
  if (!('problem' in file)) return [path]
  const { problem, cause } = file
  throw new VisorError(existsSync(path) ? 'FILE_UNREADABLE' : 'FILE_MISSING', `${path}: ${problem}`, {
    cause
  })
}

/** Where the configuration goes. Nothing is overwritten unasked, nor put before another one that is in use. */
function targetOf({ output, force }: InitOptions, env: Environment, system: boolean): string {
  const { found, tried } = findConfig(env)
  const place = system
    ? join(SYSTEM, 'visor.yaml')
    : (found ?? tried.find(path => path.endsWith('config.yaml')))
  const file = output === undefined ? place : resolve(output)
  if (file === undefined) throw new VisorError('USAGE', 'name a file with --output')
  if (existsSync(file) && !force) {
    throw new VisorError('FILE_UNWRITABLE', `${file} is there already`, {
      remedy: '`--force` writes it anew; `--output` names another file.'
    })
  }
  if (/\.json$/i.test(file))
    throw new VisorError('USAGE', `${file} would be JSON, and what is written is YAML`, {
      remedy: 'Name a .yaml file with `--output`.'
    })
  return file
}

function noteOf(sources: readonly FoundSource[], discoveries: readonly Discovery[]): string {
  const files = discoveries.reduce((sum, discovery) => sum + discovery.files.length, 0)
  const logs = sources.length === 1 ? '1 log' : `${sources.length} logs`
  const lines = [
    `${logs} found in ${files === 1 ? '1 file' : `${files} files`} of configuration${sources.length > 0 ? ':' : '.'}`,
    ...sources.map(
      ({ name, path, formats }) =>
        `  ${name}: ${path} (${formats.length === 0 ? 'format by its lines' : formats.join(' + ')})`
    ),
    ...discoveries.flatMap(({ remarks }) =>
      remarks.map(({ place, text }) => `  ${placeText(place)}: ${text}`)
    )
  ]
  return `${lines.map(line => visible(line)).join('\n')}\n`
}
