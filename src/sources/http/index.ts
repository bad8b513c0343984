import { addressText } from '../../core/address.ts'
import { sourceKind } from '../kind.ts'
import { httpOptions } from './options.ts'

/** Lines that are posted: each request is answered once its lines are stored. */
export const httpKind = sourceKind({
  name: 'http',
  summary: 'lines posted over HTTP as text or JSON; a request is answered once its lines are stored',
  example: { listen: 8514, token: '${VISOR_TOKEN}', body: '1MiB' },
  options: httpOptions,
  reads: ({ listen, tls }) => `POST to ${tls ? 'https' : 'http'}://${addressText(listen)}/`,
  async open(options, _known, dependencies) {
    const { httpSource } = await import('./source.ts')
    return httpSource(options, dependencies)
  }
})
