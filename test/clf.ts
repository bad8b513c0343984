/** A moment as an access log writes it between its brackets, in UTC. */
export function clf(moment: Date): string {
  const [, day, month, year, time] = /, (\d\d) (\w+) (\d+) (\S+)/.exec(moment.toUTCString()) ?? []
  return `${day}/${month}/${year}:${time} +0000`
}

/** So many lines of a log in the common format, of now. */
export function clfLines(count: number): string {
  return Array.from(
    { length: count },
    (_, i) => `192.0.2.${i % 9} - - [${clf(new Date())}] "GET /${i} HTTP/1.1" 200 1\n`
  ).join('')
}
