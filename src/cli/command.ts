import { Command as CommanderCommand, Option as CommanderOption } from 'commander'
import { VisorError } from '../core/errors.ts'
import { didYouMean } from '../core/suggest.ts'
import type { Context } from './context.ts'
import type { Option, Options, OptionsOf } from './options.ts'

/** `<id>` must be there, `[id]` may, `<file...>` and `[file...]` take several; and what it is for. */
type Argument = readonly [syntax: string, summary: string]

type ArgumentOf<Declared extends Argument> = string extends Declared[0]
  ? string | readonly string[] | undefined
  : Declared[0] extends `${string}...${string}`
    ? readonly string[]
    : Declared[0] extends `<${string}`
      ? string
      : string | undefined

type ArgumentsOf<Declared extends readonly Argument[]> = {
  readonly [Index in keyof Declared]: ArgumentOf<Declared[Index]>
}

interface Described {
  readonly name: string
  /** One line in the list of commands; the description where it is absent. */
  readonly summary?: string
  readonly description: string
  /** What to type, and what it does. */
  readonly examples?: readonly (readonly [line: string, what: string])[]
}

/** A command as data. `run` loads what it needs when it is called: the help of all commands loads none of it. */
export interface Command<
  Arguments extends readonly Argument[] = readonly Argument[],
  Declared extends Options = Options
> extends Described {
  readonly arguments?: Arguments
  readonly options: Declared
  /** It writes logs, which others read: they are as open as the user's umask says. What others write is private. */
  readonly writesLogs?: true
  run(given: ArgumentsOf<Arguments>, options: OptionsOf<Declared>, context: Context): Promise<void>
}

/** Several commands under one name. */
export interface CommandGroup extends Described {
  readonly commands: readonly Command[]
}

/** Declares a command: `run` gets its arguments and options with the types that they have by their declarations. */
export function command<const Arguments extends readonly Argument[] = [], Declared extends Options = Options>(
  declaration: Command<Arguments, Declared>
): Command<Arguments, Declared> {
  return declaration
}

/** Adds what is declared to commander's tree. */
export function addCommand(
  parent: CommanderCommand,
  declared: Command | CommandGroup,
  context: Context
): void {
  const { name, summary, description, examples = [] } = declared
  const added = parent.command(name).description(description)
  if (summary !== undefined) added.summary(summary)
  if ('commands' in declared) {
    for (const inner of declared.commands) addCommand(added, inner, context)
    addHelp(added)
  } else {
    for (const [syntax, summary] of declared.arguments ?? []) added.argument(syntax, summary)
    for (const option of Object.values(declared.options).flatMap(optionsOf)) added.addOption(option)
    added.action(() => {
      refuseEmpty(added)
      if (!declared.writesLogs) context.keepPrivate?.()
      return declared.run(added.processedArgs, added.opts(), context)
    })
  }
  const lines = examples.map(([line, what]) => `  ${line}\n      ${what}`)
  if (lines.length > 0) added.addHelpText('after', `\nExamples:\n${lines.join('\n')}`)
}

/** `visor help alerts ack`: as `--help` behind it. @throws VisorError USAGE for what is no command */
export function addHelp(group: CommanderCommand): void {
  group.helpCommand(false)
  const help = group.command('help').description('print the help of a command').argument('[command...]')
  help.action((names: readonly string[]) => {
    let found = group
    for (const name of names) {
      const next = found.commands.find(command => command.name() === name)
      const known = found.commands.map(command => command.name())
      if (!next)
        throw new VisorError('USAGE', `unknown command '${name}'${didYouMean(name, known, '')}`, {
          remedy: `\`${fullName(found)} --help\` lists the commands.`
        })
      found = next
    }
    found.help()
  })
}

/** `visor alerts ack` */
function fullName(command: CommanderCommand): string {
  return command.parent ? `${fullName(command.parent)} ${command.name()}` : command.name()
}

/** An empty text names no file: a variable of the shell had no value. @throws VisorError USAGE */
function refuseEmpty(given: CommanderCommand): void {
  const files = given.registeredArguments.findIndex(({ variadic }) => variadic)
  const option = given.options.find(
    option => /<(file|folder)/.test(option.flags) && given.getOptionValue(option.attributeName()) === ''
  )
  if (!option && ![given.processedArgs[files]].flat().includes('')) return
  throw new VisorError('USAGE', `${option?.long ?? 'a file'} is given as an empty text`, {
    remedy: 'A variable of the shell may have no value there.'
  })
}

/** An option as commander has it, and the one that negates it. */
function optionsOf({ flags, summary, negation, ...rules }: Option): CommanderOption[] {
  const option = new CommanderOption(flags, summary).conflicts([...(rules.conflicts ?? [])])
  const { parse, choices, initial } = rules
  if (parse) option.argParser(parse)
  if (choices) option.choices(choices)
  if (initial) option.default(initial.value, initial.shown)
  if (rules.required) option.makeOptionMandatory()
  return negation ? [option, new CommanderOption(negation.flags, negation.summary)] : [option]
}
