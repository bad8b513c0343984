import { dirname, isAbsolute, join, resolve } from 'node:path'
import type { Disk } from '../disk.ts'
import type { Place } from '../found.ts'
import { ConfigReader } from '../reader.ts'
import { linesOf, wordsOf, type Line } from './lines.ts'
import { newServer, note, type Server } from './server.ts'

/** Includes within includes. */
const MAX_DEPTH = 50

/** Modules that are built into the servers of the common distributions. */
const BUILT_IN = /^(core|so|http|log_config|logio|version|unixd|watchdog|mpm_(event|worker|prefork))$/

/** An open section: what is in it counts only where all sections around it hold. */
interface Section {
  readonly name: string
  readonly holds: boolean
  readonly why: string
}

/** Goes through a configuration as httpd does when it starts, and keeps what is said of logs. Nothing is run. */
export class Walk extends ConfigReader {
  readonly main = newServer()
  readonly hosts: Server[] = []
  root: string
  readonly #variables: Map<string, string>
  readonly #defined: Set<string>
  readonly #modules = new Set<string>()
  #server = this.main
  #sections: Section[] = []

  constructor(conf: string, disk: Disk, defines: ReadonlyMap<string, string>) {
    super(disk, MAX_DEPTH)
    this.#variables = new Map([...envvarsOf(conf, disk), ...defines])
    this.#defined = new Set(defines.keys())
    // Without a ServerRoot: the folder of Debian's apache2.conf, or the one above that of conf/httpd.conf.
    const file = resolve(conf)
    const folder = dirname(file)
    this.root = /(^|\/)conf$/.test(folder) ? dirname(folder) : folder
    this.#read(file, { file, line: 0 }, 0)
  }

  #read(path: string, from: Place, depth: number): void {
    const text = this.textOf(path, from, depth)
    if (text === undefined) return
    const before = this.#sections
    this.#sections = []
    for (const line of linesOf(path, text)) this.#take(line, depth, before)
    const open = this.#sections.at(-1)
    if (open) this.remark({ file: path, line: 1 }, `the section <${open.name}> is not closed`)
    if (open?.name === 'virtualhost') this.#server = this.main
    this.#sections = before
  }

  #take(line: Line, depth: number, outer: readonly Section[]): void {
    if (line.name.startsWith('</')) return this.#close(line.name.slice(2))
    const { text, unknown } = fillIn(line.rest, this.#variables)
    const words = wordsOf(text)
    if (line.name.startsWith('<')) return this.#open(line, line.name.slice(1), words)
    const off = [...outer, ...this.#sections].find(section => !section.holds)
    const logs = /^(customlog|transferlog|globallog|errorlog|errorlogformat|logformat)$/.test(line.name)
    if (off) {
      if (logs) this.remark(line.place, `${line.name} is left out: ${off.why}`)
      return
    }
    if (logs) for (const name of unknown) this.remark(line.place, `\${${name}} is not defined`)
    if (note(this.#server, line.name, { place: line.place, words })) return
    this.#direct(line, words, depth)
  }

  /** Directives that change how the others are read. */
  #direct({ name, place }: Line, words: readonly string[], depth: number): void {
    const [first = '', second] = words
    if (name === 'serverroot') this.root = resolve(first)
    else if (name === 'define') {
      this.#defined.add(first)
      if (second !== undefined) this.#variables.set(first, second)
    } else if (name === 'undefine') {
      this.#defined.delete(first)
      this.#variables.delete(first)
    } else if (name === 'loadmodule') this.#modules.add(plainModule(first))
    else if (name === 'include' || name === 'includeoptional') {
      const pattern = isAbsolute(first) ? first : join(this.root, first)
      const paths = this.disk.list(pattern)
      if (paths.length === 0 && name === 'include') this.remark(place, `${pattern} does not exist`)
      for (const path of paths) this.#read(path, place, depth + 1)
    }
  }

  #open({ rest }: Line, name: string, words: readonly string[]): void {
    if (name === 'virtualhost') {
      this.#server = newServer()
      this.hosts.push(this.#server)
    }
    const not = rest.startsWith('!')
    const what = (words[0] ?? '').replace(/^!/, '')
    const holds = this.#condition(name, what)
    this.#sections.push({
      name,
      holds: holds === undefined || holds !== not,
      why: `<${name} ${rest}> does not hold here`
    })
  }

  /** Whether a condition holds, before it is turned around by a `!`; `undefined` for a section that is none. */
  #condition(name: string, what: string): boolean | undefined {
    if (name === 'ifdefine') return this.#defined.has(what)
    if (name === 'iffile') return this.disk.exists(isAbsolute(what) ? what : join(this.root, what))
    if (name !== 'ifmodule') return undefined
    const module = plainModule(what)
    // A configuration that loads no module is one of a server that has them built in.
    return this.#modules.size === 0 || this.#modules.has(module) || BUILT_IN.test(module)
  }

  #close(name: string): void {
    const at = this.#sections.findLastIndex(section => section.name === name)
    if (at < 0) return
    this.#sections.length = at
    if (name === 'virtualhost') this.#server = this.main
  }
}

/** `log_config` of `log_config_module` and of `mod_log_config.c`. */
function plainModule(name: string): string {
  return name.replace(/^mod_/, '').replace(/_module$|\.c$/, '')
}

/**
 * Variables that Debian's `envvars` beside the configuration sets: its plain `export NAME=value` lines, without running
 * anything; `$SUFFIX`, which distinguishes instances, is empty.
 */
function envvarsOf(conf: string, disk: Disk): Map<string, string> {
  const variables = new Map<string, string>()
  const file = disk.read(join(dirname(conf), 'envvars'))
  if ('problem' in file) return variables
  for (const line of file.text.split('\n')) {
    const [, name, value] = /^\s*(?:export\s+)?([A-Za-z_]\w*)=("[^"]*"|'[^']*'|[^\s;]*)\s*$/.exec(line) ?? []
    if (name === undefined || value === undefined) continue
    const plain = value.replaceAll(/^["']|["']$/g, '')
    const filled = plain.replaceAll(/\$\{?(\w+)\}?/g, (_, inner: string) => variables.get(inner) ?? '')
    variables.set(name, filled)
  }
  return variables
}

/** Puts values for `${NAME}`; the names that have none are given back. */
function fillIn(text: string, variables: ReadonlyMap<string, string>): { text: string; unknown: string[] } {
  const unknown: string[] = []
  const filled = text.replaceAll(/\$\{([^}:]+)\}/g, (all, name: string) => {
    const value = variables.get(name)
    if (value === undefined) unknown.push(name)
    return value ?? all
  })
  return { text: filled, unknown }
}
