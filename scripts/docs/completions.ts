import { GROUPS, LISTED, type Flags } from './commands.ts'

const MADE = 'Made by scripts/docs.ts from the declarations of the commands; do not edit.'

const SHELL_NAMES = GROUPS.slice(1).map(({ path }) => path)

/** For bash: what may follow the words so far. Where nothing is offered bash completes the names of files. */
export function bashCompletion(): string {
  const values = LISTED.flatMap(({ path, options }) =>
    options
      .filter(({ value }) => value !== undefined)
      .map(option => {
        const flags = namesOf(option).map(flag => `'${path} ${flag}'`)
        return `    ${flags.join(' | ')}) words='${option.choices.join(' ')}' ;;`
      })
  )
  const words = [
    ...GROUPS.map(
      ({ path, commands }) => `    '${path}') words='${commands.map(({ name }) => name).join(' ')}' ;;`
    ),
    ...LISTED.map(
      ({ path, options }) =>
        `    '${path}') [[ $now != -* ]] || words='${options.flatMap(namesOf).join(' ')}' ;;`
    )
  ]
  return `# Completion of Visor's command line for bash. ${MADE}
_visor() {
  local now=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} path= words=
  ((COMP_CWORD > 1)) && path=\${COMP_WORDS[1]}
  case $path in
    ${SHELL_NAMES.join(' | ')}) ((COMP_CWORD > 2)) && path+=" \${COMP_WORDS[2]}" ;;
  esac
  case "$path $before" in
${values.join('\n')}
    *) case $path in
${words.map(line => `  ${line}`).join('\n')}
    esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$now"))
}
complete -o default -F _visor visor
`
}

/** For fish. */
export function fishCompletion(): string {
  const groups = GROUPS.flatMap(({ path, commands }) =>
    commands.map(
      ({ name, summary }) => `complete -c visor -f -n ${condition(path)} -a ${name} -d ${quoted(summary)}`
    )
  )
  const options = LISTED.flatMap(({ path, options }) =>
    options.map(({ short, long, value, choices, summary }) =>
      [
        `complete -c visor -n ${condition(path)} -l ${long.slice(2)}`,
        ...(short === undefined ? [] : [`-s ${short.slice(1)}`]),
        ...(value === undefined ? [] : [choices.length > 0 ? `-x -a ${quoted(choices.join(' '))}` : '-r']),
        `-d ${quoted(summary)}`
      ].join(' ')
    )
  )
  return `# Completion of Visor's command line for fish. ${MADE}
function __visor_at
    set -l words (commandline -opc)[2..]
    set -l path $words[1]
    if contains -- "$path" ${SHELL_NAMES.join(' ')}; and set -q words[2]
        set path "$path $words[2]"
    end
    test "$path" = "$argv[1]"
end
${[...groups, ...options].join('\n')}
`
  function condition(path: string): string {
    return `"__visor_at '${path}'"`
  }
}

/** For zsh. */
export function zshCompletion(): string {
  const groups = GROUPS.map(({ path, commands }) => {
    const entries = commands.map(
      ({ name, summary }) => `      ${quoted(`${name}:${summary.replaceAll(':', String.raw`\:`)}`)}`
    )
    return `    '${path}')\n      commands=(\n${entries.map(entry => `  ${entry}`).join('\n')}\n      )\n      _describe command commands ;;`
  })
  const commands = LISTED.map(({ path, options }) => {
    const specs = options.flatMap(zshSpecs).map(spec => `        ${spec}`)
    return `    '${path}')\n      _arguments -s \\\n${[...specs, "        '*:file:_files'"].join(' \\\n')} ;;`
  })
  return `#compdef visor
# Completion of Visor's command line for zsh. ${MADE}
_visor() {
  local path= depth=1
  local -a commands
  ((CURRENT > 2)) && path=$words[2] depth=2
  case $path in
    ${SHELL_NAMES.join(' | ')}) ((CURRENT > 3)) && path+=" $words[3]" depth=3 ;;
  esac
  # What is completed are the words behind the command.
  if ((depth > 1)); then
    shift $((depth - 1)) words
    ((CURRENT -= depth - 1))
  fi
  case $path in
${[...groups, ...commands].join('\n')}
  esac
}
if [[ $funcstack[1] = _visor ]]; then _visor "$@"; else compdef _visor visor; fi
`
}

function zshSpecs(option: Flags): string[] {
  const text = option.summary.replaceAll(/[[\]\\:]/g, String.raw`\$&`)
  const { value, choices } = option
  const name = value?.replaceAll(/[^\w ]/g, ' ') ?? ''
  const what =
    choices.length > 0 ? `(${choices.join(' ')})` : /file|folder|target/.test(name) ? '_files' : ' '
  return namesOf(option).map(flag =>
    quoted(`*${flag}[${text}]${value === undefined ? '' : `:${name}:${what}`}`)
  )
}

function namesOf({ short, long }: Flags): string[] {
  return short === undefined ? [long] : [short, long]
}

/** A text as one word of a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
