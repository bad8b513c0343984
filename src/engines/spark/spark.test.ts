import { describe } from 'vitest'
import { sparkMissing, sparkServer } from '../../../test/spark.ts'
import { conformsToEngine } from '../contract.ts'
import { sparkKind } from './index.ts'

const missing = sparkMissing === undefined ? '' : `: skipped, ${sparkMissing}`

describe.skipIf(sparkMissing !== undefined)(`on a real Spark${missing}`, async () => {
  const { connect } = sparkMissing === undefined ? await sparkServer() : { connect: '' }
  for (const lines of [true, false])
    conformsToEngine({
      ...sparkKind,
      name: `spark, ${lines ? 'with' : 'without'} lines`,
      example: { connect, lines, batch: { interval: '50ms' } }
    })
})
