import { conformsToEngine } from './contract.ts'
import { ENGINES } from './index.ts'
import { memoryKind } from './testing/memory.ts'

for (const kind of [...ENGINES, memoryKind]) conformsToEngine(kind)
