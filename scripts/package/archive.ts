import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

/** The time that files in archives have, in seconds: SOURCE_DATE_EPOCH, or that of the last commit. */
export function sourceDate(): number {
  const given = process.env['SOURCE_DATE_EPOCH']
  if (given !== undefined && /^\d+$/.test(given)) return Number(given)
  return Number(execFileSync('git', ['log', '-1', '--format=%ct'], { encoding: 'utf8' }))
}

/** What makes `tar` write the same bytes for the same files, whoever has made them when. */
const REPRODUCIBLE = [
  '--sort=name',
  '--format=gnu',
  '--owner=0',
  '--group=0',
  '--numeric-owner',
  '--mode=u=rwX,go=rX'
]

/** Packs `name` of a folder into a file; the same files in it give the same bytes. */
export function writeArchive(file: string, folder: string, name: string): string {
  mkdirSync(dirname(file), { recursive: true })
  const compress = ['--use-compress-program', 'gzip -n -9']
  const rules = [...REPRODUCIBLE, `--mtime=@${sourceDate()}`, ...compress]
  execFileSync('tar', [...rules, '-cf', file, '-C', folder, name])
  return file
}
