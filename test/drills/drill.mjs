// What the drills share: chance with a seed, one JSON line of result, the data as a thief or an auditor sees it.
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const small = process.argv.includes('--small')
export const program = process.argv[2]
export const seed = Number(process.env.DRILL_SEED ?? (small ? 1 : Date.now() % 1e9))
export const folder = mkdtempSync(join(tmpdir(), 'lachan-drill-'))
export const data = join(folder, 'data')
process.on('exit', () => { if (!process.env.DRILL_KEEP) rmSync(folder, { recursive: true, force: true }) })

// mulberry32: enough chance for a drill, and the same again for the same seed
let state = seed >>> 0
export function random() {
  state = (state + 0x6d2b79f5) >>> 0
  let t = Math.imul(state ^ (state >>> 15), state | 1)
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}

// Ends the drill with its one line. Broken is what a drill lists in `broken`; figures are for the reader.
export function result(drill, broken, figures = {}) {
  console.log(JSON.stringify({ drill, seed, form: small ? 'small' : 'full', database: database(), result: broken.length ? 'broke' : 'held',
    ...figures, ...(broken.length ? { broken: broken.slice(0, 10) } : {}) }))
  process.exitCode = broken.length ? 1 : 0
}

const database = () => process.env.LACHAN_TEST_POSTGRES ? 'postgresql' : 'sqlite'

// Rows of a statement that both databases read, as lists of text.
export function rows(sql) {
  const address = process.env.LACHAN_TEST_POSTGRES
  const run = address ? spawnSync('psql', ['-X', '-At', '-F', '|', '-c', sql, address.replace(/^postgres:/, 'postgresql:')], { encoding: 'utf8', maxBuffer: 1 << 30 })
    : spawnSync('sqlite3', ['-batch', join(data, 'lachan.db'), sql], { encoding: 'utf8', maxBuffer: 1 << 30 })
  if (run.status !== 0) throw new Error(`${sql}: ${run.error ?? run.stderr}`)
  return run.stdout.split('\n').filter(Boolean).map(l => l.split('|'))
}
export const hexOf = column => process.env.LACHAN_TEST_POSTGRES ? `encode(${column}, 'hex')` : `lower(hex(${column}))`

export const everyFile = root => readdirSync(root, { recursive: true, withFileTypes: true }).filter(e => e.isFile()).map(e => join(e.path, e.name))
export const fileTime = path => statSync(path).mtimeMs

// One word in every form in which it might lie about.
export function forms(word) {
  const plain = Buffer.from(word), all = new Map([['utf-8', plain], ['decomposed', Buffer.from(word.normalize('NFD'))]])
  all.set('upper', Buffer.from(word.toUpperCase())).set('lower', Buffer.from(word.toLowerCase()))
  all.set('bare', Buffer.from(word.normalize('NFD').replace(/\p{M}/gu, '').replace(/đ/g, 'd').replace(/Đ/g, 'D').toLowerCase()))
  all.set('utf-16le', Buffer.from(word, 'utf16le')).set('utf-16be', Buffer.from(word, 'utf16le').swap16())
  all.set('hex', Buffer.from(plain.toString('hex'))).set('HEX', Buffer.from(plain.toString('hex').toUpperCase()))
  all.set('url', Buffer.from(encodeURIComponent(word))).set('json', Buffer.from(JSON.stringify(word).slice(1, -1).replace(/[^\x20-\x7e]/g, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)))
  // Base64 of a word inside a longer text: three ways to fall on the groups of three; the ends depend on the neighbours.
  for (const lead of [0, 1, 2]) {
    const text = Buffer.concat([Buffer.alloc(lead), plain]).toString('base64').replace(/=+$/, '')
    const sure = text.slice(Math.ceil(lead * 8 / 6), Math.floor((lead + plain.length) * 8 / 6))
    all.set(`base64+${lead}`, Buffer.from(sure)).set(`base64url+${lead}`, Buffer.from(sure.replaceAll('+', '-').replaceAll('/', '_')))
  }
  return all
}

// Where a word of the list lies, in any form: ["path: utf-16le of canary 3"]. Words are never printed: a log is a place too.
export function search(paths, words) {
  const needles = words.flatMap((w, i) => [...forms(w)].map(([form, at]) => ({ form, at, i }))).filter(n => n.at.length >= 6)
  const found = []
  for (const path of paths) {
    const hay = readFileSync(path)
    for (const n of needles) if (hay.includes(n.at)) found.push(`${path}: ${n.form} of canary ${n.i}`)
  }
  return found
}
