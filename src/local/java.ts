import { join } from 'node:path'
import { VisorError } from '../core/errors.ts'
import type { Fetching } from './cache.ts'
import { runTool } from './tool.ts'

const OLDEST = 17

/** The Java to run Spark and Kafka with, that of JAVA_HOME before that of PATH. @throws VisorError LOCAL */
export async function findJava({ env, signal }: Pick<Fetching, 'env' | 'signal'>): Promise<string> {
  const home = env['JAVA_HOME']
  const java = home ? join(home, 'bin', 'java') : 'java'
  const missing = home
    ? `JAVA_HOME is ${home}, where there is no bin/java: set it to a Java ${OLDEST} or newer`
    : `there is no java: install Java ${OLDEST} or newer, or set JAVA_HOME`
  const { text } = await runTool(java, ['-version'], { signal, missing, env })
  const version = javaVersion(text)
  if (version === undefined || version < OLDEST)
    throw new VisorError(
      'LOCAL',
      `${java} is Java ${version ?? 'of an unknown version'}: Spark and Kafka take ${OLDEST} or newer; install one and set JAVA_HOME`
    )
  return java
}

/** The version in what `java -version` prints: `version "17.0.15"` is 17, `version "1.8.0_392"` is 8. */
export function javaVersion(text: string): number | undefined {
  const found = /version "(?:1\.)?(\d+)/.exec(text)?.[1]
  return found === undefined ? undefined : Number(found)
}

const opened = (module: string, names: readonly string[]): string[] =>
  names.map(name => `--add-opens=${module}/${name}=ALL-UNNAMED`)

/** What Spark's own scripts give to Java: `JavaModuleOptions` of its launcher, 4.2. */
export const SPARK_MODULES: readonly string[] = [
  '-XX:+IgnoreUnrecognizedVMOptions',
  '--add-modules=jdk.incubator.vector',
  ...opened(
    'java.base',
    ['lang', 'lang.invoke', 'lang.reflect', 'io', 'net', 'nio', 'util', 'util.concurrent'].map(
      name => `java.${name}`
    )
  ),
  ...opened('java.base', [
    'java.util.concurrent.atomic',
    'jdk.internal.ref',
    'sun.nio.ch',
    'sun.nio.cs',
    'sun.security.action',
    'sun.util.calendar'
  ]),
  ...opened('java.security.jgss', ['sun.security.krb5']),
  '-Dio.netty.tryReflectionSetAccessible=true',
  '-Dio.netty.allocator.type=pooled',
  '-Dio.netty.handler.ssl.defaultEndpointVerificationAlgorithm=NONE',
  '--sun-misc-unsafe-memory-access=allow',
  '--enable-native-access=ALL-UNNAMED'
]
