import { readFileSync } from 'node:fs'
import { VisorError } from '../../core/errors.ts'
import { command } from '../command.ts'
import { print } from '../context.ts'

/** Made by `npm run docs` from the declarations of all commands. */
const FILES = {
  bash: 'visor.bash',
  zsh: '_visor',
  fish: 'visor.fish'
} as const

/** `visor completion`: what a shell reads to complete Visor's commands and options. */
export const completionCommand = command({
  name: 'completion',
  summary: 'what a shell reads to complete commands',
  description: 'Print the completion of commands and options for a shell: bash, zsh or fish.',
  arguments: [['<shell>', Object.keys(FILES).join(', ')]],
  options: {},
  examples: [
    ['source <(visor completion bash)', 'this bash; put it into ~/.bashrc for all'],
    ['visor completion fish > ~/.config/fish/completions/visor.fish', 'fish'],
    ['visor completion zsh > "${fpath[1]}/_visor"', 'zsh']
  ],
  run: async ([shell], _, context) => {
    const file = Object.entries(FILES).find(([name]) => name === shell)?.[1]
    if (file === undefined) throw unknownShell(shell)
    await print(context.stdout, readFileSync(new URL(`../../../docs/shell/${file}`, import.meta.url), 'utf8'))
  }
})

function unknownShell(shell: string): VisorError {
  return new VisorError('USAGE', `there is no completion for ${shell}`, {
    remedy: `Name one of ${Object.keys(FILES).join(', ')}.`
  })
}
