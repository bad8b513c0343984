import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'src/**/*.test.tsx', 'test/**/*.test.ts'],
    pool: 'forks',
    // Where processors have protection keys for memory, V8 may end a process whose threads compile WebAssembly ("Check failed: jit_page.has_value()").
    execArgv: ['--no-memory-protection-keys'],
    // Many tests wait for processes that start: two cores have room for one more.
    maxWorkers: 3,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    globalSetup: './test/spark-shared.ts',
    // Real brokers, browsers and servers share the cores with all else that runs; what passes only then is named at the end.
    retry: 1,
    reporters: ['default', './test/reporter.ts']
  }
})
