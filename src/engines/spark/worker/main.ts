/**
 * What runs on executors: Spark starts it for each of its tasks, which gives it rows on standard input and takes those that
 * it writes. What it has to say otherwise goes to standard error, which Spark shows where a task fails.
 */
import type { Modes } from './serve.ts'
import { end } from './stdio.ts'

/** What it can do, each loaded when it is asked for. */
const MODES: Modes = {
  /** `count JOB-FILE TIME`: rows of tasks to rows of results. */
  async count(args, use) {
    const { countTasks } = await import('./count.ts')
    await countTasks(args, use)
  },
  /** `rows JOB-FILE TIME TASKS`: rows of messages to rows of results. */
  async rows(args) {
    const { countRows } = await import('./rows.ts')
    await countRows(args)
  },
  /** `merge JOB-FILE TIME`: rows of results to fewer, with the counts of a part in one. */
  async merge(args, use) {
    const { mergeParts } = await import('./merge.ts')
    mergeParts(args, use)
  },
  /** `serve ROOM EXECUTOR`: does what launch.sh asks it for, one thing after the other. */
  async serve(args) {
    const { serveTasks } = await import('./serve.ts')
    await serveTasks(args, MODES)
  },
  /** `report JOB-FILE TIME`: rows of lines to one row with all that is in them. */
  async report(args) {
    const { reportLines } = await import('./report.ts')
    reportLines(args)
  },
  /** `archive JOB-FILE TIME`: rows of tasks to a row for each of their lines. */
  async archive(args) {
    const { writeRows } = await import('./archive.ts')
    await writeRows(args)
  },
  /** `search JOB-FILE TIME`: rows of archived lines to what was asked of them. */
  async search(args) {
    const { searchLines } = await import('./search.ts')
    searchLines(args)
  },
  /** `probe JOB-FILE TIME`: a row on the place where it runs, and what answers there, for each row. */
  async probe(args) {
    const { probePlace } = await import('./probe.ts')
    await probePlace(args)
  }
}

const [, , mode = '', ...args] = process.argv
const run = Object.hasOwn(MODES, mode) ? MODES[mode] : undefined
if (!run) end(new RangeError(`there is no mode "${mode}"; there are ${Object.keys(MODES).join(', ')}`))
// Connections need not be closed, which takes longer than a small task.
run(args).then(() => process.exit(), end)
