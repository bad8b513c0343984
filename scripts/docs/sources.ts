import * as z from 'zod'
import { common } from '../../src/config/schema.ts'
import { SOURCES } from '../../src/sources/index.ts'
import { kafkaOptions } from '../../src/sources/kafka/options.ts'
import { serverTls } from '../../src/sources/net/settings.ts'
import { code, fill, table } from '../markdown.ts'

/** docs/sources.md: the kinds of sources and the settings of each. */
export function sourcesPage(): string {
  return fill('sources.md', {
    targets: table(
      ['type', 'what it reads', 'on the command line'],
      SOURCES.map(({ name, summary, targets = [] }) => [
        code(name),
        summary,
        name === 'file' ? 'a path or pattern' : targets.map(code).join(', ')
      ])
    ),
    common: z.strictObject(common),
    kinds: SOURCES,
    sasl: kafkaOptions.shape.sasl.unwrap(),
    tls: serverTls
  })
}
