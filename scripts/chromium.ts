import { existsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sparticuz, { inflate } from '@sparticuz/chromium'
import { chromium, type Browser } from 'playwright-core'

const SYSTEM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-sync',
  '--no-first-run'
]

/**
 * For every page: under the POSIX locale Chromium calls its language `en-US@posix`, which its own `Intl` refuses.
 */
export const LOCALE = { locale: 'en-US' } as const

interface Attempt {
  readonly path: string
  readonly env: Record<string, string | undefined>
}

/**
 * Starts the Chromium that `npm ci` brought or, where that one cannot run, one of the system; `undefined` where
 * there is neither.
 */
export async function launchChromium(): Promise<Browser | undefined> {
  const system = SYSTEM.filter(path => existsSync(path)).map(path => ({
    path,
    args: FLAGS,
    env: process.env
  }))
  for (const { path, env } of [...(await bundled()), ...system]) {
    const browser = await chromium.launch({ executablePath: path, args: FLAGS, env }).catch(() => undefined)
    if (browser) return browser
  }
  return undefined
}

/** The Chromium out of node_modules: with the system's libraries, else with those that it brings for bare machines. */
async function bundled(): Promise<Attempt[]> {
  sparticuz.setGraphicsMode = false
  try {
    const path = await sparticuz.executablePath()
    const env = { ...process.env, FONTCONFIG_FILE: fonts() }
    const archive = join(
      dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))),
      '../bin/al2023.tar.br'
    )
    const libraries = join(await inflate(archive), 'lib')
    return [
      { path, env },
      { path, env: { ...env, LD_LIBRARY_PATH: libraries } }
    ]
  } catch {
    return []
  }
}

/** A fontconfig file that prefers the font that came along, so that pictures look the same on every machine. */
function fonts(): string {
  const file = join(tmpdir(), 'visor-fonts.conf')
  writeFileSync(
    file,
    `<?xml version="1.0"?><fontconfig>
<dir>/usr/share/fonts</dir><dir>${join(tmpdir(), 'fonts')}</dir><cachedir>${join(tmpdir(), 'fonts-cache')}</cachedir>
${prefer('sans-serif', 'Open Sans')}${prefer('system-ui', 'Open Sans')}${prefer('monospace', 'DejaVu Sans Mono')}
</fontconfig>`
  )
  return file
}

function prefer(family: string, font: string): string {
  const test = `<test name="family"><string>${family}</string></test>`
  return `<match>${test}<edit name="family" mode="prepend" binding="strong"><string>${font}</string></edit></match>`
}
