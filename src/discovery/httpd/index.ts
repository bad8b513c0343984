import { isAbsolute, join } from 'node:path'
import type { Disk } from '../disk.ts'
import type { Discovery, FoundLog, Place } from '../found.ts'
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
  const walk = new Walk(conf, disk, defines)
  const { main, hosts, files, remarks } = walk
  // The main server answers what no virtual host does; where there are any, they usually take all.
  const logs = [main, ...hosts].flatMap(server => {
    const own = server.logs.length > 0 ? server : main
    const error = server.errorLog ?? main.errorLog
    return [
      ...own.logs.flatMap(said => accessLog(said, server, own, walk)),
      ...main.globals.flatMap(said => accessLog(said, server, main, walk)),
      ...(error ? errorLog(error, server, walk) : [])
    ]
  })
  if (!main.errorLog && files.length > 0) {
    const place = { file: files[0] ?? conf, line: 1 }
    walk.remark(place, 'there is no ErrorLog; httpd then writes to logs/error_log')
  }
  const distinct = new Map(remarks.map(remark => [JSON.stringify(remark), remark]))
  return { logs, remarks: [...distinct.values()], files }
}

/** The file of a log, or nothing, with a remark, where it is none. */
function fileOf(target: string, place: Place, walk: Walk): string | undefined {
  const other = otherThanFile(target)
  if (other === undefined) return isAbsolute(target) ? target : join(walk.root, target)
  walk.remark(place, `${target} is ${other}, no file: not watched`)
  return undefined
}

function otherThanFile(target: string): string | undefined {
  if (target.startsWith('|')) return 'a pipe'
  if (target.startsWith('/dev/')) return 'a device'
  return /^syslog(:|$)/i.test(target) ? 'syslog' : undefined
}

/** The log of a server by what `owner` says of it; none where it is no file. */
function accessLog({ place, words }: Said, { names }: Server, owner: Server, walk: Walk): FoundLog[] {
  const { main } = walk
  const [target = '', second, condition] = words
  const path = fileOf(target, place, walk)
  if (path === undefined) return []
  const conditional = [second, condition].find(word => word !== undefined && /^(env|expr)=/i.test(word))
  if (conditional !== undefined) walk.remark(place, `only some requests are logged there: ${conditional}`)
  const named = second !== undefined && second !== conditional ? second : undefined
  const format =
    named === undefined
      ? (owner.plain ?? main.plain ?? COMMON)
      : (owner.nicknames.get(named) ?? main.nicknames.get(named) ?? named)
  const known = format.includes('%')
  if (!known) walk.remark(place, `there is no LogFormat ${format}: its format is found out from the lines`)
  return [{ path, kind: 'access', format: known ? format : '', hosts: names, place }]
}

function errorLog({ place, words }: Said, { names, errorFormat }: Server, walk: Walk): FoundLog[] {
  const path = fileOf(words[0] ?? '', place, walk)
  if (path === undefined) return []
  const format = errorFormat ?? walk.main.errorFormat ?? 'error24'
  return [{ path, kind: 'error', format, hosts: names, place }]
}
