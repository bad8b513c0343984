import { describe } from 'vitest'
import { conformsToRule } from './contract.ts'
import { RULES } from './index.ts'

describe.each(RULES)('$name', kind => conformsToRule(kind))
