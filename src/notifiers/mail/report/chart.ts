import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { crc32, deflateSync, inflateSync } from 'node:zlib'
import { renderAsync } from '@resvg/resvg-js'
import { PALETTE } from '../../../core/palette.ts'
import type { ChartBlock } from '../../../reports/block.ts'
import { chartHeight, chartSvg, type ChartColor } from '../../../reports/chart/svg.ts'

/** Of the drawing, whose texts must be read on a telephone too; and how many pixels of the image one of it is. */
const [WIDTH, HEIGHT, SCALE] = [500, 170, 2]

/** How large a mail shows a chart where it has the room, in pixels of a style sheet. */
export function chartSize(chart: ChartBlock): { readonly width: number; readonly height: number } {
  const width = 624
  return { width, height: Math.round((chartHeight(chart, { height: HEIGHT }) * width) / WIDTH) }
}

const FOLDER = dirname(createRequire(import.meta.url).resolve('@expo-google-fonts/inter/package.json'))
const FONTS = ['400Regular', '600SemiBold'].map(weight => join(FOLDER, weight, `Inter_${weight}.ttf`))

/**
 * A mail program that is dark shows the same image as one that is light, and some turn the colours of all but images: it has no
 * background, and colours that are seen on both.
 */
export const CHART_COLORS: Readonly<Record<ChartColor, string>> = {
  success: PALETTE['tone-success'][0],
  info: PALETTE['tone-info'][0],
  warning: PALETTE['tone-warning'][0],
  critical: PALETTE['tone-critical'][0],
  other: PALETTE['tone-other'][0],
  text: '#79828c',
  grid: '#80808033',
  unknown: '#8080801f'
}

/** A chart as an image: PNG, the same on every machine, since the font is brought along. */
export async function chartImage(chart: ChartBlock, zone: string): Promise<Buffer> {
  const look = { width: WIDTH, height: HEIGHT, color: (of: ChartColor) => CHART_COLORS[of], font: 'Inter' }
  const svg = chartSvg(chart, zone, look)
  const image = await renderAsync(svg, {
    fitTo: { mode: 'width', value: SCALE * WIDTH },
    font: { loadSystemFonts: false, fontFiles: FONTS, defaultFontFamily: 'Inter' }
  })
  return compressed(image.asPng())
}

/** Bytes of a PNG's signature; of what a chunk has before and after its data; and of its header with that (PNG, 3rd edition, 5). */
const [SIGNATURE, BEFORE, AFTER, HEADER] = [8, 8, 4, 25]

/** The same image in a quarter less: resvg is quick rather than thorough. Its data is one stream in chunks `IDAT`. */
function compressed(png: Buffer): Buffer {
  const data: Buffer[] = []
  for (let at = SIGNATURE; at < png.length;) {
    const end = at + BEFORE + png.readUInt32BE(at)
    if (png.toString('latin1', at + 4, at + BEFORE) === 'IDAT') data.push(png.subarray(at + BEFORE, end))
    at = end + AFTER
  }
  const smaller = deflateSync(inflateSync(Buffer.concat(data)), { level: 9 })
  return Buffer.concat([
    png.subarray(0, SIGNATURE + HEADER),
    chunk('IDAT', smaller),
    chunk('IEND', Buffer.alloc(0))
  ])
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, sum])
}
