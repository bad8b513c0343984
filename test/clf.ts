/** A moment as an access log writes it between its brackets, in UTC. */
export function clf(moment: Date): string {
  const [, day, month, year, time] = /, (\d\d) (\w+) (\d+) (\S+)/.exec(moment.toUTCString()) ?? []
  return `${day}/${month}/${year}:${time} +0000`
}
