import { conformsToEngine } from './contract.ts'
import { ENGINES } from './index.ts'
import { sparkKind } from './spark/index.ts'
import { memoryKind } from './testing/memory.ts'

// Spark's needs a Spark: spark/spark.test.ts.
for (const kind of ENGINES) if (kind.name !== sparkKind.name) conformsToEngine(kind)
// It knows of no watermark, and keeps no rejected lines.
conformsToEngine(memoryKind, category => category === 'rollup cells')
