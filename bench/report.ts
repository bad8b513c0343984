/**
 * Whole-process time of `visor report` against wc, and against GoAccess and lnav where they are installed, on the
 * same file in one run: node bench/report.ts LOG [RUNS]
 * LOG is a combined log, best a large one (a sample a hundred times over).
 */
import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { installed, race, table, type Contender } from './compare.ts'

const [log, runs = '5'] = process.argv.slice(2)
if (log === undefined) throw new Error('usage: node bench/report.ts LOG [RUNS]')

const visor = [process.execPath, 'bin/visor.js', 'report', log, '-o', 'json'] as const
const [command, ...args] = visor
const contenders: Contender[] = [
  { name: 'visor report', command, args },
  { name: 'visor report, one thread', command, args: [...args, '--jobs', '1'] },
  { name: 'wc -l', command: 'wc', args: ['-l', log] }
]
if (installed('goaccess'))
  contenders.push({
    name: 'goaccess',
    command: 'goaccess',
    args: [
      log,
      '--log-format=COMBINED',
      '-o',
      '/dev/null',
      '--output-format=json',
      '--no-global-config',
      '--no-progress'
    ]
  })
if (installed('lnav'))
  contenders.push({
    name: 'lnav, one count',
    command: 'lnav',
    args: ['-n', '-c', ';select c_ip, count(*) from access_log group by c_ip order by 2 desc limit 10', log]
  })

const bytes = readFileSync(log).length
console.log(
  `${log}: ${(bytes / 1e6).toFixed(1)} MB; ${cpus().length} x ${cpus()[0]?.model}; Node ${process.version}\n`
)
console.log(table(race(contenders, Number(runs))))
