#!/usr/bin/env node
// Plain old JavaScript, so that any Node that may be there can read it far enough to say that it is too old.
import childProcess from 'child_process'
import fs from 'fs'
import module from 'module'
import os from 'os'
import path from 'path'
import url from 'url'

const OLDEST = [22, 22]
const TOO_MANY_FILES =
  'this process may open too few files, not even its own: allow it more, `ulimit -n 4096`'
const root = path.dirname(path.dirname(url.fileURLToPath(import.meta.url)))

function newEnough(version) {
  const parts = version.split('.').map(Number)
  return parts[0] > OLDEST[0] || (parts[0] === OLDEST[0] && parts[1] >= OLDEST[1])
}

function fail(message) {
  process.stderr.write('visor: ' + message + '\n')
  process.exitCode = 1
}

/** Goes on under another Node: same arguments, same terminal, same exit code. The channel closes when this one dies. */
function goOnUnder(node) {
  const stdio = ['inherit', 'inherit', 'inherit', 'ipc']
  // Where processors have protection keys for memory, V8 may end a process whose threads compile WebAssembly.
  const args = ['--no-memory-protection-keys', ...process.argv.slice(1)]
  const child = childProcess.spawn(node, args, { stdio })
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  const forward = signal => child.kill(signal)
  for (const signal of signals) process.on(signal, forward)
  child.on('error', error => fail('cannot start ' + node + ': ' + error.message))
  child.on('exit', (code, signal) => {
    process.exitCode = signal ? 128 + os.constants.signals[signal] : code
  })
}

/** Under another Node's process, ends with it however it ended: nobody would know that this one still runs. */
function endWithLauncher() {
  if (!process.channel) return
  process.on('disconnect', () => process.exit(1))
  process.channel.unref()
}

/** Node 22 calls its SQLite experimental, in each thread that opens one; that is no news for who runs Visor. */
function keepQuiet() {
  const warn = process.emitWarning
  process.emitWarning = function (warning, ...about) {
    if (about[0] !== 'ExperimentalWarning') warn.call(process, warning, ...about)
  }
}

function start() {
  endWithLauncher()
  keepQuiet()
  const main = path.join(root, 'dist', 'cli', 'main.js')
  if (!fs.existsSync(main)) return fail('not built yet; run `npm run build` in ' + root)
  if (module.enableCompileCache) module.enableCompileCache()
  import(url.pathToFileURL(main).href)
    .then(visor => visor.runProcess())
    .catch(error => fail(/too many open files/i.test(error.message) ? TOO_MANY_FILES : error.stack))
}

process.stdout.on('error', error => {
  // A reader that has seen enough, as in `visor parse access.log | head`, is no error.
  if (error.code === 'EPIPE') process.exit(0)
  fail('cannot write standard output: ' + error.code)
  process.exit()
})

const development = path.join(root, 'node_modules', 'node-linux-' + process.arch, 'bin', 'node')
if (newEnough(process.versions.node)) start()
else if (fs.existsSync(development)) goOnUnder(development)
else
  fail(
    'Node ' +
      process.versions.node +
      ' is too old, ' +
      OLDEST.join('.') +
      ' or newer is needed; get it from https://nodejs.org or your package manager.'
  )
