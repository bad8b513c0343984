import type { Kind } from '../core/fields.ts'
import type { Format } from '../core/format.ts'
import { compileFormat, quotedText } from './compile.ts'
import { compileJson } from './json/format.ts'
import { compileNginxError } from './nginx/error.ts'

/** A named directive string. */
export interface Preset {
  readonly name: string
  readonly kind: Kind
  readonly text: string
  readonly summary: string
}

const COMMON = String.raw`%h %l %u %t \"%r\" %>s %b`
const COMBINED = String.raw`${COMMON} \"%{Referer}i\" \"%{User-Agent}i\"`

/**
 * The formats known by name; of two that read the same lines the one that says more comes first.
 * Adding one is adding one entry.
 */
export const PRESET_STRINGS: readonly Preset[] = [
  {
    name: 'vhost_combined',
    kind: 'access',
    text: String.raw`%v:%p %h %l %u %t \"%r\" %>s %O \"%{Referer}i\" \"%{User-Agent}i\"`,
    summary: "Debian's vhost_combined: virtual host and port before the combined fields, bytes with headers"
  },
  {
    name: 'combinedio',
    kind: 'access',
    text: `${COMBINED} %I %O`,
    summary: 'combined with the bytes received and sent (mod_logio)'
  },
  {
    name: 'forwarded',
    kind: 'access',
    text: String.raw`${COMBINED} \"%{X-Forwarded-For}i\"`,
    summary: "combined with the X-Forwarded-For header: nginx's sample format `main`"
  },
  {
    name: 'combined',
    kind: 'access',
    text: COMBINED,
    summary: 'Apache and nginx, with referrer and user agent'
  },
  {
    name: 'vhost_common',
    kind: 'access',
    text: `%v ${COMMON}`,
    summary: 'virtual host before the common fields'
  },
  { name: 'common', kind: 'access', text: COMMON, summary: 'the Common Log Format' },
  {
    name: 'error24',
    kind: 'error',
    text: String.raw`[%{u}t] [%-m:%l] [pid %P% :tid\ %T% ] %7F: %E: [client\ %a] [remote\ %{c}a] %M% ,\ referer:\ %{Referer}i`,
    summary: 'the error log of Apache 2.4 as it comes'
  },
  {
    name: 'error22_pid',
    kind: 'error',
    text: String.raw`[%t] [%l] [pid %P] %7F: [client\ %h] %E: %M% ,\ referer:\ %{Referer}i`,
    summary: 'error22 with the process, as some patched servers write it'
  },
  {
    name: 'error22',
    kind: 'error',
    text: String.raw`[%t] [%l] %7F: [client\ %h] %E: %M% ,\ referer:\ %{Referer}i`,
    summary: 'the error log of Apache 2.2 and older'
  }
]

/** Other names, compared without case, blanks, dots, hyphens and underscores. */
export const ALIASES: Readonly<Record<string, string>> = {
  clf: 'common',
  ncsa: 'common',
  extended: 'combined',
  vhost: 'vhost_combined',
  vcombined: 'vhost_combined',
  vcommon: 'vhost_common',
  nginxmain: 'forwarded',
  error: 'error24'
}

/** Named logs of JSON objects. */
export const JSON_STRINGS: readonly Omit<Preset, 'kind'>[] = [
  {
    name: 'caddy',
    text: 'json time=ts:s client=request.client_ip client_port=request.remote_port peer=request.remote_ip protocol=request.proto method=request.method vhost=request.host path=request.uri agent=request.headers.User-Agent referrer=request.headers.Referer user=user_id duration=duration:s bytes=size bytes_in=bytes_read status=status json.logger=logger reply.content-type=resp_headers.Content-Type',
    summary: "Caddy's access log"
  },
  {
    name: 'traefik',
    text: 'json time=StartUTC client=ClientHost client_port=ClientPort user=ClientUsername method=RequestMethod path=RequestPath protocol=RequestProtocol vhost=RequestHost status=DownstreamStatus bytes=DownstreamContentSize bytes_in=RequestContentSize duration=Duration:ns agent=request_User-Agent referrer=request_Referer json.RouterName=RouterName json.ServiceName=ServiceName json.OriginStatus=OriginStatus json.entryPointName=entryPointName',
    summary: "Traefik's access log as JSON"
  }
]

/** A preset that is compiled when it is first asked for: all of them take longer than the smallest task of an executor. */
interface Lazy {
  readonly name: string
  /** As the format has it. */
  readonly text: string
  readonly format: () => Format
}

const ALL: readonly Lazy[] = [
  ...PRESET_STRINGS.map(({ name, kind, text }) =>
    lazy(name, quotedText(text), () => compileFormat(name, kind, text))
  ),
  lazy('nginx_error', 'nginx_error', compileNginxError),
  ...JSON_STRINGS.map(({ name, text }) => lazy(name, text, () => compileJson(name, text)))
]

function lazy(name: string, text: string, compile: () => Format): Lazy {
  let format: Format | undefined
  return { name, text, format: () => (format ??= compile()) }
}

/** All of them. */
export function presets(): readonly Format[] {
  return ALL.map(({ format }) => format())
}

/** The preset with a name or another name of it. */
export function presetNamed(name: string): Format | undefined {
  const wanted = plain(name)
  const alias = Object.hasOwn(ALIASES, wanted) ? ALIASES[wanted] : undefined
  return ALL.find(preset => preset.name === alias || plain(preset.name) === wanted)?.format()
}

/** The preset that is the same format, where there is one. */
export function presetLike({ kind, text }: Pick<Format, 'kind' | 'text'>): Format | undefined {
  return ALL.filter(preset => preset.text === text)
    .map(preset => preset.format())
    .find(format => format.kind === kind)
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[\s._-]/g, '')
}
