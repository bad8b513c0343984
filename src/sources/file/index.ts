import { stdinSource } from '../stdin/source.ts'
import { sourceKind } from '../kind.ts'
import { fileAccount } from './position.ts'
import { fileOptions, pathsOf, type FileOptions } from './options.ts'

/** Log files, followed through every kind of rotation. */
export const fileKind = sourceKind({
  name: 'file',
  summary: 'log files, each line exactly once through every kind of rotation',
  example: { paths: ['/var/log/apache2/*access.log'], from: 'end' },
  options: fileOptions,
  reads: options => (readsStdin(options) ? 'standard input' : pathsOf(options).join(', ')),
  files: options => pathsOf(options).filter(path => path !== '-'),
  readsStdin,
  withPaths: (options, absolute) => ({
    ...options,
    path: undefined,
    paths: pathsOf(options).map(path => (path === '-' ? path : absolute(path)))
  }),
  ends: async options => (await import('./ends.ts')).fileEnds(options),
  account: fileAccount,
  async open(options, known, { clock }) {
    if (readsStdin(options)) return stdinSource()
    const { fileSource } = await import('./source.ts')
    return fileSource(options, known, clock)
  }
})

function readsStdin(options: FileOptions): boolean {
  return pathsOf(options).includes('-')
}
