import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { VisorError } from '../core/errors.ts'
import { cached, type Fetching } from './cache.ts'
import { errorIn, runTool } from './tool.ts'

/** Jars of Maven under one name. */
export interface Jars {
  readonly name: string
  /** `group:artifact:version` each. */
  readonly artifacts: readonly string[]
  /** With all that they need themselves; else these alone. */
  readonly transitive: boolean
}

/** A folder with these jars, and what else `finish` puts beside them; another one for each content of the list. */
export async function mavenJars(
  jars: Jars,
  fetching: Fetching,
  finish: (folder: string) => Promise<void> = async () => {}
): Promise<string> {
  const pom = pomOf(jars)
  const hash = createHash('sha256').update(pom).digest('hex').slice(0, 12)
  return cached(`${jars.name}-${hash}`, fetching, async folder => {
    fetching.progress(`getting ${jars.artifacts[0]} with Maven`)
    writeFileSync(join(folder, 'pom.xml'), pom)
    const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${join(folder, 'jars')}`]
    const { status, text } = await runTool('mvn', ['-q', '-B', '-f', join(folder, 'pom.xml'), ...goal], {
      ...fetching,
      missing: `there is no mvn to fetch ${jars.name} with: install Maven`
    })
    if (status !== 0) throw new VisorError('LOCAL', `mvn cannot fetch ${jars.name}: ${errorIn(text)}`)
    await finish(folder)
  })
}

function pomOf({ name, artifacts, transitive }: Jars): string {
  const alone =
    '<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>'
  const dependencies = artifacts.map(artifact => {
    const [group, id, version] = artifact.split(':')
    const which = `<groupId>${group}</groupId><artifactId>${id}</artifactId><version>${version}</version>`
    return `    <dependency>${which}${transitive ? '' : alone}</dependency>\n`
  })
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>visor</groupId><artifactId>${name}</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
${dependencies.join('')}  </dependencies>
</project>
`
}
