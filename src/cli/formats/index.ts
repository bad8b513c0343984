import { command } from '../command.ts'
import { print, type Context } from '../context.ts'
import { flag } from '../options.ts'

/** `visor formats`: what `--format` knows by name. */
export const formatsCommand = command({
  name: 'formats',
  summary: 'list the formats that --format knows by name',
  description: 'List the formats that --format knows by name, with the LogFormat string behind each.',
  options: { json: flag('--json', 'print them as JSON, with the fields that each fills') },
  examples: [
    ['visor formats', 'names, kinds and strings; docs/formats.md describes every directive'],
    ["visor formats --json | jq '.[0].fields'", 'what the lines of a format contain']
  ],
  run: (_, { json = false }, context) => listFormats(json, context)
})

async function listFormats(json: boolean, context: Context): Promise<void> {
  const { PRESETS } = await import('../../formats/index.ts')
  if (json) {
    const known = PRESETS.map(({ name, kind, text, fields }) => ({ name, kind, text, fields }))
    return print(context.stdout, `${JSON.stringify(known, null, 2)}\n`)
  }
  const { table } = await import('../../reports/layout.ts')
  const rows = PRESETS.map(({ name, kind, text }) => [name, kind, text])
  const widest = Math.max(...rows.map(row => row.join('  ').length)) + 20
  const columns = [{ align: 'left' }, { align: 'left' }, { align: 'left', fills: true }] as const
  return print(context.stdout, `${table(columns, rows, widest).join('\n')}\n`)
}
