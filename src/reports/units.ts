export { formatBytes, formatCount, formatSeconds, formatShare, formatSpan, isoTime } from '../core/units.ts'
