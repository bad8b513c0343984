import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { renderAsync } from '@resvg/resvg-js'
import { PALETTE } from '../../../core/palette.ts'
import type { ChartBlock } from '../../../reports/block.ts'
import { chartHeight, chartSvg, type ChartColor } from '../../../reports/chart/svg.ts'
import { indexedPng } from './png.ts'

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
  return indexedPng(image)
}
