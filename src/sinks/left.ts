/**
 * What `write` rejects with once who reads has seen enough, as in `… | head`: no failure, but the end. A command that
 * meets it ends with code 0 and says nothing.
 */
export class ReaderLeft extends Error {
  constructor(name: string, options?: ErrorOptions) {
    super(`the reader of ${name} has left`, options)
    this.name = 'ReaderLeft'
  }
}
