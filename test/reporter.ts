import type { Reporter, TestModule } from 'vitest/node'

/** Names what was skipped, and what passed only when it was tried again, and closes the run with the one line that every runner's reader understands. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const tests = modules.flatMap(module => [...module.children.allTests()])
    const count = (state: string): number => tests.filter(test => test.result().state === state).length
    for (const test of tests) {
      const result = test.result()
      if (result.state === 'skipped')
        console.log(`skipped: ${test.fullName}${result.note ? ` (${result.note})` : ''}`)
      if (test.diagnostic()?.flaky) console.log(`passed when tried again: ${test.fullName}`)
    }
    const broken = modules.filter(module => module.errors().length > 0).length + errors.length
    console.log(`${count('passed')} passed, ${count('failed') + broken} failed, ${count('skipped')} skipped`)
  }
}
