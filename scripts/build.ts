/** Builds everything that runs outside the repository: the scanner's kernel, the program, the worker of executors, the page, what draws reports. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { buildKit } from './kit.ts'
import { buildReport } from './report.ts'

const run = (command: string, ...args: string[]): unknown => execFileSync(command, args, { stdio: 'inherit' })

const only = process.argv[2]
if (!only) rmSync('dist', { recursive: true, force: true })
mkdirSync('dist/scanner', { recursive: true })

if (!only || only === 'kernel')
  run(
    'asc',
    'src/scanner/kernel/index.ts',
    '-o',
    'dist/scanner/kernel.wasm',
    '-O3',
    '--noAssert',
    '--enable',
    'simd',
    '--enable',
    'bulk-memory',
    '--runtime',
    'stub',
    '--initialMemory',
    '16'
  )
if (!only || only === 'program') run('tsc', '-p', 'tsconfig.build.json')
if (!only || only === 'kit') await buildKit()
if (!only || only === 'page') run('vite', 'build', '--logLevel', 'warn')
if (!only || only === 'report') await buildReport()
