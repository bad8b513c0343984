/** The first bytes of the compressed forms that rotated logs come in. */
const MAGIC = {
  gzip: [0x1f, 0x8b],
  bzip2: [0x42, 0x5a, 0x68],
  xz: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00],
  zstd: [0x28, 0xb5, 0x2f, 0xfd],
  lz4: [0x04, 0x22, 0x4d, 0x18],
  zip: [0x50, 0x4b, 0x03, 0x04]
} as const

export type Compression = keyof typeof MAGIC

/** How a file that begins with `bytes` is compressed; `undefined` when it is not. */
export function compressionOf(bytes: Uint8Array): Compression | undefined {
  const names: Compression[] = ['gzip', 'bzip2', 'xz', 'zstd', 'lz4', 'zip']
  return names.find(name => MAGIC[name].every((byte, i) => bytes[i] === byte))
}
