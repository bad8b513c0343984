import { conformsToEngine } from './contract.ts'
import { ENGINES } from './index.ts'
import { sparkKind } from './spark/index.ts'
import { memoryKind } from './testing/memory.ts'

// Spark's needs a Spark: spark/spark.test.ts.
for (const kind of [...ENGINES, memoryKind]) if (kind.name !== sparkKind.name) conformsToEngine(kind)
