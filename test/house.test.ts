import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

/** Each check of `npm run check`, as a test that prints what the tool says. */
const CHECKS: readonly (readonly [name: string, command: string, ...args: string[]])[] = [
  ['types', 'tsc', '-p', 'tsconfig.json'],
  ['types of the page', 'tsc', '-p', 'src/page/tsconfig.json', '--noEmit'],
  ['lint', 'oxlint', '--type-aware', '--deny-warnings'],
  ['format', 'oxfmt', '--check']
]

it.each(CHECKS)('%s', (_, command, ...args) => {
  const { error, status, stdout, stderr } = spawnSync(`node_modules/.bin/${command}`, args, {
    encoding: 'utf8'
  })
  expect(error).toBeUndefined()
  expect(status, `${stdout}${stderr}`).toBe(0)
})

it('needs the same Node by package.json, launcher and README', () => {
  const [needed] = /"node": ">=(?<version>[\d.]+)"/.exec(readFileSync('package.json', 'utf8'))?.slice(1) ?? []
  expect(needed).toBeDefined()
  expect(readFileSync('bin/visor.js', 'utf8')).toContain(`OLDEST = [${needed?.split('.').join(', ')}]`)
  expect(readFileSync('README.md', 'utf8')).toContain(`Node ${needed} or newer`)
})
