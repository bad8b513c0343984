import type { SparkCallOptions } from './connection.ts'
import { SparkError } from './problem.ts'
import { aliasOf, localRelation, sqlOver } from './relation.ts'
import type { SparkSession } from './session.ts'

/** A file that executors are to have. */
export interface SparkArtifact {
  /** `files/NAME`, or `archives/FILE.tar.gz#NAME`. */
  readonly name: string
  /** A file of it on executors, by which it is known whether they have it: relative to the session's folder. */
  readonly holds: string
  readonly read: () => Promise<Uint8Array>
}

/**
 * Uploads those of some artifacts that the session does not have yet, and comes to their names. A session that goes on, such as
 * after a restart of Visor, has them. @throws SparkError, with the code SPARK_SCRIPTS where executors run no programs
 */
export async function provideArtifacts(
  session: SparkSession,
  artifacts: readonly SparkArtifact[],
  call: SparkCallOptions = {}
): Promise<string[]> {
  const there = await found(session, artifacts, call)
  const missing = artifacts.filter(({ holds }) => !there.has(holds))
  for (const { name, read } of missing) await session.upload(name, await read(), call)
  return missing.map(({ name }) => name)
}

/** Which of the files an executor has. It has them all or lacks them all by session, so any executor may be asked. */
async function found(
  session: SparkSession,
  artifacts: readonly SparkArtifact[],
  call: SparkCallOptions
): Promise<ReadonlySet<string>> {
  const alias = aliasOf('artifacts')
  const input = localRelation({ file: { type: 'text', values: artifacts.map(({ holds }) => holds) } })
  const command = `while read -r file; do [ -e "./${session.serverSession}/$file" ] && echo "$file"; done; true`
  const query = `SELECT TRANSFORM(file) USING '${command}' AS (file STRING) FROM ${alias}`
  try {
    const rows = await session.query(sqlOver(query, { [alias]: input }), call)
    return new Set(rows.map(({ file }) => String(file)))
  } catch (error) {
    throw error instanceof SparkError ? scriptsProblem(error) : error
  }
}

/** Whoever ended an executor, or a program from outside, has not forbidden programs. */
const ENDED =
  /ExecutorLostFailure|executor \S+ (?:exited|was lost)|exit ?code:? ?=? ?(?:137|143)|Remote RPC client/i

/** The error of a first program on executors: they may not be allowed to run any, or cannot run this one. */
export function scriptsProblem(error: SparkError): SparkError {
  if (error.kind !== 'plan' && error.kind !== 'task') return error
  if (Number(error.status) > 128 || ENDED.test(`${error.message} ${error.detail}`)) return error
  const { kind, message, errorClass, detail, status, cause } = error
  return new SparkError(kind, `no program runs on Spark's executors: ${message}`, {
    code: 'SPARK_SCRIPTS',
    detail,
    cause,
    ...(errorClass !== undefined && { errorClass }),
    ...(status !== undefined && { status })
  })
}
