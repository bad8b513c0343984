/** Preloaded by startup.test.ts (`node --import`): tells, when the process ends, which packages it has loaded. */
import { registerHooks } from 'node:module'

const packages = new Set<string>()

registerHooks({
  load(url, context, next) {
    const name = /.*\/node_modules\/(?<name>(?:@[^/]+\/)?[^/]+)\//.exec(url)?.groups?.['name']
    if (name !== undefined) packages.add(name)
    return next(url, context)
  }
})

process.on('exit', () => process.stderr.write(`\nloaded: ${[...packages].sort().join(' ')}\n`))
