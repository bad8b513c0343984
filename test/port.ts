export { freePort } from '../src/system/port.ts'
