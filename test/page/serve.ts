/**
 * Serves the built page over made-up traffic, for work on the page: `node test/page/serve.ts [PORT] [empty|STATE]`, where STATE is
 * that of an engine elsewhere.
 */
import { signedLinks } from '../../src/server/alerts/links.ts'
import { createFake } from './fake.ts'
import { catchingUp, failing, sampleEngine, starting } from './sample-engine.ts'
import { sampleAlertsService } from './sample-alerts.ts'
import { startTestServer } from './access.ts'

const links = signedLinks(Buffer.alloc(32), Date.now)
const dashboard = createFake({ clock: Date.now, alerts: sampleAlertsService(Date.now, links) })
const engines = {
  working: sampleEngine,
  behind: catchingUp,
  failing: (now: number) => failing(now, 31_000),
  starting
}
const engine = Object.entries(engines).find(([state]) => state === process.argv[3])?.[1]
if (engine) dashboard.engine(engine(Date.now()))
if (process.argv[3] !== 'empty') {
  dashboard.traffic(60_000, 3600)
  dashboard.reject(
    '\u0016\u0003\u0001\u0002 \u202egnp.exe <img src=x onerror=alert(1)>',
    'a time was expected at column 1'
  )
  dashboard.traffic(14, 3)
  setInterval(() => {
    dashboard.traffic(4, 0.25)
    dashboard.changed()
  }, 250)
}
const server = await startTestServer({ port: Number(process.argv[2] ?? 7070), dashboard, page: 'dist/page' })
console.log(server.address)
