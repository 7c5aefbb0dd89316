// D3: the power goes. disk/disk.c keeps a log of every write, rename, unlink, truncate, create and fsync below the folder while clients
// tell; disk/replay.mjs makes of it what may lie on the disk when the power goes at any moment: unsynced writes dropped and torn in pieces
// of 512 bytes, names lost. Each image is opened by the program: the database opens whole, every report acknowledged before that
// moment is there with its file, the log verifies. Some images lose power once more while they are opened. With PostgreSQL the rows are the
// server's own matter (its fsync is tested by its makers): this drill is for SQLite and the files beside either database.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Server } from '../journeys/client.mjs'
import { Disk, KILL_TORN, noDisk } from './disk/disk.mjs'
import { image, readLog } from './disk/replay.mjs'
import { Told, skip } from './disk/told.mjs'
import { data, everyFile, folder, program, random, result, small } from './drill.mjs'

if (noDisk) skip('D3', noDisk)
if (process.env.LACHAN_TEST_POSTGRES) skip('D3', 'the rows lie on the disk of the PostgreSQL server')
const IMAGES = small ? 40 : 2000, broken = [], base = join(folder, 'base'), log = join(folder, 'log'), at = join(folder, 'image')
const server = await new Server(program, data, { verb: 'demo' }).start()
await server.stop()
cpSync(data, base, { recursive: true })
const disk = new Disk({ log })
Object.assign(server, { verb: 'serve', env: disk.env })
await server.start()

// What each report was promised, and how long the log was when it was.
const told = new Told(server, broken), promised = []
for (let i = 0; i < (small ? 12 : 120); i++) {
  const some = await Promise.all([0, 1, 2].map(k => told.send(told.make({ file: (i + k) % 3 ? 0 : 90000 }))))
  if (some.some(op => op.outcome !== 'ok')) broken.push('a report was not taken on a whole disk')
  promised.push({ end: statSync(log).size, reports: told.acknowledged.length, files: told.acknowledged.filter(op => op.kept).length })
}
await server.stop()
const ops = readLog(log), sql = (q, where) => spawnSync('sqlite3', ['-batch', join(where, 'lachan.db'), q], { encoding: 'utf8' })
const before = Number(sql('SELECT count(*) FROM cases', base).stdout), filesBefore = Number(sql('SELECT count(*) FROM files', base).stdout)

const verb = (name, env = {}) => spawnSync(program, [...name.split(' '), '--data', at], { encoding: 'utf8', env: { ...process.env, ...env } })
const again = new Disk({ name: 'again', root: at })
let dropped = 0, torn = 0, twice = 0, opened = 0, bytes = 0
for (let n = 0; n < IMAGES; n++) {
  // A third of the moments lie right behind a promise: there a missing fsync shows.
  const sure = n % 3 === 0 ? promised[Math.floor(random() * promised.length)] : null
  const cut = sure ? ops.findIndex(op => op.end >= sure.end) + 1 : 1 + Math.floor(random() * ops.length)
  const moment = ops[cut - 1].end, due = promised.filter(p => p.end <= moment).pop() ?? { reports: 0, files: 0 }
  const made = image({ base, root: data, to: at, ops, cut, random }), where = `image ${n} at operation ${cut}`
  dropped += made.dropped
  torn += made.torn
  if (n % 4 === 0) {
    again.arm({ at: 1 + Math.floor(random() * 12), what: KILL_TORN })
    twice += verb('migrate', again.env).signal === 'SIGKILL'
    again.disarm()
  }
  const audit = verb('audit verify')
  if (audit.status !== 0) { broken.push(`${where}: ${audit.stdout}${audit.stderr}`); continue }
  opened++
  if (sql('PRAGMA integrity_check', at).stdout.trim() !== 'ok') broken.push(`${where}: integrity_check is not content`)
  const reports = Number(sql('SELECT count(*) FROM cases', at).stdout) - before
  if (reports < due.reports) broken.push(`${where}: ${reports} reports for ${due.reports} acknowledged`)
  const named = sql('SELECT lower(hex(sha256)) FROM files', at).stdout.split('\n').filter(Boolean)
  if (named.length - filesBefore < due.files) broken.push(`${where}: ${named.length - filesBefore} files for ${due.files} acknowledged`)
  const there = new Set(everyFile(join(at, 'files')).filter(p => !p.includes('/.tmp/')).map(p => { const b = readFileSync(p); bytes += b.length; return createHash('sha256').update(b).digest('hex') }))
  for (const sha of named) if (!there.has(sha)) broken.push(`${where}: a row's file is not there as it was sealed`)
}

// The last image as a running server: what was promised before it can be read with its code.
if (existsSync(at)) {
  const last = ops.length, due = promised.at(-1)
  image({ base, root: data, to: at, ops, cut: last, random })
  const back = await new Server(program, at, { verb: 'serve' }).start()
  told.server = back
  for (const op of told.acknowledged.slice(-(small ? 6 : 60))) await told.compare(op)
  if (due.reports !== told.acknowledged.length) broken.push('the log ends before the last promise')
  await back.stop()
}
if (opened < IMAGES && !broken.length) broken.push('not every image was opened')
if (torn === 0 || (dropped === 0 && !small)) broken.push('no image lost anything: the drill has shown nothing')      // few images may by chance lose no name
result('D3', [...new Set(broken)], { operations: ops.length, images: IMAGES, opened, opened_after_a_second_cut: twice, pieces_lost: torn, names_lost: dropped, acknowledged: told.acknowledged.length })
