import { flatten, leadingTime, type JsonMember, type Step } from '../core/program.ts'

/** A step as the kernel gets it: `inner` steps belong to it (to a timed text the time behind it), `skip` bytes behind a field are done with. */
export interface Placed {
  /** The position by which rejections name it. */
  readonly index: number
  readonly inner: number
  readonly skip: number
  /** `undefined` for a name on the way to members of JSON that is none itself. */
  readonly step: Step | undefined
  /** Of a member of JSON, and of such a name: as it stands in a line. */
  readonly name?: string
  readonly required?: boolean
}

/**
 * Steps in the kernel's order, counted from `index`. A literal that is just what ends the field before it is left
 * out, since it has been found already, and the field skips it.
 */
export function place(steps: readonly Step[], index: number): Placed[] {
  const placed: Placed[] = []
  let ended = ''
  for (const [at, step] of steps.entries()) {
    const inner = placeInner(step, index + 1)
    const follower = steps[at + 1]
    const skipped = step.op === 'literal' && step.text === ended && ended !== ''
    ended = endOf(step)
    const skip = follower?.op === 'literal' && follower.text === ended ? Buffer.byteLength(ended) : 0
    const timed = step.op === 'text' && step.timed ? leadingTime(steps.slice(at + 1)) : []
    const count = timed.length > 0 ? timed.length - Number(skip > 0) : inner.length
    if (!skipped) placed.push({ step, index, inner: count, skip }, ...inner)
    index += flatten([step]).length
  }
  return placed
}

function placeInner(step: Step, index: number): Placed[] {
  if (step.op === 'json') {
    return placeNames(
      step.members.map((member, i) => ({ ...member, index: index + i })),
      0
    )
  }
  return step.op === 'group' ? place(step.steps, index) : []
}

/** The tree of the names at `depth` of some members' paths, each before those below it. */
function placeNames(members: readonly (JsonMember & { index: number })[], depth: number): Placed[] {
  const byName = Map.groupBy(members, ({ path }) => path[depth] ?? '')
  return Array.from(byName).flatMap(([name, all]) => {
    const own = all.find(({ path }) => path.length === depth + 1)
    const below = placeNames(
      all.filter(({ path }) => path.length > depth + 1),
      depth + 1
    )
    const { index = 0, step, required = false } = own ?? {}
    const raw = JSON.stringify(name).slice(1, -1)
    return [{ step, index, inner: below.length, skip: 0, name: raw, required }, ...below]
  })
}

/** The text that is sure to stand behind a step, as far as its field's end goes. */
function endOf(step: Step): string {
  return 'until' in step && !(step.op === 'text' && (step.last || step.orEnd)) ? step.until : ''
}
