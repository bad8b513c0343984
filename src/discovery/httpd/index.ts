import { isAbsolute, join } from 'node:path'
import type { Disk } from '../disk.ts'
import type { Discovery, FoundLog, Place, Remark } from '../found.ts'
import type { Said, Server } from './server.ts'
import { Walk } from './walk.ts'

/** Apache's own format where none is said: the Common Log Format. */
const COMMON = '%h %l %u %t \\"%r\\" %>s %b'

export interface HttpdOptions {
  readonly disk: Disk
  /** What `-D` would define. */
  readonly defines?: ReadonlyMap<string, string>
}

/**
 * The logs that an Apache httpd with this configuration (httpd.conf, apache2.conf) writes. Follows Include and
 * IncludeOptional, Define and `${…}`, IfDefine, IfModule and IfFile, VirtualHost, and the inheritance of logs; other
 * conditions are taken to hold. What is not a file (pipes, syslog) is remarked.
 */
export function discoverHttpd(conf: string, { disk, defines = new Map() }: HttpdOptions): Discovery {
  const { main, hosts, root, files, remarks } = new Walk(conf, disk, defines).run(conf)
  const logs: FoundLog[] = []
  const add = (said: Said, server: Server, owner: Server): void => {
    const log = accessLog(said, server, owner, main, root, remarks)
    if (log) logs.push(log)
  }
  // The main server answers what no virtual host does; where there are any, they usually take all.
  for (const server of [main, ...hosts]) {
    const own = server.logs.length > 0 ? server : main
    for (const said of own.logs) add(said, server, own)
    for (const said of main.globals) add(said, server, main)
    const errors = server.errorLog ? server : main
    const log = errors.errorLog && errorLog(errors.errorLog, server, main, root, remarks)
    if (log) logs.push(log)
  }
  if (!main.errorLog && files.length > 0) {
    remarks.push({
      place: { file: files[0] ?? conf, line: 1 },
      text: 'there is no ErrorLog; httpd then writes to logs/error_log'
    })
  }
  return { logs, remarks: distinct(remarks), files }
}

/** The file of a log, or nothing, with a remark, where it is none. */
function fileOf(target: string, place: Place, root: string, remarks: Remark[]): string | undefined {
  const other = otherThanFile(target)
  if (other === undefined) return isAbsolute(target) ? target : join(root, target)
  remarks.push({ place, text: `${target} is ${other}, no file: not watched` })
  return undefined
}

function otherThanFile(target: string): string | undefined {
  if (target.startsWith('|')) return 'a pipe'
  if (target.startsWith('/dev/')) return 'a device'
  return /^syslog(:|$)/i.test(target) ? 'syslog' : undefined
}

function accessLog(
  { place, words }: Said,
  { names }: Server,
  owner: Server,
  main: Server,
  root: string,
  remarks: Remark[]
): FoundLog | undefined {
  const [target = '', second, condition] = words
  const path = fileOf(target, place, root, remarks)
  if (path === undefined) return undefined
  const conditional = [second, condition].find(word => word !== undefined && /^(env|expr)=/i.test(word))
  if (conditional !== undefined)
    remarks.push({ place, text: `only some requests are logged there: ${conditional}` })
  const named = second !== undefined && second !== conditional ? second : undefined
  const format =
    named === undefined
      ? (owner.plain ?? main.plain ?? COMMON)
      : (owner.nicknames.get(named) ?? main.nicknames.get(named) ?? named)
  if (!format.includes('%')) {
    remarks.push({ place, text: `there is no LogFormat ${format}: its format is found out from the lines` })
  }
  return { path, kind: 'access', format: format.includes('%') ? format : '', hosts: names, place }
}

function errorLog(
  { place, words }: Said,
  server: Server,
  main: Server,
  root: string,
  remarks: Remark[]
): FoundLog | undefined {
  const path = fileOf(words[0] ?? '', place, root, remarks)
  if (path === undefined) return undefined
  return {
    path,
    kind: 'error',
    format: server.errorFormat ?? main.errorFormat ?? 'error24',
    hosts: server.names,
    place
  }
}

function distinct(remarks: readonly Remark[]): Remark[] {
  return [...new Map(remarks.map(remark => [JSON.stringify(remark), remark])).values()]
}
