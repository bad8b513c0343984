import { dirname, isAbsolute, join, resolve } from 'node:path'
import type { Disk } from '../disk.ts'
import type { Discovery, FoundLog, Place } from '../found.ts'
import { ConfigReader } from '../reader.ts'
import { parseNginx, type NginxDirective } from './parse.ts'

/** Includes within includes. */
const MAX_DEPTH = 20

/** The logs that hold within a block: those said there take the place of all from outside. */
interface Scope {
  readonly access: readonly NginxDirective[]
  readonly error: readonly NginxDirective[]
  readonly hosts: readonly string[]
}

/**
 * The logs that an nginx with this configuration (nginx.conf) writes: `access_log` and `error_log` of http, server and
 * location with their inheritance, by the `log_format`s. Follows `include`. What is not a file is remarked.
 */
export function discoverNginx(conf: string, { disk }: { readonly disk: Disk }): Discovery {
  return new Nginx(disk, MAX_DEPTH).run(resolve(conf))
}

class Nginx extends ConfigReader {
  readonly #formats = new Map<string, string>()
  readonly #logs = new Map<string, FoundLog>()

  run(conf: string): Discovery {
    const main = this.#read(conf, dirname(conf), { file: conf, line: 0 }, 0)
    const errors = main.filter(({ name }) => name === 'error_log')
    const http = main.filter(({ name }) => name === 'http').flatMap(({ block = [] }) => block)
    // A format may be named before it is said.
    for (const one of http) if (one.name === 'log_format') this.#format(one)
    const outer: Scope = { access: [], error: errors, hosts: [] }
    for (const one of errors) this.#error(one, [])
    this.#walk(http, outer)
    for (const { name, place } of main) {
      if (name === 'stream' || name === 'mail')
        this.remark(place, `logs of ${name} are of formats of their own: not watched`)
    }
    const [first] = this.files
    const logs = [...this.#logs.values()]
    if (first !== undefined && !logs.some(({ kind }) => kind === 'access')) {
      this.remark(
        { file: first, line: 1 },
        'no access_log is set; nginx then writes where it was built to, often /var/log/nginx/access.log'
      )
    }
    return { logs, remarks: this.remarks, files: this.files }
  }

  /** The directives of a file, those of included files in their place. */
  #read(path: string, prefix: string, from: Place, depth: number): NginxDirective[] {
    const text = this.textOf(path, from, depth)
    if (text === undefined) return []
    const { directives, problem } = parseNginx(path, text)
    if (problem !== undefined) this.remark({ file: path, line: 1 }, problem)
    return this.#included(directives, prefix, depth)
  }

  #included(directives: readonly NginxDirective[], prefix: string, depth: number): NginxDirective[] {
    return directives.flatMap((one): NginxDirective[] => {
      if (one.name !== 'include')
        return [one.block ? { ...one, block: this.#included(one.block, prefix, depth) } : one]
      const pattern = one.words[0] ?? ''
      const whole = isAbsolute(pattern) ? pattern : join(prefix, pattern)
      // Types of files and modules say nothing of logs.
      if (/(^|\/)(mime\.types|modules-enabled\/.*)$/.test(whole)) return []
      const paths = this.disk.list(whole)
      if (paths.length === 0 && !/[*?[]/.test(whole)) this.remark(one.place, `${whole} does not exist`)
      return paths.flatMap(path => this.#read(path, prefix, one.place, depth + 1))
    })
  }

  #format({ words: [name = '', ...rest] }: NginxDirective): void {
    const escape = rest[0]?.startsWith('escape=') ? `${rest.shift()} ` : ''
    this.#formats.set(name, `log_format ${name} ${escape}'${rest.join('').replaceAll(/['\\]/g, '\\$&')}'`)
  }

  /** Finds the logs of a block: those that hold in it, once for each server, and those of the blocks in it. */
  #walk(block: readonly NginxDirective[], outer: Scope): void {
    const said = (name: string): NginxDirective[] => block.filter(one => one.name === name)
    const [access, error] = [said('access_log'), said('error_log')]
    const hosts = [
      ...outer.hosts,
      ...said('server_name').flatMap(({ words }) => words.filter(name => name !== '_' && name !== ''))
    ]
    const scope: Scope = {
      access: access.length > 0 ? access : outer.access,
      error: error.length > 0 ? error : outer.error,
      hosts
    }
    const inner = block.filter(({ block }) => block !== undefined)
    const servers = inner.filter(({ name }) => name === 'server')
    // Where there are servers, all requests are theirs.
    if (servers.length === 0) for (const one of scope.access) this.#access(one, hosts)
    if (error.length > 0) for (const one of error) this.#error(one, hosts)
    for (const { name, block: within = [], place } of inner) {
      if (name === 'if' && within.some(one => one.name === 'access_log')) {
        this.remark(place, 'only some requests are logged there: if')
      }
      if (/^(server|location|if|limit_except)$/.test(name)) {
        const changes = within.some(one => /^(access_log|error_log|location|if|limit_except)$/.test(one.name))
        if (name === 'server' || changes) this.#walk(within, scope)
      }
    }
  }

  #access({ place, words }: NginxDirective, hosts: readonly string[]): void {
    const [target = '', named = 'combined', ...options] = words
    const path = this.#fileOf(target, place)
    if (path === undefined) return
    const format = named.includes('=') ? 'combined' : named
    const all = named.includes('=') ? [named, ...options] : options
    const condition = all.find(option => option.startsWith('if='))
    if (condition !== undefined) this.remark(place, `only some requests are logged there: ${condition}`)
    if (all.some(option => /^gzip(=|$)/.test(option))) {
      return this.remark(place, `${target} is written compressed and cannot be followed: not watched`)
    }
    const known = this.#formats.get(format) ?? (format === 'combined' ? 'combined' : undefined)
    if (known === undefined)
      this.remark(place, `there is no log_format ${format}: its format is found out from the lines`)
    this.#add({ path, kind: 'access', format: known ?? '', hosts, place })
  }

  #error({ place, words: [target = ''] }: NginxDirective, hosts: readonly string[]): void {
    const path = this.#fileOf(target, place)
    if (path !== undefined) this.#add({ path, kind: 'error', format: 'nginx_error', hosts, place })
  }

  #add(log: FoundLog): void {
    const { path, kind, format, hosts } = log
    const id = JSON.stringify([path, kind, format, hosts])
    if (!this.#logs.has(id)) this.#logs.set(id, log)
  }

  /** The path of a log; `undefined`, with a remark, where it is no file. A variable in it becomes a `*`. */
  #fileOf(target: string, place: Place): string | undefined {
    if (target === 'off') return undefined
    const other = /^(syslog|memory):|^stderr$|^\/dev\//.exec(target)?.[0]
    const reason =
      other !== undefined
        ? 'is no file'
        : 'is relative to the prefix that nginx was built with, which is not known here'
    if (other !== undefined || !isAbsolute(target)) {
      this.remark(place, `${target} ${reason}: not watched`)
      return undefined
    }
    if (target.includes('$')) this.remark(place, `the variables of ${target} are taken for any text`)
    return target.replaceAll(/\$\{\w+\}|\$\w+/g, '*')
  }
}
