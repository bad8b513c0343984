import { describe, expect, it } from 'vitest'
import { executorsAt } from '../src/local/spark/look.ts'
import { sparkMissing, sparkServer } from './spark.ts'

describe.skipIf(sparkMissing !== undefined)(
  `the Spark of the tests${sparkMissing ? `: ${sparkMissing}` : ''}`,
  () => {
    it('is one for all who ask at once', async () => {
      const [one, other] = await Promise.all([sparkServer(), sparkServer()])
      expect(one).toEqual(other)
      expect(await executorsAt(one.ui, AbortSignal.timeout(10_000))).toEqual([{ id: 'driver', cores: 2 }])
    })
  }
)
