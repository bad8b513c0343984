import { ERRORS } from '../../src/core/errors.ts'
import { GROUPS, LISTED, type Flags, type Listed } from './commands.ts'

/** The page of the manual, as roff. */
export function manualPage(): string {
  const exits = [...new Set(Object.values(ERRORS).map(({ exit }) => exit))].sort((a, b) => a - b)
  return `${[
    String.raw`.\" Made by scripts/docs.ts from the declarations of the commands; do not edit.`,
    '.TH VISOR 1 "" Visor "Visor"',
    '.SH NAME',
    String.raw`visor \- real-time monitor of web servers' logs`,
    '.SH SYNOPSIS',
    '.B visor',
    String.raw`.IR command " [" argument "...] [" option ...]`,
    '.SH DESCRIPTION',
    ...text(
      'Visor follows the logs of Apache httpd and nginx, counts each line exactly, shows them on a live page, and sends alerts ' +
        'and reports. Without a configuration it evaluates the ready-made rules, and the page is for this machine alone.'
    ),
    '.SH COMMANDS',
    ...LISTED.flatMap(commandLines),
    '.SH FILES',
    ...definition('$VISOR_HOME, $VISORHOME, ~/.config/visor', 'where the configuration is looked for'),
    ...definition('/etc/visor/visor.yaml, /var/lib/visor', 'configuration and store of the service'),
    '.SH EXIT STATUS',
    ...text(`0 when all was done, else ${exits.join(' or ')}: docs/errors.md tells of each error.`),
    '.SH SEE ALSO',
    ...text('The documents beside the program: /usr/lib/visor/docs of the package for Debian.')
  ].join('\n')}\n`
}

function commandLines(command: Listed): string[] {
  const group = GROUPS.find(
    ({ path, commands }) => path !== '' && command.path === `${path} ${commands[0]?.name}`
  )
  return [
    ...(group ? [`.SS visor ${escaped(group.path)}`, ...text(group.description)] : []),
    `.SS visor ${escaped([command.path, ...command.arguments.map(([syntax]) => syntax)].join(' '))}`,
    ...text(command.description),
    ...command.arguments.flatMap(([syntax, summary]) => definition(syntax, summary)),
    ...command.options.flatMap(option => definition(flagsText(option), summaryOf(option))),
    ...(command.examples ?? []).flatMap(([line, what]) => [
      '.PP',
      ...lines(`${what}:`),
      '.RS 4',
      '.nf',
      ...lines(line),
      '.fi',
      '.RE'
    ])
  ]
}

function flagsText({ short, long, value }: Flags): string {
  return `${short === undefined ? '' : `${short}, `}${long}${value === undefined ? '' : ` <${value}>`}`
}

function summaryOf({ summary, choices }: Flags): string {
  return choices.length === 0 ? summary : `${summary} (${choices.join(', ')})`
}

function definition(name: string, meaning: string): string[] {
  return ['.TP', `.B ${escaped(name)}`, ...lines(meaning)]
}

function text(paragraph: string): string[] {
  return ['.PP', ...lines(paragraph)]
}

function lines(plain: string): string[] {
  return plain.split('\n').map(line => escaped(line).replace(/^([.'])/, String.raw`\&$1`))
}

function escaped(plain: string): string {
  return plain
    .replaceAll('\\', String.raw`\e`)
    .replaceAll('-', String.raw`\-`)
    .replaceAll('"', String.raw`\(dq`)
}
