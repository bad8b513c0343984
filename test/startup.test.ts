import { expect, it } from 'vitest'
import { visor } from './visor.ts'

/** What a command does not need it does not load: that is what a quick start is made of. */
it.each([
  [['--help'], 'commander'],
  [['formats'], 'commander'],
  [['parse', 'test/samples/combined.log'], 'commander'],
  [['report', 'test/samples/combined.log'], 'commander']
])('visor %j loads %s alone', async (args, packages) => {
  const { err } = await visor(args, { env: { NODE_OPTIONS: '--import ./test/loaded.ts' } })
  expect(err).toContain(`\nloaded: ${packages}\n`)
})
