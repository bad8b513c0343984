/** Settings by the names that they had before: where they stand (`*` is any name there), the old name, and the new one. */
export const RENAMED: readonly (readonly [where: string, before: string, now: string])[] = [
  ['alerts', 'late', 'maxLateness'],
  ['alerts', 'notify', 'receivers'],
  ['alerts.rules.*', 'keep', 'keepFiringFor'],
  ['alerts.rules.*', 'unless', 'inhibitedBy'],
  ['alerts.rules.*', 'tellResolved', 'sendResolved'],
  ['alerts.rules.*', 'notify', 'receivers'],
  ['alerts.rules.*', 'group', 'groupBy'],
  ['alerts.rules.*', 'repeat', 'repeatInterval'],
  ['receivers.*', 'least', 'minSeverity'],
  ['receivers.*', 'quiet', 'muteTimes'],
  ['receivers.*', 'limit', 'rateLimit']
]
