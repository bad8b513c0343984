/** Names of months and days as logs have them, in English. */
export const FULL_MONTHS: readonly string[] = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December'
]
export const FULL_WEEKDAYS: readonly string[] = [
  'Sunday',
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday'
]
export const MONTHS: readonly string[] = FULL_MONTHS.map(name => name.slice(0, 3))
export const WEEKDAYS: readonly string[] = FULL_WEEKDAYS.map(name => name.slice(0, 3))
