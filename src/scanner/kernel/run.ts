import { intern } from './dictionary'
import { fieldEnd } from './field'
import { findByte, same } from './find'
import { fail, flags, lineEnd, MISSING, NO_LITERAL, NO_NUMBER, NO_TIME, notCanonical, row, setFlags } from './line'
import { chainEnd, putChain } from './chain'
import { readJson } from './json'
import { readTimestamp } from './timestamp'
import { putAddress, readDecimal, readNumber } from './number'
import * as op from './program'
import { clearColumn, dictionaryOf, isAbsent, next, setCode, Step } from './program'
import { putRequest, putWholeTarget } from './request'
import { forget, readClf, readCtime, readPart } from './time'

/** Runs the steps up to `end` over the line from `p` on. Gives where they got to, 0 after a failure. */
export function runSteps(step: Step, end: usize, p: usize): usize {
  while (changetype<usize>(step) < end) {
    let q: usize = 0
    switch (step.kind) {
      case op.LITERAL: {
        if (p + step.length > lineEnd || !same(p, step.text, step.length)) return fail(NO_LITERAL, p, step.index)
        q = p + step.length
        break
      }
      case op.TEXT: {
        q = fieldEnd(step, p)
        if (q == 0 || ((step.mode & op.WORD) != 0 && !isWord(step, p, q))) return fail(MISSING, p, step.index)
        setCode(step.a, row, intern(dictionaryOf(step.a), p, q))
        q += step.skip
        break
      }
      case op.NUMBER: {
        q = readNumber(p, step)
        if (q == 0) return fail(NO_NUMBER, p, step.index)
        break
      }
      case op.DECIMAL: {
        q = readDecimal(p, step)
        if (q == 0) return fail(NO_NUMBER, p, step.index)
        break
      }
      case op.CHAIN: {
        q = chainEnd(step, p)
        if (q == 0) return fail(MISSING, p, step.index)
        putChain(step, p, q)
        q += step.skip
        break
      }
      case op.REQUEST: {
        q = fieldEnd(step, p)
        if (q == 0) return fail(MISSING, p, step.index)
        putRequest(step, p, q)
        q += step.skip
        break
      }
      case op.TARGET: {
        q = fieldEnd(step, p)
        if (q == 0) return fail(MISSING, p, step.index)
        putWholeTarget(step, p, q)
        q += step.skip
        break
      }
      case op.ADDRESS: {
        q = fieldEnd(step, p)
        if (q == 0) return fail(MISSING, p, step.index)
        putAddress(step, p, q)
        q += step.skip
        break
      }
      case op.GROUP: {
        q = runGroup(step, p)
        step = changetype<Step>(step.end)
        p = q
        continue
      }
      case op.TIMESTAMP: {
        q = readTimestamp(p, step)
        if (q == 0) return fail(NO_TIME, p, step.index)
        break
      }
      case op.JSON: {
        p = readJson(step, p)
        if (p == 0) return 0
        step = changetype<Step>(step.end)
        continue
      }
      default: {
        q = step.kind == op.CLF ? readClf(p, step) : step.kind == op.CTIME ? readCtime(p, step) : readPart(p, step)
        if (q == 0) return fail(NO_TIME, p, step.index)
      }
    }
    p = q
    step = next(step)
  }
  return p
}

/** Whether the bytes hold no space, and are not empty where the step does not take that. */
function isWord(step: Step, p: usize, end: usize): bool {
  if (p == end) return (step.mode & op.OR_EMPTY) != 0
  return findByte(p, end, 0x20) == end
}

/** Gives where the group got to: where it began when one of its steps failed. */
function runGroup(group: Step, p: usize): usize {
  const before = flags
  const q = runSteps(next(group), group.end, p)
  if (q == 0) {
    setFlags(before)
    clearSteps(next(group), group.end)
    return p
  }
  if (anyAbsent(next(group), group.end)) notCanonical()
  return q
}

/** Makes the fields of the steps up to `end` absent, those of groups among them too. */
function clearSteps(step: Step, end: usize): void {
  for (; changetype<usize>(step) < end; step = next(step)) {
    clearColumn(step.a, row)
    clearColumn(step.b, row)
    clearColumn(step.c, row)
    clearColumn(step.d, row)
    clearColumn(step.e, row)
    forget(step)
  }
}

/** Whether a field of a group is absent though the group is there; inner groups answer for themselves. */
function anyAbsent(step: Step, end: usize): bool {
  while (changetype<usize>(step) < end) {
    if (step.kind == op.GROUP) {
      step = changetype<Step>(step.end)
      continue
    }
    const filled = changetype<usize>(step.a) != 0
    if (filled && isAbsent(step.a, row) && (step.kind != op.REQUEST || isAbsent(step.e, row))) return true
    step = next(step)
  }
  return false
}
