// D23: upgrade and rollback. The fixtures of test/upgrade are made-up instances as they lay under each schema; each is brought up to
// this program, and says afterwards what it said before: every row the same, every record that somebody holds a key for opens, the log
// verifies, a child's code and a member of staff come in. An upgrade that was killed at any write to the disk (on PostgreSQL: before
// any message to the server) goes on where it stood. A program that does not know the schema, or finds a migration that was changed,
// touches nothing. A backup of an old schema is restored by this program (SQLite).
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Browser, Server, totp } from '../journeys/client.mjs'
import { database, fixtures, layOut, meaning, shape } from '../upgrade/fixture.mjs'
import { folder, program, random, result, small } from './drill.mjs'

const broken = [], postgres = Boolean(process.env.LACHAN_TEST_POSTGRES), upgrade = join(dirname(program), 'test/upgrade')
const must = (fine, what) => { if (!fine) broken.push(what); return fine }
const skip = why => { console.log(JSON.stringify({ drill: 'D23', result: 'skipped', why })); process.exit(0) }
if (spawnSync('strace', ['-V']).error) skip('needs the package strace')
if (!existsSync(upgrade)) skip('needs test/upgrade beside the program: ninja -C build')
const run = (db, dir, verb, ...more) => spawnSync(program, [...verb.split(' '), '--data', dir, ...db.options, ...more], { encoding: 'utf8' })
const said = r => `${r.stdout}${r.stderr}`.trim().slice(-400)

// -- what a fresh instance has ---------------------------------------------------------------------------------------------------------

mkdirSync(join(folder, 'fresh'))
const freshDb = database(join(folder, 'fresh'), 'fresh')
must(run(freshDb, join(folder, 'fresh'), 'init').status === 0, 'a fresh instance cannot be made')
const fresh = freshDb.objects(), head = Number(freshDb.ask('SELECT max(n) FROM schema;'))

// -- each schema up to this program -------------------------------------------------------------------------------------------------------

let upgraded = 0, records = 0
async function comesIn(fixture, dir, db, what) {
  const server = await new Server(program, dir, { address: db.address }).start()
  const talk = await new Browser(server).api('/api/v1/talk', { code: fixture.told.code })
  must(talk.code === 200 && talk.text.includes(fixture.told.story), `${what}: the child's code opens nothing: ${talk.code}`)
  const account = server.accounts().find(a => a.role === 'counsellor'), staff = new Browser(server)
  await staff.get('/sign-in')
  await staff.send('/sign-in', [['user', account.user], ['password', account.password], ['totp', totp(account.totp_secret)]])
  must((await staff.get('/desk')).code === 200, `${what}: staff do not come in: ${staff.page.code}`)
  must((await new Browser(server).api('/api/v1/speak', { story: 'sau khi nâng cấp' })).code === 201, `${what}: no report is taken`)
  await server.stop()
  must(run(db, dir, 'audit verify').status === 0, `${what}: the log does not verify after a day's work`)
}

function opens(fixture, dir, db, what) {
  const r = spawnSync(upgrade, ['open', dir, ...db.options.slice(1)], { encoding: 'utf8' })
  must(r.status === 0 && r.stdout.trim() === JSON.stringify(fixture.opened), `${what}: not every record opens: ${said(r)}`)
  records += fixture.opened.records
}

async function bringUp(fixture, { n, sql }, walk) {
  const what = `${fixture.name}, schema ${n}`, dir = join(folder, `up-${fixture.name}-${n}`)
  layOut(fixture, dir)
  const db = database(dir, `up${n}`)
  db.load(sql, n)
  const tables = shape(db), before = meaning(db, tables)
  const r = run(db, dir, 'migrate')
  if (!must(r.status === 0, `${what}: ${said(r)}`)) return
  must(meaning(db, tables) === before, `${what}: rows do not say what they said`)
  must(db.objects() === fresh, `${what}: the schema is not that of a fresh instance`)
  must(db.sound(), `${what}: the database is not sound`)
  const audit = run(db, dir, 'audit verify')
  must(audit.status === 0, `${what}: ${said(audit)}`)
  opens(fixture, dir, db, what)
  if (walk) await comesIn(fixture, dir, db, what)
  db.drop()
  upgraded++
}

const all = fixtures(), ends = list => small ? [list[0], list[list.length >> 1], list.at(-1)].filter((s, i, a) => a.indexOf(s) === i) : list
for (const fixture of all) for (const s of ends(fixture.schemas)) await bringUp(fixture, s, !small || s === fixture.schemas[0])
must(all.length > 0 && records > 0, 'there is no fixture: the drill has shown nothing')

// -- killed in the middle ---------------------------------------------------------------------------------------------------------------------

const calls = postgres ? 'sendto' : 'pwrite64,write,fsync,fdatasync,ftruncate,unlink,rename'
const traced = (db, dir, ...options) => spawnSync('strace', ['-f', '-qq', ...options, program, 'migrate', '--data', dir, ...db.options], { encoding: 'utf8' })

// How many such calls an upgrade makes that nobody kills: strace counts for each thread.
function callsOf(db, dir) {
  const out = join(dir, 'calls')
  must(traced(db, dir, '-o', out, '-e', `trace=${calls}`).status === 0, 'an upgrade under strace fails')
  const of = new Map()
  for (const [, pid] of readFileSync(out, 'utf8').matchAll(/^(\d+) +\w+\(/gm)) of.set(pid, (of.get(pid) ?? 0) + 1)
  return Math.max(...of.values())
}

let killed = 0, kept = new Map()
function killAt(at, from, tables, before, n, i) {
  const what = `killed at call ${at} of an upgrade from ${n}`, dir = join(folder, `kill-${i}`)
  cpSync(from.dir, dir, { recursive: true })
  const db = from.db.copyTo(dir, `kill${i}`)
  const r = traced(db, dir, '-o', '/dev/null', '-e', `trace=${calls}`, '-e', `inject=${calls}:signal=SIGKILL:when=${at}`)
  if (r.signal === 'SIGKILL' || r.status === 137) killed++
  const stands = Number(db.ask('SELECT max(n) FROM schema;'))
  must(stands >= n && stands <= head, `${what}: the schema stands at ${stands}`)
  kept.set(stands, (kept.get(stands) ?? 0) + 1)
  const again = run(db, dir, 'migrate')
  must(again.status === 0, `${what}: it does not go on: ${said(again)}`)
  must(meaning(db, tables) === before && db.objects() === fresh && db.sound(), `${what}: it is not what an upgrade in one go is`)
  if (i % 20 === 0) must(run(db, dir, 'audit verify').status === 0, `${what}: the log does not verify`)
  db.drop()
}

function killAll(fixture, { n, sql }, most) {
  const dir = join(folder, `template-${n}`)
  layOut(fixture, dir)
  const db = database(dir, `template${n}`)
  db.load(sql, n)
  const tables = shape(db), before = meaning(db, tables), count = join(folder, `count-${n}`)
  cpSync(dir, count, { recursive: true })
  const scratch = db.copyTo(count, `count${n}`), last = callsOf(scratch, count)
  scratch.drop()
  const points = most >= last ? [...Array(last).keys()].map(i => i + 1) : [...Array(most).keys()].map(() => 1 + Math.floor(random() * last))
  points.forEach((at, i) => killAt(at, { dir, db }, tables, before, n, `${n}x${i}`))
  db.drop()
  return last
}
const oldest = all[0].schemas[0], points = killAll(all[0], oldest, small ? 12 : 1e9)
if (!small) for (const s of all.flatMap(f => f.schemas.slice(1, -1))) killAll(all[0], s, 20)
must(killed > 0, 'no upgrade was killed: the drill has shown little')

// -- a schema that the program does not know, and one that was changed ------------------------------------------------------------------------------

function refused(what, edit, words) {
  const fixture = all.at(-1), s = fixture.schemas.at(-1), dir = join(folder, `refused-${what}`)
  layOut(fixture, dir)
  const db = database(dir, `refused_${what}`)
  db.load(s.sql, s.n)
  if (what !== 'older') must(run(db, dir, 'migrate').status === 0, `${what}: not brought up first`)
  edit(db)
  const tables = shape(db), before = meaning(db, tables)
  for (const verb of what === 'older' ? ['audit verify', 'user list'] : what === 'newer' ? ['serve', 'migrate', 'demo --no-serve', 'audit verify', 'user list', 'doctor', 'token list'] : ['serve', 'migrate']) {
    const r = run(db, dir, verb, ...verb === 'serve' ? ['--listen', '127.0.0.1:0'] : [])
    must(r.status !== 0 && words.test(said(r)), `${what}: ${verb} answers ${r.status}: ${said(r)}`)
  }
  must(meaning(db, tables) === before, `${what}: something was written`)
  db.drop()
}
refused('newer', db => db.ask(`INSERT INTO schema (n, name, sha256) VALUES (${head + 1}, '${head + 1}_tomorrow.sql', '00');`), /newer/)
refused('changed', db => db.ask("UPDATE schema SET sha256 = '00' WHERE n = 3;"), /changed after it had been applied/)
refused('older', db => db.ask(`DELETE FROM schema WHERE n = ${head};`), /older than this program/)

// -- a backup that was made before the upgrade -----------------------------------------------------------------------------------------------------------

function restored(fixture, { n, sql }) {
  const dir = join(folder, 'backed-up'), to = join(folder, 'restored'), repo = join(folder, 'repo'), secret = join(folder, 'secret'), key = join(dir, 'keys/inst.key')
  layOut(fixture, dir)
  const db = database(dir)
  db.load(sql, n)
  const pair = spawnSync(program, ['backup', 'key', '--out', secret], { encoding: 'utf8' })
  const made = run(db, dir, 'backup', '--to', repo, '--backup-key', pair.stdout.trim())
  must(made.status === 0, `no backup of schema ${n}: ${said(made)}`)
  const r = spawnSync(program, ['restore', '--from', repo, '--secret', secret, '--key-file', key, '--data', to], { encoding: 'utf8' })
  if (!must(r.status === 0, `a backup of schema ${n} is not restored: ${said(r)}`)) return
  cpSync(key, join(to, 'keys/inst.key'))
  cpSync(join(dir, 'demo-accounts.json'), join(to, 'demo-accounts.json'))
  opens(fixture, to, { options: [] }, `a backup of schema ${n}`)
}
if (!postgres) restored(all[0], oldest)

freshDb.drop()
result('D23', broken, { fixtures: all.length, schemas: upgraded, head, records_opened: records, kill_points: points, killed, stood_at: Object.fromEntries([...kept].sort((a, b) => a[0] - b[0])) })
