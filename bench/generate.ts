/**
 * `visor generate` into a file as a whole process, beside flog where it is installed: node bench/generate.ts [LINES] [RUNS]
 * All write lines of the combined format; lines are made on one thread.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installed, race, table, type Contender } from './compare.ts'

const [lines = '3000000', runs = '5'] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'visor-bench-'))
const made = ['-n', lines, '--rate', '1000000', '--speed', 'max', '--seed', '1', '--start', '2026-01-01']

/** Each run writes a file anew. */
function contender(name: string, command: string, args: readonly string[], file: string): Contender {
  const shell = `rm -f ${file}; exec ${[command, ...args].join(' ')}`
  return { name, command: 'sh', args: ['-c', shell] }
}

function generate(name: string, ...more: readonly string[]): Contender {
  const file = join(folder, 'visor.log')
  return contender(name, process.execPath, ['bin/visor.js', 'generate', ...made, '-o', file, ...more], file)
}

const contenders = [
  generate('visor generate'),
  generate('visor generate, with the truth', '--truth', join(folder, 'truth.json')),
  generate(
    'visor generate, vhost_combined and error log',
    '-f',
    'vhost_combined',
    '-e',
    join(folder, 'error.log')
  )
]
if (installed('flog')) {
  const file = join(folder, 'flog.log')
  contenders.push(
    contender('flog', 'flog', ['-f', 'apache_combined', '-n', lines, '-t', 'log', '-o', file, '-w'], file)
  )
}
const timings = race(contenders, Number(runs))
console.log(`${lines} lines\n\n${table(timings)}\n`)
for (const { name, median } of timings)
  console.log(`${name}: ${Math.round(Number(lines) / median / 1000)} thousand lines/s`)
rmSync(folder, { recursive: true })
