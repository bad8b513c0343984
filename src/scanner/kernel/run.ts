import { intern } from './dictionary'
import { fieldEnd } from './field'
import { findByte, findText, same } from './find'
import { fail, failAt, failReason, failStep, flags, lineEnd, MISSING, NO_LITERAL, NO_NUMBER, NO_TIME, notCanonical, row, setFlags } from './line'
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
  /** The last timed text, where it began, where it ended first, and the flags that the line had there. */
  let timed = changetype<Step>(0)
  let timedFrom: usize = 0
  let timedTo: usize = 0
  let timedFlags: u32 = 0
  while (changetype<usize>(step) < end) {
    let q: usize = 0
    switch (step.kind) {
      case op.LITERAL: {
        if (p + step.length > lineEnd || !same(p, step.text, step.length)) q = fail(NO_LITERAL, p, step.index)
        else q = p + step.length
        break
      }
      case op.TEXT: {
        if ((step.mode & op.HEADED) != 0) {
          const group = next(step)
          p = runHeaded(step, group, p)
          step = changetype<Step>(group.end)
          continue
        }
        q = fieldEnd(step, p)
        if (q == 0 || ((step.mode & op.WORD) != 0 && !isWord(step, p, q))) return fail(MISSING, p, step.index)
        setCode(step.a, row, intern(dictionaryOf(step.a), p, q))
        if ((step.mode & op.TIMED) != 0) {
          timed = step
          timedFrom = p
          timedTo = q
          timedFlags = flags
        }
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
        if (q == 0) fail(NO_TIME, p, step.index)
      }
    }
    if (q == 0) {
      if (changetype<usize>(timed) == 0 || changetype<usize>(step) >= timed.end) return 0
      p = runTimed(timed, timedFrom, timedTo, timedFlags)
      if (p == 0) return 0
      step = changetype<Step>(timed.end)
      continue
    }
    p = q
    step = next(step)
  }
  return p
}

/**
 * Lets a text from `p` on, behind whose first end `q` no time could be read, end at the next place where one can. Gives where
 * that time ends, 0 with the first failure where there is no such place.
 */
function runTimed(step: Step, p: usize, q: usize, before: u32): usize {
  const reason = failReason
  const at = failAt
  const index = failStep
  while ((q = findText(q + 1, lineEnd, step.text, step.length)) != 0) {
    setFlags(before)
    clearSteps(next(step), step.end)
    const end = runSteps(next(step), step.end, q + step.skip)
    if (end == 0) continue
    setCode(step.a, row, intern(dictionaryOf(step.a), p, q))
    return end
  }
  return fail(reason, at, index)
}

/** A text that ends where the group behind it can be read, or with the line. Gives where the line goes on. */
function runHeaded(step: Step, group: Step, p: usize): usize {
  for (let q = findText(p, lineEnd, step.text, step.length); q != 0; q = findText(q + 1, lineEnd, step.text, step.length)) {
    const behind = runGroup(group, q)
    if (behind == q) continue
    setCode(step.a, row, intern(dictionaryOf(step.a), p, q))
    return behind
  }
  setCode(step.a, row, intern(dictionaryOf(step.a), p, lineEnd))
  clearSteps(next(group), group.end)
  return lineEnd
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
