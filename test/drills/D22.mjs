// D22: backup to a new machine. While clients tell reports with files, backups are made; then the server is killed and its folder
// is gone. Of the backups alone, without their key, nothing can be read. Damaged, cut, missing, foreign, altered and too old ones are
// refused and leave nothing behind. With the offline key and the key of the house all comes back on a machine without network: what was
// acknowledged before the backup began is there to the letter, nothing is there that nobody told, the log goes on from every entry
// that a stranger saw. Most of the 100,000 reports of the full form are rows alone (bench_fill), since each code costs an Argon2.
// DRILL_BYTES: of evidence, where 10 GB are too many for the machine; what was there is in the result.
import { spawn, spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, statfsSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Browser, Server, sleep, totp } from '../journeys/client.mjs'
import { data, everyFile, folder, hexOf, program, random, result, rows, search, small } from './drill.mjs'
import { Witness, history } from './history.mjs'

const skip = why => { console.log(JSON.stringify({ drill: 'D22', result: 'skipped', why })); process.exit(0) }
if (process.env.LACHAN_TEST_POSTGRES) skip('PostgreSQL is backed up with tools of its own (docs/operations.md)')
const fill = join(dirname(program), 'bench/bench_fill')
if (!existsSync(fill)) skip('needs bench/bench_fill beside the program: ninja -C build')

const ROWS = small ? 350 : 100000, CLIENTS = small ? 4 : 8, FILE = small ? 100000 : 20 << 20, PATIENCE = small ? 60 : 240
const free = statfsSync(folder), BYTES = small ? 4e6 : Math.min(Number(process.env.DRILL_BYTES ?? 10e9), free.bavail * free.bsize / 5)
const broken = [], told = join(folder, 'told'), repo = join(folder, 'repo'), safe = join(folder, 'safe'), machine = join(folder, 'machine')
const must = (fine, what) => { if (!fine) broken.push(what); return fine }
for (const dir of [told, safe, machine]) mkdirSync(dir)
const run = (...args) => spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 30 })
const said = r => `${r.stdout}${r.stderr}`.trim().slice(-300)

const server = await new Server(program, data, { verb: 'demo' }).start()
server.verb = 'serve'
await server.stop()
must(spawnSync(fill, ['--data', data, String(ROWS)]).status === 0, 'the rows cannot be made')
const wereThere = Number(rows('SELECT count(*) FROM cases')[0][0])
await server.start()
const secret = join(safe, 'secret'), keyFile = join(safe, 'inst.key')
const key = run('backup', 'key', '--out', secret).stdout.trim()
cpSync(join(data, 'keys/inst.key'), keyFile)

// -- load, and backups in the middle of it ------------------------------------------------------------------------------------------------------

const mark = [...Array(14)].map(() => 'abcdefghijklmnopqrstuvwxyz'[Math.floor(random() * 26)]).join(''), noise = randomBytes(FILE)
let ending = false, bytes = 0, sent = 0
async function client(n) {
  const witness = new Witness(told, `client-${n}`)
  for (let k = 0; !ending; k++) {
    const op = { id: `${n}.${k}`, story: `Chuyện bịa ${mark} ${n}.${k}`, file: k % 2 === 0 && bytes < BYTES }
    witness.invoke(op.id, op)
    bytes += op.file ? FILE : 0
    const fields = [['story', op.story], ...op.file ? [['files', { name: `${mark}.bin`, type: 'application/octet-stream', bytes: Buffer.concat([Buffer.from(op.id), noise]) }]] : []]
    const r = await new Browser(server).apiForm('/api/v1/speak', fields, { 'Idempotency-Key': `${mark}-${op.id}-0000000000` }).catch(() => null)
    witness.done(op.id, r?.code === 201 ? 'ok' : r && r.code >= 400 && r.code < 500 ? 'fail' : 'unknown', r?.code === 201 ? JSON.parse(r.text).code : undefined)
    sent++
  }
  witness.close()
}
const backup = () => new Promise(done => {
  const from = Date.now(), child = spawn(program, ['backup', '--data', data, '--to', repo, '--backup-key', key]), got = { from, said: '' }
  for (const pipe of [child.stdout, child.stderr]) pipe.on('data', d => { got.said += d })
  child.on('exit', code => done({ ...got, code, seconds: (Date.now() - from) / 1000, name: got.said.match(/^backup (\S+):/)?.[1], bytes: Number(got.said.match(/with (\d+) bytes/)?.[1]) }))
})
const end = Date.now() + PATIENCE * 1000, clients = [...Array(CLIENTS).keys()].map(client)
const until = async enough => { while (!enough() && Date.now() < end) await sleep(50) }
await until(() => bytes >= BYTES / 2 && sent >= (small ? 40 : 200))
const first = await backup()
await until(() => bytes >= BYTES && sent >= (small ? 80 : 400))
const second = await backup()
for (const b of [first, second]) must(b.code === 0 && b.name, `no backup was made under load: ${b.said}`)
const log = run('audit', 'export', '--data', data).stdout
await sleep(500)
ending = true
await server.kill()
await Promise.all(clients)
const logKey = log.match(/^key (\S+)/m)[1], entries = text => text.split('\n').filter(l => l.startsWith('entry '))
renameSync(data, join(folder, 'burnt'))

// -- what whoever finds the backups has ------------------------------------------------------------------------------------------------------------

const all = history(told), canaries = [mark, `Chuyện bịa ${mark}`, readFileSync(keyFile, 'utf8').trim().split(' ')[1], ...all.filter(o => o.secret).slice(0, 5).flatMap(o => [o.secret, o.secret.replaceAll('-', '')])]
const size = p => statSync(p).size, pieces = everyFile(repo), looked = pieces.filter(p => size(p) < 1 << 20)
broken.push(...search(looked, canaries))
must(search([keyFile], canaries).length > 0, 'the search is blind')
const verify = (...more) => run('backup', 'verify', repo, '--log-key', logKey, ...more)
must(verify().status === 0 && verify('--snapshot', first.name).status === 0, `a stranger cannot check it: ${said(verify())}`)

// -- refused, and nothing left behind -----------------------------------------------------------------------------------------------------------------

const to = join(machine, 'data'), alone = spawnSync('unshare', ['-rn', 'true']).status === 0 ? ['unshare', '-rn'] : []
function restore({ from = repo, house = keyFile, open = secret, clock = [] } = {}, ...more) {
  const all = [...alone, ...clock, program, 'restore', '--from', from, '--secret', open, '--key-file', house, '--data', to, ...more]
  return spawnSync(all[0], all.slice(1), { encoding: 'utf8' })
}
let refused = 0
function refuses(what, how, say) {
  const r = restore(how)
  must(r.status === 1 && say.test(said(r)), `${what}: answered by ${r.status}: ${said(r)}`)
  must(!existsSync(to), `${what}: something was restored`)
  rmSync(`${to}.restoring`, { recursive: true, force: true })
  refused++
}
const snapshot = join(repo, 'snapshots', `${second.name}.backup`), text = readFileSync(snapshot, 'utf8'), blobOf = name => join(repo, 'blobs', name.slice(0, 2), name)
const named = [...text.matchAll(/^(piece|keys|file) .*?([0-9a-f]{64})$/gm)].map(m => ({ kind: m[1], path: blobOf(m[2]) }))
const pick = kind => { const of = named.filter(n => n.kind === kind); return of[Math.floor(random() * of.length)].path }
function spoilt(path, spoil, body) {
  const held = join(folder, 'held')
  cpSync(path, held)
  spoil(path)
  body()
  cpSync(held, path)
  rmSync(held)
}
const flip = p => { const b = readFileSync(p); b[Math.floor(random() * b.length)] ^= 1 << Math.floor(random() * 8); writeFileSync(p, b) }
for (const kind of small ? ['piece', 'keys', 'file'] : ['piece', 'file']) spoilt(pick(kind), flip, () => {
  refuses(`a bit of a ${kind} flipped`, {}, /damaged|missing/)
  must(verify().status === 1, `verify does not see a bit of a ${kind} flipped`)
})
spoilt(pick('piece'), p => truncateSync(p, 100), () => refuses('a piece cut', {}, /damaged|missing/))
spoilt(pick('file'), p => rmSync(p), () => refuses('a file missing', {}, /damaged|missing/))
spoilt(snapshot, p => writeFileSync(p, text.replace(/\nlog \d+/, '\nlog 1')), () => refuses('an altered description', {}, /foreign|altered/))
spoilt(snapshot, p => writeFileSync(p, text.slice(0, text.length / 2)), () => refuses('half a description', {}, /description|foreign|altered|cut/))
run('init', '--data', join(folder, 'house'))
run('backup', 'key', '--out', join(folder, 'other'))
refuses('the key of another house', { house: join(folder, 'house/keys/inst.key') }, /foreign/)
refuses('another offline key', { open: join(folder, 'other') }, /another key/)
refuses('no backup at all', { from: safe }, /no folder of backups/)
if (!spawnSync('faketime', ['-f', '+0d', 'true']).error) refuses('40 days old', { clock: ['faketime', '-f', '+40d'] }, /days old/)

// -- it comes back -------------------------------------------------------------------------------------------------------------------------------------

const began = Date.now(), r = restore(), seconds = (Date.now() - began) / 1000
if (!must(r.status === 0, `nothing comes back: ${said(r)}`)) { result('D22', broken); process.exit() }
const again = new Server(program, to, { options: ['--key-file', keyFile] })
const audit = again.run('audit verify', '--key-file', keyFile)
must(audit.status === 0, `the restored log does not verify: ${said(audit)}`)
// The copy may be some acts older than what the stranger saw later; what the backup says of its log must be there, entry by entry.
const before = entries(log), after = entries(run('audit', 'export', '--data', to, '--key-file', keyFile).stdout), known = Number(text.match(/^log (\d+)/m)[1])
must(known > 0 && after.length >= known && before.slice(0, known).every((e, i) => e === after[i]), `the log does not go on from the ${known} entries that were seen`)

const there = sql => spawnSync('sqlite3', ['-batch', join(to, 'lachan.db'), sql], { encoding: 'utf8', maxBuffer: 1 << 30 }).stdout.split('\n').filter(Boolean)
const onDisk = new Set(everyFile(join(to, 'files')).map(p => createHash('sha256').update(readFileSync(p)).digest('hex')))
const files = there(`SELECT ${hexOf('sha256')} FROM files`)
const lost = files.filter(f => !onDisk.has(f)).length
must(lost === 0, `${lost} files are not as they were sealed`)
must(there('SELECT count(*) FROM sessions')[0] === '0', 'sessions came back')

await again.start()
let present = 0
async function compare(o) {
  const sure = o.outcome === 'ok' && o.t_done < second.from
  if (!o.secret) return
  const r = await new Browser(again).api('/api/v1/talk', { code: o.secret })
  if (r.code !== 200) return void must(!sure, `${o.id} was acknowledged before the backup and is lost: ${r.code}`)
  present++
  const { messages } = JSON.parse(r.text), mine = messages.filter(m => m.from === 'child')
  must(mine.length === 1 && mine[0].text === o.story, `${o.id} does not hold what was sent`)
  must(messages.some(m => m.from === 'system') === o.file, `${o.id} has lost its file`)
}
for (let i = 0; i < all.length; i += 8) await Promise.all(all.slice(i, i + 8).map(compare))
const sure = all.filter(o => o.outcome === 'ok' && o.t_done < second.from).length, unknown = all.filter(o => o.outcome === 'unknown').length
const mine = Number(there('SELECT count(*) FROM cases')[0]) - wereThere
must(mine >= present && mine <= present + unknown, `${mine} reports for ${present} whose codes open and ${unknown} unknown`)
must(sure > 0 && all.every(o => o.outcome !== 'fail' && !o.twice), 'a report was refused, or got two codes')
const staff = JSON.parse(readFileSync(join(folder, 'burnt/demo-accounts.json'), 'utf8')).find(a => a.role === 'counsellor'), desk = new Browser(again)
await desk.get('/sign-in')
await desk.send('/sign-in', [['user', staff.user], ['password', staff.password], ['totp', totp(staff.totp_secret)]])
must((await desk.get('/desk')).code === 200, `staff do not come in: ${desk.page.code}`)
must((await new Browser(again).api('/api/v1/speak', { story: 'sau khi khôi phục' })).code === 201, 'no report is taken on the new machine')
await again.stop()
must(again.run('audit verify', '--key-file', keyFile).status === 0, 'the log does not verify after the first day')
if (!small) must(seconds <= 900, `the restore took ${seconds} s`)

result('D22', broken, { reports: Number(there('SELECT count(*) FROM cases')[0]), told: all.length, sure, present, evidence_mb: Math.round(everyFile(join(to, 'files')).reduce((n, p) => n + size(p), 0) / 1e6),
  database_mb: Math.round(size(join(to, 'lachan.db')) / 1e6), backup_s: first.seconds, next_backup_s: second.seconds, next_new_mb: Math.round(second.bytes / 1e6), refused, searched: looked.length, restore_s: seconds, network: alone.length ? 'none' : 'not cut' })
