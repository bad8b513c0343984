import type { Command } from '../../src/cli/command.ts'
import { COMMANDS } from '../../src/cli/program.ts'

/** A command with all its words, `alerts show`. */
export interface Listed extends Pick<Command, 'description' | 'examples'> {
  readonly path: string
  readonly summary: string
  readonly arguments: readonly (readonly [syntax: string, summary: string])[]
  readonly options: readonly Flags[]
}

/** A name that leads to commands: of Visor itself (''), or of a group. */
export interface Group {
  readonly path: string
  readonly description: string
  readonly commands: readonly { readonly name: string; readonly summary: string }[]
}

/** An option's flags, and what may stand behind it. */
export interface Flags {
  readonly short: string | undefined
  readonly long: string
  /** As the help names its value; absent for one without. */
  readonly value: string | undefined
  readonly choices: readonly string[]
  readonly summary: string
}

const HELP: Flags = {
  short: '-h',
  long: '--help',
  value: undefined,
  choices: [],
  summary: 'print the help of the command'
}

/** All commands, those of groups by their whole names. */
export const LISTED: readonly Listed[] = COMMANDS.flatMap(one =>
  'commands' in one
    ? one.commands.map(inner => listed(inner, `${one.name} ${inner.name}`))
    : [listed(one, one.name)]
)

/** Visor itself, and the groups of commands. */
export const GROUPS: readonly Group[] = [
  { path: '', description: '', commands: COMMANDS.map(summarized) },
  ...COMMANDS.flatMap(one =>
    'commands' in one
      ? [{ path: one.name, description: one.description, commands: one.commands.map(summarized) }]
      : []
  )
]

function summarized(one: { readonly name: string; readonly summary?: string; readonly description: string }) {
  return { name: one.name, summary: one.summary ?? one.description.replace(/\.$/, '') }
}

function listed(command: Command, path: string): Listed {
  const { description, examples = [] } = command
  const options = Object.values(command.options).flatMap(option => [
    flagsOf(option.flags, option.summary, option.choices),
    ...(option.negation ? [flagsOf(option.negation.flags, option.negation.summary)] : [])
  ])
  const { summary } = summarized(command)
  return {
    path,
    summary,
    description,
    examples,
    arguments: command.arguments ?? [],
    options: [...options, HELP]
  }
}

function flagsOf(flags: string, summary: string, choices: readonly string[] = []): Flags {
  const [, short, long = '', value] = /^(?:(-\w), )?(--[\w-]+)(?: <(.+)>)?$/.exec(flags) ?? []
  if (long === '') throw new Error(`an option written in another way: ${flags}`)
  return { short, long, value, choices, summary }
}
