export { attempt } from './attempt.ts'
export { Dispatcher, type DispatcherOptions } from './dispatcher.ts'
export { copyState, salvageState, savedText, stateDamage } from './salvage.ts'
export { openOwnState, openState, readerBy, readingsOf, statePath, type StateReader } from './store.ts'
export type {
  AccessRecords,
  AccessToken,
  AcknowledgementRequest,
  Backlog,
  Changes,
  HistoryQuery,
  ReportChanges,
  StateItem,
  Saved,
  ScheduleState,
  Session,
  StateStore,
  Unsubscribed
} from './types.ts'
