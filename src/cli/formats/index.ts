import type { Command } from 'commander'
import { print, type Context } from '../context.ts'
import { addExamples } from '../options.ts'

/** `visor formats`: what `--format` knows by name. */
export function formatsCommand(program: Command, context: Context): void {
  const command = program
    .command('formats')
    .summary('list the formats that --format knows by name')
    .description('List the formats that --format knows by name, with the LogFormat string behind each.')
    .option('--json', 'print them as JSON, with the fields that each fills')
    .action((options: { json?: boolean }) => formats(options.json ?? false, context))
  addExamples(command, [
    ['visor formats', 'names, kinds and strings; docs/formats.md tells every directive'],
    ["visor formats --json | jq '.[0].fields'", 'what the lines of a format tell']
  ])
}

async function formats(json: boolean, context: Context): Promise<void> {
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
