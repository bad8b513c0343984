/** Makes src/spark/proto/connect_pb.ts from connect.proto; run as a script it writes it. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const FOLDER = 'src/spark/proto'
export const GENERATED = `${FOLDER}/connect_pb.ts`

/** What is to be in `GENERATED`. */
export function messages(): string {
  const out = mkdtempSync(join(tmpdir(), 'visor-proto-'))
  try {
    const plugin = { local: 'protoc-gen-es', out, opt: ['target=ts', 'import_extension=ts'] }
    const template = JSON.stringify({ version: 'v2', plugins: [plugin] })
    execFileSync('node_modules/@bufbuild/buf/bin/buf', ['generate', FOLDER, '--template', template], {
      stdio: ['ignore', 'inherit', 'inherit']
    })
    return readFileSync(join(out, 'connect_pb.ts'), 'utf8')
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}

if (import.meta.main) writeFileSync(GENERATED, messages())
