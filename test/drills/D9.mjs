// D9: hostile media. Spoilt pictures and films and small files that unpack to huge ones go through the real server by two doors: most
// by the match API, whose decoder is kept for a partner, others from a child to the desk, where each has a decoder of its own. Then a
// decoder that somebody has taken over is put in the real one's place. Holds: the server answers throughout and its memory and descriptors
// stay flat, no decoder is over 512 MiB, a file that kills its decoder is "no picture", what was sealed comes back bit by bit, the
// taken-over decoder does nothing. That a decoder has 10 s of CPU is measured by decode/test; here only that no answer is later than 60 s.
// The full form ends after 12 minutes (DRILL_SECONDS), however many of its 100,000 files went through.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Browser, Server, entrance, sleep, urlencoded } from '../journeys/client.mjs'
import { data, hexOf, program, random, result, rows, small } from './drill.mjs'
import { bombs, picture, samples, spoil } from './d9/media.mjs'

const TOTAL = small ? 300 : 100000, DESK = small ? 30 : 1000, PATIENCE = small ? 600 : Number(process.env.DRILL_SECONDS ?? 12 * 60), CLIENTS = 3
const broken = [], must = (fine, what) => { if (!fine) broken.push(what); return fine }
const decoders = join(dirname(program), 'decode'), env = { LACHAN_DECODE: process.env.LACHAN_DECODE ?? join(decoders, 'lachan-decode') }
if (!existsSync(env.LACHAN_DECODE)) { console.log(JSON.stringify({ drill: 'D9', result: 'skipped', why: 'needs decode/lachan-decode beside the program: ninja -C build' })); process.exit(0) }
const server = await new Server(program, data, { verb: 'demo', env }).start()
// A partner may ask as fast as it can here: what is tried is the decoder, not the quota.
server.run('partner quota', '--org', 'platform', '--scope', 'match', '--per-second', '100000', '--burst', '100000', '--per-day', '100000000')
const { token } = JSON.parse(readFileSync(join(data, 'demo-tokens.json'), 'utf8')).find(t => t.environment === 'production')
const { all: pool, folders } = samples()
const spoilt = () => spoil(pool[Math.floor(random() * pool.length)], pool, random)

// -- the server and its decoders, watched ---------------------------------------------------------------------------------------------------

const text = path => { try { return readFileSync(path, 'utf8') } catch { return '' } }
const rss = () => Number(text(`/proc/${server.child.pid}/status`).match(/VmRSS:\s+(\d+)/)?.[1] ?? 0)
const fds = () => { try { return readdirSync(`/proc/${server.child.pid}/fd`).length } catch { return 0 } }
let largest = 0, seen = 0
const watch = setInterval(() => {
  let tasks = []
  try { tasks = readdirSync(`/proc/${server.child.pid}/task`) } catch { return }
  for (const t of tasks) for (const child of text(`/proc/${server.child.pid}/task/${t}/children`).split(' ').filter(Boolean)) {
    seen++
    largest = Math.max(largest, Number(text(`/proc/${child}/status`).match(/VmHWM:\s+(\d+)/)?.[1] ?? 0))
  }
}, 100)

// -- by the match API ----------------------------------------------------------------------------------------------------------------------------

const answers = {}
let slowest = 0, sent = 0
async function match(bytes, what) {
  const began = Date.now()
  let r
  for (let i = 0; i < 50; i++) {
    r = await new Browser(server).request('POST', '/api/v1/match', { type: 'image/jpeg', body: bytes, headers: { Authorization: `Bearer ${token}` } }).catch(e => ({ code: 0, text: String(e) }))
    if (r.code !== 503) break
    await sleep(50)
  }
  slowest = Math.max(slowest, Date.now() - began)
  answers[r.code] = (answers[r.code] ?? 0) + 1
  sent++
  must([200, 413, 422].includes(r.code), `${what}: answered ${r.code} ${r.text.slice(0, 100)}`)
  return r
}
const good = picture(), alive = async what => must((await match(good, what)).code === 200, `${what}: a good picture is not read afterwards`)
await alive('before anything')
const list = bombs(small)
for (const [what, bytes] of list) if (bytes.length <= 25 << 20) { await match(bytes, what); await alive(what) }
const end = Date.now() + PATIENCE * 1000, bulk = TOTAL - DESK
for (let i = 0; i < Math.min(100, bulk / 4); i++) await match(spoilt(), 'a first one')
const warm = { rss: rss(), fds: fds() }
await Promise.all([...Array(CLIENTS)].map(async () => { while (sent < bulk && Date.now() < end) await match(spoilt(), `spoilt file, seed ${process.env.DRILL_SEED ?? ''}`) }))
await alive('after all')

// -- from a child to the desk ----------------------------------------------------------------------------------------------------------------------

const hanh = await entrance(server)('hanh.mau'), shown = {}
let originals = 0, onDesk = 0
const idOf = hex => { let n = BigInt(`0x${hex}`), t = ''; for (let i = 0; i < 26; i++) { t = '0123456789abcdefghjkmnpqrstvwxyz'[Number(n & 31n)] + t; n >>= 5n } return t }
async function look(file, bytes) {
  await hanh.get(file)
  await hanh.send(file, [['reason', 'evidence'], ['words', 'thử']])
  if (!must(hanh.page.code === 200, `the page of a hostile file: ${hanh.page.code}`)) return
  const seen = await hanh.request('GET', `${file}/blurred`)
  shown[seen.code] = (shown[seen.code] ?? 0) + 1
  must(seen.code < 500 || seen.code === 503, `a hostile file at the desk: ${seen.code}`)
  await hanh.get(`${file}/view`)
  const original = await hanh.request('POST', `${file}/download`, urlencoded(hanh.hidden(`${file}/download`)))
  originals += must(original.code === 200 && bytes.some(b => b.equals(original.raw)), `what was sealed does not come back: ${original.code}`)
}
const little = list.map(b => b[1]).filter(b => b.length < 2 << 20)
for (; onDesk < DESK && Date.now() < end + 180000; onDesk += 10) {
  const bytes = [...Array(10).keys()].map(i => onDesk === 0 && i < little.length ? little[i] : spoilt()), story = `tệp lạ ${onDesk}`
  const before = new Set(rows(`SELECT ${hexOf('id')} FROM cases`).map(r => r[0]))
  const r = await new Browser(server).apiForm('/api/v1/speak', [['story', story], ['province', '48'], ...bytes.map((b, i) => ['files', { name: `t${i}.png`, type: 'image/png', bytes: b }])])
  if (!must(r.code === 201, `a report with hostile files: ${r.code}`)) break
  const files = `/desk/${idOf(rows(`SELECT ${hexOf('id')} FROM cases`).map(x => x[0]).find(h => !before.has(h)))}/files`
  await hanh.get(files)
  const found = [...new Set([...hanh.page.text.matchAll(new RegExp(`${files}/[0-9a-z]{26}`, 'g'))].map(m => m[0]))]
  must(found.length === 10, `${found.length} of 10 files lie at the desk`)
  for (const file of found) await look(file, bytes)
}
must((await new Browser(server).get('/healthz')).code === 200, 'the server is not healthy afterwards')
await sleep(500)
const after = { rss: rss(), fds: fds() }
must(after.rss - warm.rss < (small ? 96 : 128) * 1024, `the server's memory grew from ${warm.rss} to ${after.rss} kB`)
must(after.fds <= warm.fds + 8, `the server's descriptors grew from ${warm.fds} to ${after.fds}`)
must(largest <= 512 * 1024, `a decoder had ${largest} kB`)
must(seen > 0, 'no decoder was seen: the drill has shown little')
must(slowest <= 60000, `an answer took ${slowest} ms`)
must(answers[200] > 10 && answers[422] > 10, `all answers are of one kind: ${JSON.stringify(answers)}`)
must(originals > 0, 'no original came back')
await server.stop()
must(server.run('audit verify').status === 0, 'the log does not verify')

// -- a decoder that was taken over --------------------------------------------------------------------------------------------------------------------

let evil = 'skipped: needs decode/test/lachan-decode-evil'
const taken = join(decoders, 'test/lachan-decode-evil')
if (existsSync(taken)) {
  server.verb = 'serve'
  server.env = { LACHAN_DECODE: taken }
  await server.start()
  const acts = ['open', 'create', 'connect', 'fork', 'vfork', 'ptrace', 'traceme', 'kill', 'exec', 'code', 'make-code', 'write-input', 'map-input', 'more-cpu', 'shrink-pixels', 'memory',
    'crash', 'lie-size', 'lie-place', 'lie-sampling', 'lie-planes', 'lie-sides', 'lie-code', 'lie-message', 'open', ...small ? [] : ['spin']]
  for (const act of acts) {
    const r = await match(Buffer.from(`EVIL ${act}`), `a decoder that tries to ${act}`)
    must(r.code === 422, `a decoder that was taken over succeeded: ${act} is answered by ${r.code}`)
  }
  must((await new Browser(server).get('/healthz')).code === 200, 'the server is not healthy after a decoder that was taken over')
  must(!existsSync('/tmp/lachan-evil'), 'a decoder that was taken over made a file')
  await server.stop()
  evil = acts.length
}
clearInterval(watch)
result('D9', broken, { sent, on_desk: onDesk, originals, bombs: list.length, answers, shown, samples: pool.length, pictures_beside: folders > 1 ? 'yes' : 'no: ../shared/data is absent',
  slowest_ms: slowest, server_kb: [warm.rss, after.rss], descriptors: [warm.fds, after.fds], decoder_kb: largest, evil })
