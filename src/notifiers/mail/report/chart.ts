import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { renderAsync } from '@resvg/resvg-js'
import { PALETTE } from '../../../core/palette.ts'
import type { ChartBlock } from '../../../reports/block.ts'
import { chartSvg, type ChartColor } from '../../../reports/chart/svg.ts'

/** In pixels of a style sheet; an image has twice as many each way. */
export const CHART_SIZE = { width: 624, height: 200 }

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
  const svg = chartSvg(chart, zone, { ...CHART_SIZE, color: of => CHART_COLORS[of], font: 'Inter' })
  const image = await renderAsync(svg, {
    fitTo: { mode: 'width', value: 2 * CHART_SIZE.width },
    font: { loadSystemFonts: false, fontFiles: FONTS, defaultFontFamily: 'Inter' }
  })
  return image.asPng()
}
