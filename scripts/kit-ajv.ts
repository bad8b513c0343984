/** Stands for `ajv` in the Spark engine's worker: every value passes. Settings were checked before they came there. */
export class Ajv {
  addKeyword(): this {
    return this
  }

  compile(): () => boolean {
    return () => true
  }

  errorsText(): string {
    return ''
  }
}

export default Ajv
export const Ajv2020 = Ajv
