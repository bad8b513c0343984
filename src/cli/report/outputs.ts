import { InvalidArgumentError } from 'commander'
import { extname } from 'node:path'
import { VisorError } from '../../core/errors.ts'
import { visible } from '../../core/visible.ts'
import type { ReportDocument } from '../../reports/block.ts'
import { drawnReport } from '../../reports/drawn.ts'
import { jsonText, print, terminalWidth, type Context } from '../context.ts'
import { checkWritable, writePrivate } from '../files.ts'

const SHAPES = ['txt', 'json', 'csv', 'html'] as const
type Shape = (typeof SHAPES)[number]

/** Where a report goes, standard output or a file, and as what. */
export interface ReportTarget {
  readonly shape: Shape
  readonly file?: string
}

/** A report as it is written: to people, and to programs. */
export interface WrittenReport {
  readonly document: ReportDocument
  /** What follows docs/report.schema.json. */
  readonly json: object
}

/** How many keys each panel shows where nobody says it: more where they can be sorted and searched. */
export function usualTop(targets: readonly ReportTarget[]): number {
  return targets.some(({ shape }) => shape === 'html' || shape === 'csv') ? 100 : 10
}

/** A target as its option has it, beside those given before. @throws InvalidArgumentError */
export function addTarget(text: string, before: readonly ReportTarget[] = []): readonly ReportTarget[] {
  const shape = SHAPES.find(shape => text === shape || extname(text) === `.${shape}`)
  if (shape === undefined)
    throw new InvalidArgumentError(
      'Expected txt, json, csv or html, or a file that ends in .txt, .json, .csv or .html.'
    )
  if (text !== shape) return [...before, { shape, file: text }]
  if (before.some(({ file }) => file === undefined))
    throw new InvalidArgumentError('Only one report can go to standard output; name a file for the others.')
  return [...before, { shape }]
}

/** Finds out before a long analysis whether its report can be written. Throws FILE_UNWRITABLE. */
export function checkTargets(targets: readonly ReportTarget[]): void {
  for (const { file } of targets) if (file !== undefined) checkWritable(file)
}

/** Writes a report to all targets; each that fails is told, and the others are written all the same. */
export async function writeReport(
  report: WrittenReport,
  targets: readonly ReportTarget[],
  { stdout, stderr }: Context
): Promise<void> {
  let failure: VisorError | undefined
  for (const { shape, file } of targets)
    try {
      const text = await drawn(report, shape, file === undefined ? terminalWidth(stdout) : 80)
      if (file === undefined) await print(stdout, text)
      else writePrivate(file, text)
    } catch (error) {
      if (!(error instanceof VisorError)) throw error
      if (failure) stderr.write(`visor: ${visible(failure.message)}\n`)
      failure = error
    }
  if (failure) throw failure
}

/** A report as text; `width` is that of plain text, in columns. */
async function drawn({ document, json }: WrittenReport, shape: Shape, width: number): Promise<string> {
  return shape === 'json' ? jsonText(json) : drawnReport(document, shape, width)
}
