import { crc32, deflateSync } from 'node:zlib'

/** An image, four bytes a pixel: red, green and blue, each times the opacity, and that. */
interface Pixels {
  readonly width: number
  readonly height: number
  readonly pixels: Uint8Array
}

const MAX_COLORS = 256

/** How many bits of a colour's parts and of its opacity go where there are too many colours, the least loss first. */
const LOSSES = [
  [4, 5],
  [5, 5],
  [6, 6]
] as const

/**
 * An image as a PNG of at most 256 colours (PNG, 3rd edition): of a drawing, a fifth of what it takes in full. Edges of letters
 * have a few steps of opacity less, which nobody sees.
 */
export function indexedPng({ width, height, pixels }: Pixels): Buffer {
  const { colors, indexes } = paletteOf(pixels)
  // Each row begins with its filter: none.
  const rows = Buffer.alloc(height * (width + 1))
  for (let y = 0; y < height; y++) rows.set(indexes.subarray(y * width, (y + 1) * width), y * (width + 1) + 1)
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width)
  header.writeUInt32BE(height, 4)
  header.set([8, INDEXED], 8)
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(colors.flatMap(([r, g, b]) => [r, g, b]))),
    chunk('tRNS', Buffer.from(colors.map(([, , , a]) => a))),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0))
  ])
}

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex')

/** The type of colours that are numbers in a palette. */
const INDEXED = 3

type Color = readonly [r: number, g: number, b: number, a: number]

interface Palette {
  readonly colors: readonly Color[]
  /** A pixel's colour among these. */
  readonly indexes: Uint8Array
}

function paletteOf(pixels: Uint8Array): Palette {
  for (const [parts, opacity] of LOSSES) {
    const palette = paletteWith(pixels, parts, opacity)
    if (palette) return palette
  }
  throw new RangeError('no loss leaves 256 colours')
}

/** The palette of an image whose colours lose so many bits; each shows the first of those that become equal. */
function paletteWith(pixels: Uint8Array, parts: number, opacity: number): Palette | undefined {
  const indexes = new Uint8Array(pixels.length / 4)
  const known = new Map<number, number>()
  const colors: Color[] = []
  for (let i = 0; i < indexes.length; i++) {
    const a = pixels[4 * i + 3] ?? 0
    const of = (part: number): number => (a === 0 ? 0 : Math.round((255 * (pixels[4 * i + part] ?? 0)) / a))
    const [r, g, b] = [of(0), of(1), of(2)]
    // What is not seen has no colour.
    const seen = a >> opacity === 0 ? 0 : ((r >> parts) * 256 + (g >> parts)) * 256 + (b >> parts)
    const key = seen * 256 + (a >> opacity)
    let index = known.get(key)
    if (index === undefined) {
      if (colors.length === MAX_COLORS) return undefined
      index = colors.push(a >> opacity === 0 ? [0, 0, 0, 0] : [r, g, b, a]) - 1
      known.set(key, index)
    }
    indexes[i] = index
  }
  return { colors, indexes }
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, sum])
}
