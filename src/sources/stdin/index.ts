import * as z from 'zod'
import { sourceKind } from '../kind.ts'
import { stdinSource } from './source.ts'

/** Standard input: for lines that another program hands over. */
export const stdinKind = sourceKind({
  name: 'stdin',
  summary: 'standard input',
  example: {},
  options: z.strictObject({}),
  reads: () => 'standard input',
  readsStdin: () => true,
  targets: ['-'],
  take: target => (target === '-' ? {} : undefined),
  open: () => stdinSource()
})
