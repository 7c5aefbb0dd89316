// The disk of a drill: what disk.c does to the program's calls is told to it here, through a file that both have open.
import { closeSync, existsSync, openSync, readSync, writeFileSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { data, folder, program, seed } from '../drill.mjs'

export const WRITE = 1, SYNC = 2, RENAME = 4, UNLINK = 8, TRUNCATE = 16, CREATE = 32, READ = 64
export const LASTING = WRITE | SYNC | RENAME | UNLINK | TRUNCATE | CREATE
export const KILL_BEFORE = 1, KILL_AFTER = 2, KILL_TORN = 3, FAIL_ONCE = 4, FAIL_ON = 5
export const EIO = 5, ENOSPC = 28, EDQUOT = 122
const WORDS = ['armed', 'kinds', 'calls', 'at', 'what', 'error', 'odds', 'chance', 'hits']

// Beside the program, as it was built; else where the build of this source leaves it.
const library = [join(dirname(program), 'test/libdrill_disk.so'), fileURLToPath(new URL('../../../build/test/libdrill_disk.so', import.meta.url))].find(existsSync)
export const noDisk = library ? null : 'needs libdrill_disk.so of the build'

export class Disk {
  // root: the folder that counts; log: the file to which all that was done is written (D3)
  constructor({ name = 'disk', root = data, log } = {}) {
    this.file = join(folder, name)
    writeFileSync(this.file, Buffer.alloc(8 * WORDS.length))
    this.fd = openSync(this.file, 'r+')
    this.env = { LD_PRELOAD: library, DRILL_DISK: this.file, DRILL_DISK_ROOT: root, ...(log ? { DRILL_DISK_LOG: log } : {}) }
    this.arm({})
    this.disarm()
  }
  set(word, value) {
    const b = Buffer.alloc(8)
    b.writeBigUInt64LE(BigInt(value))
    writeSync(this.fd, b, 0, 8, 8 * WORDS.indexOf(word))
  }
  get(word) {
    const b = Buffer.alloc(8)
    readSync(this.fd, b, 0, 8, 8 * WORDS.indexOf(word))
    return Number(b.readBigUInt64LE())
  }
  // From now on calls count, and the one with the number `at` (or, in a million, `odds`) meets its fate.
  arm({ kinds = LASTING, at = 0, what = 0, error = EIO, odds = 0, chance = seed }) {
    this.disarm()
    for (const [word, value] of Object.entries({ kinds, at, what, error, odds, chance, calls: 0, hits: 0, armed: 1 })) this.set(word, value)
  }
  disarm() { this.set('armed', 0) }
  close() { closeSync(this.fd) }
}
