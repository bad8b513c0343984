import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { visor } from './visor.ts'

const has = (program: string): boolean => spawnSync(program, ['--version']).error === undefined

/** What each shell offers behind a line that is typed so far. */
const SHELLS: Readonly<Record<string, (line: string) => string[]>> = {
  bash: line => {
    const script = `source docs/shell/visor.bash
read -ra COMP_WORDS <<< "$1"; [[ $1 == *' ' ]] && COMP_WORDS+=('')
COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _visor; printf '%s\\n' "\${COMPREPLY[@]}"`
    return offered('bash', ['-c', script, 'bash', line])
  },
  fish: line =>
    offered('fish', ['-c', 'source docs/shell/visor.fish; complete -C "$argv[1]"', line]).map(
      one => one.split('\t')[0] ?? ''
    )
}

function offered(shell: string, args: readonly string[]): string[] {
  const { stdout, stderr } = spawnSync(shell, args, { encoding: 'utf8' })
  expect(stderr).toBe('')
  return stdout.split('\n').filter(one => one !== '')
}

describe.each(Object.entries(SHELLS))('%s', (shell, offers) => {
  const here = it.skipIf(!has(shell))
  here('completes commands, those of groups, options, and their choices', () => {
    expect(offers('visor wat')).toEqual(['watch'])
    expect(offers('visor alerts test-')).toEqual(['test-receiver', 'test-rule'])
    expect(offers('visor alerts list --ru')).toEqual(['--rule'])
    expect(offers('visor watch --from ')).toEqual(['beginning', 'end'])
    expect(offers('visor watch access.log --no-p')).toEqual(['--no-page'])
    expect(offers('visor query --no-p')).toEqual([])
  })
})

it.skipIf(!has('zsh'))('zsh reads its file', () => {
  const { status, stderr } = spawnSync('zsh', ['-n', 'docs/shell/_visor'], { encoding: 'utf8' })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
})

it.skipIf(!has('man'))('man shows the page without a warning', () => {
  const { status, stdout, stderr } = spawnSync('man', ['--warnings', '-l', 'docs/shell/visor.1'], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C', MANWIDTH: '100' }
  })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout).toContain('visor alerts silence [query]')
})

it('is printed for a shell, and for no other', async () => {
  expect((await visor(['completion', 'bash'])).out).toContain('complete -o default -F _visor visor')
  expect(await visor(['completion', 'tcsh'])).toMatchObject({
    exit: 2,
    err: expect.stringContaining('Name one of bash, zsh, fish.')
  })
})
