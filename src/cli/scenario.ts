import { settingsIn, parseConfigDocument } from '../config/document.ts'
import { readText, validate } from '../config/validate.ts'
import { classicOptions, isClassic, type ClassicOptions } from '../generator/classic/options.ts'
import { scenarioOptions, type Scenario } from '../generator/scenario.ts'

/** What a generator is to make: a scenario, or the settings of a file of the first Visor. */
export type ScenarioFile =
  | { readonly classic: false; readonly scenario: Scenario }
  | { readonly classic: true; readonly options: ClassicOptions }

/**
 * Reads a scenario, YAML or JSON, or a configuration of the first Visor's generator; the calm site when no file is named.
 * @throws VisorError SCENARIO that names every mistake with its line; FILE_MISSING, FILE_UNREADABLE
 */
export function readScenario(file: string | undefined): ScenarioFile {
  if (file === undefined) return { classic: false, scenario: scenarioOptions.parse({}) }
  const source = parseConfigDocument(file, readText(file, 'scenario'))
  return isClassic(settingsIn(source))
    ? { classic: true, options: validate(source, classicOptions, 'SCENARIO') }
    : { classic: false, scenario: validate(source, scenarioOptions, 'SCENARIO') }
}
