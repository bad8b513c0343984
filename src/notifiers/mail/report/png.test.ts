import { assert, integer, property, uint8Array } from 'fast-check'
import { inflateSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { indexedPng } from './png.ts'

/** The pixels of a PNG as this writes it, and how many colours it has: red, green, blue and opacity of each. */
function decoded(png: Buffer): { width: number; colors: number; pixels: number[][] } {
  const chunks = new Map<string, Buffer>()
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at)
    chunks.set(png.toString('latin1', at + 4, at + 8), png.subarray(at + 8, at + 8 + length))
    at += length + 12
  }
  const [palette, opacities] = [chunks.get('PLTE')!, chunks.get('tRNS')!]
  const width = chunks.get('IHDR')!.readUInt32BE(0)
  const rows = inflateSync(chunks.get('IDAT')!)
  const indexes = [...rows].filter((_, i) => i % (width + 1) !== 0)
  return {
    width,
    colors: opacities.length,
    pixels: indexes.map(index => [...palette.subarray(3 * index, 3 * index + 3), opacities[index]!])
  }
}

it('keeps solid colours as they are, and what is clear', () => {
  const pixels = Uint8Array.from([200, 40, 40, 255, 0, 0, 0, 0, 30, 60, 90, 255, 200, 40, 40, 255])
  expect(decoded(indexedPng({ width: 2, height: 2, pixels }))).toEqual({
    width: 2,
    colors: 3,
    pixels: [
      [200, 40, 40, 255],
      [0, 0, 0, 0],
      [30, 60, 90, 255],
      [200, 40, 40, 255]
    ]
  })
})

it('has the colour of what is half clear, not that times its opacity', () => {
  const { pixels } = decoded(indexedPng({ width: 1, height: 1, pixels: Uint8Array.from([128, 64, 0, 128]) }))
  expect(pixels).toEqual([[255, 128, 0, 128]])
})

it('has 256 colours at most, each near that of its pixel, whatever the image is', () => {
  assert(
    property(
      uint8Array({ minLength: 4 * 900, maxLength: 4 * 900 }),
      integer({ min: 1, max: 30 }),
      (any, rows) => {
        const pixels = any.map((value, i) => Math.min(value, any[i | 3]!))
        const of = { width: 900 / 30, height: rows, pixels: pixels.subarray(0, 4 * 30 * rows) }
        const image = decoded(indexedPng(of))
        expect(image.colors).toBeLessThanOrEqual(256)
        expect(image.pixels).toHaveLength(30 * rows)
        for (const [i, [, , , opacity]] of image.pixels.entries())
          expect(Math.abs(opacity! - pixels[4 * i + 3]!)).toBeLessThan(64)
      }
    ),
    { seed: 5, numRuns: 20 }
  )
})
