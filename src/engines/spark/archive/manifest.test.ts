import { expect, it } from 'vitest'
import {
  EMPTY_ARCHIVE,
  manifestOf,
  manifestPosition,
  mergeable,
  MERGED_AT_ONCE,
  type Manifest
} from './manifest.ts'

const known = (manifest: Manifest) => {
  const { stream: id, name, position } = manifestPosition(manifest)
  return [{ id, name, position }]
}

it('is read back from the position that it becomes', () => {
  const manifest: Manifest = {
    next: 12,
    segments: [
      { folder: 'a-0', level: 1, day: 20_000 },
      { folder: 'b-7', level: 0, day: 20_001 }
    ],
    freed: ['a-1', 'a-2']
  }
  expect(manifestOf(known(manifest))).toEqual(manifest)
  expect(manifestOf(known(EMPTY_ARCHIVE))).toEqual(EMPTY_ARCHIVE)
  expect(manifestOf([])).toEqual(EMPTY_ARCHIVE)
})

it('puts together segments of one level that follow each other, and never more than one level at once', () => {
  let manifest = EMPTY_ARCHIVE
  for (let batch = 0; batch < 1000; batch++) {
    const folder = `a-${batch}`
    manifest = {
      ...manifest,
      next: batch + 1,
      segments: [...manifest.segments, { folder, level: 0, day: 1 }]
    }
    const merged = mergeable(manifest)
    if (merged.length === 0) continue
    expect(merged).toHaveLength(MERGED_AT_ONCE)
    const level = merged[0]?.level ?? 0
    expect(new Set(merged.map(one => one.level))).toEqual(new Set([level]))
    const at = manifest.segments.indexOf(merged[0]!)
    const one = { folder: `m-${batch}`, level: level + 1, day: 1 }
    manifest = { ...manifest, segments: manifest.segments.toSpliced(at, merged.length, one) }
  }
  expect(manifest.segments.length).toBeLessThan(4 * MERGED_AT_ONCE)
  // Older lines stand before younger ones.
  const levels = manifest.segments.map(({ level }) => level)
  expect(levels).toEqual(levels.toSorted((a, b) => b - a))
})
