import { describe, expect, it } from 'vitest'
import { ERRORS, errorOf, knownError, plainError, REFUSALS, VisorError } from './errors.ts'

/** An error as Node gives it for what the system has refused. */
const system = (code: string, more: object = {}): Error =>
  Object.assign(new Error(`${code}: something, open '/x'`), { code, errno: -1, syscall: 'open', ...more })

describe('what to do about an error', () => {
  const own = new VisorError('CONFIG', 'inner', { remedy: 'Do this.' })
  const cases: [what: string, cause: unknown, remedy: string | undefined][] = [
    ['nothing is known of', undefined, ERRORS.STORE_BROKEN.remedy],
    ['the system has refused', system('ENOSPC'), REFUSALS['ENOSPC']?.remedy],
    ['of a port', system('EACCES', { port: 80 }), REFUSALS['EACCES port']?.remedy],
    ['of a file', system('EACCES'), REFUSALS['EACCES']?.remedy],
    ['a library has worded', new Error('IO Error: "/x": Too many open files'), REFUSALS['EMFILE']?.remedy],
    ['a library has named', new Error('Worker initialization failure: EMFILE'), REFUSALS['EMFILE']?.remedy],
    ['another one has led to', own, 'Do this.'],
    ['that is none of the system', new Error('EVERYTHING is wrong'), ERRORS.STORE_BROKEN.remedy]
  ]
  it.each(cases)('that %s', (_what, cause, remedy) => {
    expect(new VisorError('STORE_BROKEN', 'x', { cause }).remedy).toBe(remedy)
    expect(new VisorError('STORE_BROKEN', 'x', { cause, remedy: 'That.' }).remedy).toBe('That.')
  })

  it('is said of its code where that names one case already', () => {
    expect(new VisorError('DISK_FULL', 'x', { cause: system('ENOSPC') }).remedy).toBe(ERRORS.DISK_FULL.remedy)
    expect(new VisorError('SPARK', 'x', { cause: system('ECONNREFUSED') }).remedy).toBe(ERRORS.SPARK.remedy)
  })

  it('goes with it to another thread', () => {
    expect(errorOf(plainError(own))).toMatchObject({ code: 'CONFIG', message: 'inner', remedy: 'Do this.' })
    expect(errorOf(plainError(system('EMFILE')))).toMatchObject({
      code: 'SYSTEM',
      remedy: REFUSALS['EMFILE']?.remedy
    })
    expect(errorOf(plainError(new TypeError('a defect')))).not.toBeInstanceOf(VisorError)
  })

  it('is known of what the system refuses, whatever it is, and of no defect', () => {
    expect(knownError(system('EWHATEVER'))).toMatchObject({ code: 'SYSTEM', remedy: ERRORS.SYSTEM.remedy })
    expect(knownError(new TypeError('x is not a function'))).toBeUndefined()
  })
})
