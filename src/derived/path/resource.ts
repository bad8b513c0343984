import type { Derivation } from '../kind.ts'

/** What is asked for, by the suffixes of files. */
const SUFFIXES: Readonly<Record<string, string>> = {
  style: 'css',
  script: 'js mjs map wasm swf jar',
  image: 'png jpg jpeg gif webp avif svg svgz ico bmp tif tiff xbm jfif apng heic',
  font: 'woff woff2 ttf otf eot',
  media: 'mp3 mp4 m4a m4v mov avi mkv webm ogg oga ogv opus flac wav wma wmv mpg mpeg flv m3u8 ts',
  document: 'pdf ps doc docx xls xlsx ppt pptx odt ods odp rtf epub mobi tex dvi',
  archive: 'zip gz tgz bz2 xz zst tar rar 7z iso dmg exe msi deb rpm apk bin img cab',
  text: 'txt csv xml log md'
}

const bySuffix = new Map(
  Object.entries(SUFFIXES).flatMap(([name, suffixes]) => suffixes.split(' ').map(suffix => [suffix, name]))
)

/** What a path is that has none of those suffixes. */
const PAGE = 'page'

const MAX_SUFFIX = 5
const DOT = 46
/** The bit that letters of lower case have, and digits too. */
const LOWER_CASE = 32

/** The suffixes as numbers of base 64, so that no text is made for them. */
const byNumber = new Map(
  Array.from(bySuffix, ([suffix, name]) => [numberOf(Buffer.from(suffix), 0), name] as const)
)

/** Whether a path names a page, or what a page is made of. */
export const RESOURCE: Derivation = {
  name: 'resource',
  type: 'text',
  kinds: ['access'],
  from: 'path',
  title: 'Kinds of content',
  summary: `what a path names, by its suffix: ${[PAGE, ...Object.keys(SUFFIXES)].join(', ')}`,
  otel: null,
  ecs: null,
  version: '1',
  maxLength: 8,
  derive: Object.assign(resourceOf, { ofPlain: resourceOfPlain })
}

function resourceOf(path: string): string {
  const end = path.slice(-MAX_SUFFIX - 1)
  const dot = end.lastIndexOf('.')
  if (dot < 0) return PAGE
  const suffix = end.slice(dot + 1)
  return bySuffix.get(suffix) ?? bySuffix.get(suffix.toLowerCase()) ?? PAGE
}

function resourceOfPlain(path: Uint8Array): string {
  const least = Math.max(0, path.length - MAX_SUFFIX - 1)
  for (let i = path.length - 1; i >= least; i--)
    if (path[i] === DOT) return byNumber.get(numberOf(path, i + 1)) ?? PAGE
  return PAGE
}

/** Letters, in either case, and digits from a place on as one number, -1 where there is anything else. */
function numberOf(bytes: Uint8Array, from: number): number {
  let number = 0
  for (let i = from; i < bytes.length; i++) {
    const byte = bytes[i]! | LOWER_CASE
    const isDigit = byte >= 48 && byte <= 57 && byte === bytes[i]
    if (!isDigit && !(byte >= 97 && byte <= 122)) return -1
    number = 64 * number + (isDigit ? byte - 47 : byte - 86)
  }
  return number
}

/** Whether a path names a file that is sent as it is, not a page. */
export function isStatic(path: string): boolean {
  return resourceOf(path) !== PAGE
}
