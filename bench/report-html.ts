/**
 * The report of a log as one HTML file, by `visor report` and by GoAccess, in one run on the same file: time, size, and the panels of
 * both: node bench/report-html.ts LOG [RUNS]. LOG is a combined log, best a large one.
 */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { installed, race, table, type Contender } from './compare.ts'

const [log, runs = '3'] = process.argv.slice(2)
if (log === undefined) throw new Error('usage: node bench/report-html.ts LOG [RUNS]')

const folder = mkdtempSync(join(tmpdir(), 'visor-bench-'))
const [ours, theirs] = [join(folder, 'visor.html'), join(folder, 'goaccess.html')]
const contenders: Contender[] = [
  {
    name: 'visor report -o report.html',
    command: process.execPath,
    args: ['bin/visor.js', 'report', log, '-o', ours]
  }
]
if (installed('goaccess'))
  contenders.push({
    name: 'goaccess -o report.html',
    command: 'goaccess',
    args: [log, '--log-format=COMBINED', '-o', theirs, '--no-global-config', '--no-progress']
  })

const megabytes = (statSync(log).size / 1e6).toFixed(1)
console.log(`${log}: ${megabytes} MB; ${cpus().length} x ${cpus()[0]?.model}; Node ${process.version}\n`)
console.log(table(race(contenders, Number(runs))))
console.log(`\nvisor: ${statSync(ours).size} bytes`)
for (const [id, rows] of panels(readFileSync(ours, 'utf8'))) console.log(`  ${id}: ${rows} rows`)
if (contenders.length > 1) {
  console.log(`\ngoaccess: ${statSync(theirs).size} bytes`)
  for (const [id, rows] of theirPanels(readFileSync(theirs, 'utf8'))) console.log(`  ${id}: ${rows} rows`)
}
rmSync(folder, { recursive: true })

/** Blocks of Visor's file with the rows of their tables. */
function* panels(html: string): Generator<[string, number]> {
  for (const block of html.split('<section class="').slice(1)) {
    const name = /id="block-([\w-]+)"/.exec(block)?.[1]
    if (name !== undefined) yield [name, block.match(/<th scope="row"/g)?.length ?? 0]
  }
}

/** Panels of GoAccess's file with their rows. */
function theirPanels(html: string): [string, number][] {
  const json = /var json_data=(\{.*?\})(?:;|<\/script>)/s.exec(html)?.[1]
  const data: Record<string, { data?: unknown[] }> = JSON.parse(json ?? '{}')
  return Object.entries(data).map(([name, panel]) => [name, panel.data?.length ?? 0])
}
