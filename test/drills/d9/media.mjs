// What somebody would send who means harm: samples spoilt in many ways, and small files that become large ones.
import { deflateSync, crc32 as crcOf } from 'node:zlib'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../..', import.meta.url))

const crc = crcOf ?? (bytes => {
  let c = ~0
  for (const b of bytes) { c ^= b; for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1 }
  return ~c >>> 0
})
function chunk(name, bytes) {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), bytes]), head = Buffer.alloc(4), tail = Buffer.alloc(4)
  head.writeUInt32BE(bytes.length)
  tail.writeUInt32BE(crc(body))
  return Buffer.concat([head, body, tail])
}
function header(width, height, depth, type) {
  const b = Buffer.alloc(13)
  b.writeUInt32BE(width, 0)
  b.writeUInt32BE(height, 4)
  b.set([depth, type, 0, 0, 0], 8)
  return chunk('IHDR', b)
}
const png = (head, ...chunks) => Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), head, ...chunks, chunk('IEND', Buffer.alloc(0))])
export function picture(side = 64, of = (x, y) => (x * 3 ^ y * 5) & 255) {
  const rows = Buffer.alloc((side + 1) * side)
  for (let y = 0; y < side; y++) for (let x = 0; x < side; x++) rows[y * (side + 1) + 1 + x] = of(x, y)
  return png(header(side, side, 8, 0), chunk('IDAT', deflateSync(rows)))
}
function gif(width, height, frames) {
  const head = Buffer.from('GIF89a\0\0\0\0\x80\0\0\0\0\0\xff\xff\xff', 'latin1'), frame = Buffer.from(',\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0', 'latin1')
  head.writeUInt16LE(width, 6)
  head.writeUInt16LE(height, 8)
  return Buffer.concat([head, Buffer.alloc(frame.length * frames, frame), Buffer.from(';')])
}

// The samples of the decoder's own tests, the pictures of the hash's where they lie beside the repository, and some of ours.
export function samples() {
  const folders = [join(root, 'decode/test/media'), join(root, '../shared/data/pdq/images')].filter(existsSync)
  const found = folders.flatMap(f => readdirSync(f).sort().map(n => readFileSync(join(f, n)))).filter(b => b.length < 200000)
  return { all: [...found, picture(), gif(8, 8, 3)], folders: folders.length }
}

export const bombs = small => [
  ['a PNG of 50,000 by 50,000', png(header(50000, 50000, 1, 0), chunk('IDAT', deflateSync(Buffer.alloc(small ? 6251 * 1000 : 6251 * 50000))))],
  ['a PNG that says 2^31 by 2^31', png(header(0x7fffffff, 0x7fffffff, 16, 6), chunk('IDAT', deflateSync(Buffer.alloc(1000))))],
  ['a PNG whose remark unpacks to 100 MB', png(header(1, 1, 8, 0), chunk('zTXt', Buffer.concat([Buffer.from('a\0\0', 'latin1'), deflateSync(Buffer.alloc(100 << 20))])), chunk('IDAT', deflateSync(Buffer.alloc(2))))],
  ['a PNG whose profile unpacks to 100 MB', png(header(1, 1, 8, 0), chunk('iCCP', Buffer.concat([Buffer.from('a\0\0', 'latin1'), deflateSync(Buffer.alloc(100 << 20))])), chunk('IDAT', deflateSync(Buffer.alloc(2))))],
  [`a GIF of ${small ? '100,000' : '1,000,000'} frames`, gif(1, 1, small ? 1e5 : 1e6)],
  ['a GIF of 65,535 by 65,535', gif(65535, 65535, 1)],
  ['a JPEG that says 65,535 by 65,535', Buffer.from('ffd8ffc0001108ffffffff03012200021101031101ffda000c03010002110311003f00' + '00'.repeat(500) + 'ffd9', 'hex')],
  ['a WebP that says 16,384 by 16,384', Buffer.concat([Buffer.from('RIFF\x40\0\0\0WEBPVP8X\x0a\0\0\0\x10\0\0\0\xff\x3f\0\xff\x3f\0VP8L\x08\0\0\0\x2f\xff\xff\xff\x0f\0\0\0', 'latin1'), Buffer.alloc(24)])],
  ['a film of 20,000 boxes in each other', Buffer.concat([Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isommp42', 'latin1'), ...[...Array(20000).keys()].map(i => { const b = Buffer.from('\0\0\0\0moov', 'latin1'); b.writeUInt32BE(8 * (20000 - i)); return b })])],
  ['a HEIC of boxes in each other', Buffer.concat([Buffer.from('\0\0\0\x18ftypheic\0\0\0\0heicmif1', 'latin1'), ...[...Array(5000).keys()].map(i => { const b = Buffer.from('\0\0\0\0iprp', 'latin1'); b.writeUInt32BE(8 * (5000 - i)); return b })])],
  ['nothing', Buffer.alloc(1)],
]

const edges = [0, 1, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff]

// One sample, spoilt: bits, lengths, blocks cut out, doubled, emptied, put in from another sample, the end missing.
export function spoil(sample, others, random) {
  let b = Buffer.from(sample)
  const at = n => Math.floor(random() * n), times = 1 + at(6)
  for (let i = 0; i < times && b.length > 8; i++) {
    const from = at(b.length), n = 1 + at(Math.min(64, b.length - from))
    switch (at(8)) {
      case 0: b[from] ^= 1 << at(8); break
      case 1: b[from] = at(256); break
      case 2: if (from + 4 <= b.length) b.writeUInt32BE(edges[at(edges.length)], from); break
      case 3: if (from + 4 <= b.length) b.writeUInt32LE(edges[at(edges.length)], from); break
      case 4: b.fill(random() < 0.5 ? 0 : 255, from, from + n); break
      case 5: b = Buffer.concat([b.subarray(0, from), b.subarray(from + n)]); break
      case 6: b = Buffer.concat([b.subarray(0, from), b.subarray(from, from + n), b.subarray(from)]); break
      default: {
        const o = others[at(others.length)], k = at(o.length)
        b = Buffer.concat([b.subarray(0, from), o.subarray(k, k + n), b.subarray(from)])
      }
    }
  }
  return random() < 0.1 ? b.subarray(0, 1 + at(b.length)) : b
}
