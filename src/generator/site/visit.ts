import type { LinePart, Roles } from '../../core/parts.ts'
import type { Micros } from '../../core/time.ts'
import type { Complaint } from './complaints.ts'
import type { Visitor } from './visitors.ts'

/** What the parts of the site's lines hold: who asks, what for, and coming from where. */
export const ACCESS_ROLES: Roles = [
  ['client', 'ident', 'user', 'agent'],
  ['method', 'path', 'query', 'protocol', 'request', 'vhost', 'port'],
  ['referrer']
]
export const ERROR_ROLES: Roles = [['client', 'ident', 'user', 'agent']]

/** One request: who, what, from where, and how it was answered. Filled anew for each. */
export interface Visit {
  time: Micros
  visitor: Visitor
  page: LinePart
  from: LinePart
  /** In the units of the fields of these names. */
  answer: { readonly status: number; readonly bytes: number | null; readonly duration: Micros }
  complaint: Complaint | undefined
  /** Nobody asked: only the error log has a line. */
  remark: boolean
}
