// From the log of disk.c: what may lie on the disk after the power went at some moment. What was synced lies there; of what was written
// since, each piece of 512 bytes by chance lies there or not, in any order; a rename or a new name is kept for certain once its folder was
// synced, else by chance, and names of one folder are kept in their order (as journals of file systems do).
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, truncateSync, openSync, writeSync, closeSync } from 'node:fs'
import { dirname } from 'node:path'

const WRITE = 1, SYNC = 2, RENAME = 4, UNLINK = 8, TRUNCATE = 16, CREATE = 32, MAGIC = 0x6b736964, HEAD = 32, SECTOR = 512

export function readLog(file) {
  const b = readFileSync(file), ops = []
  for (let at = 0; at + HEAD <= b.length;) {
    if (b.readUInt32LE(at) !== MAGIC) throw new Error(`the log is not one at ${at}`)
    const kind = b.readUInt32LE(at + 4), from = Number(b.readBigUInt64LE(at + 8)), n = Number(b.readBigUInt64LE(at + 16))
    const p = b.readUInt32LE(at + 24), o = b.readUInt32LE(at + 28), body = at + HEAD + p + o, data = kind === WRITE ? n : 0
    ops.push({ kind, from, path: b.toString('utf8', at + HEAD, at + HEAD + p), other: b.toString('utf8', at + HEAD + p, body), bytes: b.subarray(body, body + data), end: body + data })
    at = body + data
  }
  return ops
}

// Whether the operation number i is on the disk for certain if the power goes before the operation `cut`.
function settled(ops, cut) {
  const certain = new Uint8Array(cut), lastSync = new Map()
  for (let i = cut - 1; i >= 0; i--) {
    const op = ops[i]
    if (op.kind === SYNC) lastSync.set(op.path, Math.max(lastSync.get(op.path) ?? -1, i))
  }
  for (let i = 0; i < cut; i++) {
    const op = ops[i], of = op.kind === CREATE || op.kind === RENAME || op.kind === UNLINK ? dirname(op.other || op.path) : op.path
    const synced = Math.max(lastSync.get(of) ?? -1, op.kind === CREATE ? lastSync.get(op.path) ?? -1 : -1)     // an fsync of a new file keeps its name on ext4, XFS and btrfs
    certain[i] = synced > i ? 1 : 0
  }
  return certain
}

// Makes the image: a copy of `base` (what lay there when the log began) with the operations before `cut`.
export function image({ base, root, to, ops, cut, random }) {
  rmSync(to, { recursive: true, force: true })
  cpSync(base, to, { recursive: true })
  const certain = settled(ops, cut), there = path => to + path.slice(root.length), stopped = new Set()
  let dropped = 0, torn = 0
  for (let i = 0; i < cut; i++) {
    const op = ops[i], folder = dirname(op.other || op.path), named = op.kind === CREATE || op.kind === RENAME || op.kind === UNLINK
    if (op.kind === SYNC) continue
    // Names of one folder: once one is lost, so are those after it.
    if (named && !certain[i] && (stopped.has(folder) || random() < 0.5)) { stopped.add(folder); dropped++; continue }
    if (!named && !certain[i] && op.kind === TRUNCATE && random() < 0.5) { dropped++; continue }
    try {
      if (op.kind === WRITE) {
        const fd = openSync(there(op.path), 'r+')
        for (let at = 0; at < op.bytes.length; at += SECTOR) {
          const piece = op.bytes.subarray(at, Math.min(at + SECTOR, op.bytes.length))
          if (certain[i] || random() < 0.5) writeSync(fd, piece, 0, piece.length, op.from + at)
          else torn++
        }
        closeSync(fd)
      } else if (op.kind === TRUNCATE) truncateSync(there(op.path), op.from)
      else if (op.kind === RENAME) { mkdirSync(dirname(there(op.other)), { recursive: true }); renameSync(there(op.path), there(op.other)) }
      else if (op.kind === UNLINK) rmSync(there(op.path), { force: true })
      else if (op.kind === CREATE) { mkdirSync(dirname(there(op.path)), { recursive: true }); closeSync(openSync(there(op.path), 'a')) }
    } catch (e) { if (e.code !== 'ENOENT') throw e }      // its file was lost with its name
  }
  return { dropped, torn }
}
