// D19: what somebody on the line learns from sizes and times. Over TLS, as the bytes of a connection: pages of help, the form, the page of the code,
// a conversation without and with an answer, a mistyped code, a page that is not there, 200 times each (small: 12). A classifier
// (nearest neighbours, k = 5) is taught with half of the sizes and asked about the other half: it may be right at most ten points oftener
// than by chance. And a code that exists against one that does not: Welch's |t| < 4.5 over 10,000 each (small: 60).
// Not hidden, and not tried: how long a story is that a browser sends (a form without JavaScript has nothing to pad with), how long an address is that it asks
// for, and on a loopback the milliseconds that a conversation takes to open; `with_time` says how well the classifier does with these.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import https from 'node:https'
import { Browser, Server, codeOn, entrance, multipart, sleep, urlencoded, act } from '../journeys/client.mjs'
import { data, folder, program, random, result, small } from './drill.mjs'

const broken = [], figures = {}
const hold = (fine, what) => { if (!fine) broken.push(what) }
const RUNS = small ? 10 : 200, SAMPLES = small ? 40 : 10000
const made = spawnSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')], { encoding: 'utf8' })
if (made.status !== 0) { console.log(JSON.stringify({ drill: 'D19', result: 'skipped', why: 'needs the program openssl' })); process.exit(0) }

async function shapes(n) {                                   // codes of reports at another house: right shape, unknown here
  const other = await new Server(program, join(folder, 'other'), { verb: 'demo', address: '' }).start(), codes = []
  for (let i = 0; i < n; i++) codes.push(JSON.parse((await new Browser(other).api('/api/v1/speak', { story: `x${i}` }, { 'Idempotency-Key': `other-house-${i}-000000` })).text).code)
  await other.stop()
  return codes
}
const elsewhere = shapes(8)

// The stories come over plain HTTP, then the same house answers over TLS.
const server = await new Server(program, data, { verb: 'demo' }).start()
async function tell(story) {
  const b = new Browser(server)
  await b.get('/speak')
  await b.send('/speak/send', [['story', story], ['danger', 'soon']], { encode: multipart })
  return { browser: b, code: codeOn(b.page) }
}
const none = await tell('ngắn'), some = await tell('dài hơn một chút, '.repeat(20)), page = await tell('ở trang mã')
const staff = await entrance(server)(server.accounts().find(a => a.role === 'counsellor').user)
const mine = [...(await staff.get('/desk?show=unclaimed')).text.matchAll(/href="?(\/desk\/[0-9a-z]{26})/g)].map(m => m[1])
for (const path of mine) {
  if (!(await staff.get(path)).text.includes('dài hơn một chút')) continue
  await staff.send(`${path}/claim`)
  await staff.send(`${path}/reply`, [['text', 'Cô đã đọc. '.repeat(30)]])
}
async function inside(code) {
  const b = new Browser(server)
  await b.get('/talk')
  await b.send('/talk', [['code', code]])
  return b
}
const empty = await inside(none.code), answered = await inside(some.code)
hold((await answered.get('/talk')).text.includes('Cô đã đọc'), 'there is no answer to look at')
const jar = b => [...b.jar].map(([k, v]) => `${k}=${v}`).join('; ')
await server.stop()
server.verb = 'serve'
server.options.push('--tls-cert', join(folder, 'cert.pem'), '--tls-key', join(folder, 'key.pem'))
await server.start()

// One request on a connection of its own, and what the line carried back.
const ask = (path, { cookie, body } = {}) => new Promise((done, bad) => {
  const from = process.hrtime.bigint(), headers = { 'Accept-Encoding': 'gzip', 'Accept-Language': 'vi', ...(cookie ? { Cookie: cookie } : {}), ...(body ? { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': Buffer.byteLength(body) } : {}) }
  const r = https.request({ host: '127.0.0.1', port: server.port, path, method: body ? 'POST' : 'GET', headers, rejectUnauthorized: false, agent: false }, a => {
    a.resume().on('end', () => { const { socket } = a; done({ bytes: (socket._parent ?? socket).bytesRead - base, us: Number(process.hrtime.bigint() - sent) / 1000, code: a.statusCode, to: a.headers.location }) })
  })
  let base = 0, sent = from
  r.on('socket', s => s.once('secureConnect', () => { base = (s._parent ?? s).bytesRead; sent = process.hrtime.bigint() })).on('error', bad).end(body)
})

// -- which page was it? ----------------------------------------------------------------------------------------------------------------

const pages = {
  start: () => ask('/'), help: () => ask('/learn'), services: () => ask('/help'), form: () => ask('/speak'), more: () => ask('/speak/more'), talk: () => ask('/talk'), nowhere: () => ask('/khong-co'), full: () => ask('/problems/busy'),
  code: () => ask('/speak/code', { cookie: jar(page.browser) }), 'no answer': () => ask('/talk', { cookie: jar(empty) }), 'an answer': () => ask('/talk', { cookie: jar(answered) }),
}
const names = Object.keys(pages), seen = []
for (let i = 0; i < RUNS; i++) for (const name of names) seen.push({ name, ...await pages[name]() })
figures.pages = {}
for (const name of names) figures.pages[name] = { bytes: [...new Set(seen.filter(s => s.name === name).map(s => s.bytes))].sort((a, b) => a - b).slice(0, 4), us: Math.round(seen.filter(s => s.name === name).map(s => s.us).sort((a, b) => a - b)[RUNS >> 1]) }

function right(features) {
  const taught = seen.filter((_, i) => Math.floor(i / names.length) % 2 === 0), asked = seen.filter((_, i) => Math.floor(i / names.length) % 2 === 1)
  const scale = features.map(f => { const all = seen.map(f), m = all.reduce((a, b) => a + b, 0) / all.length; return Math.sqrt(all.reduce((a, b) => a + (b - m) ** 2, 0) / all.length) || 1 })
  let hits = 0
  for (const one of asked) {
    // Among equals chance decides, as it would for somebody on the line.
    const near = taught.map(t => [features.reduce((d, f, i) => d + ((f(t) - f(one)) / scale[i]) ** 2, 0), random(), t.name]).sort((a, b) => a[0] - b[0] || a[1] - b[1]).slice(0, 5), votes = {}
    for (const [, , name] of near) votes[name] = (votes[name] ?? 0) + 1
    const most = Math.max(...Object.values(votes)), best = Object.keys(votes).filter(n => votes[n] === most)
    hits += best[Math.floor(random() * best.length)] === one.name
  }
  return hits / asked.length
}
const chance = 1 / names.length, sizes = right([s => s.bytes])
Object.assign(figures, { chance: Number(chance.toFixed(3)), by_size: Number(sizes.toFixed(3)), with_time: Number(right([s => s.bytes, s => Math.log(s.us)]).toFixed(3)) })
// With few runs chance itself wanders: three standard deviations of it are left to it.
const room = 0.1 + (small ? 3 * Math.sqrt(chance * (1 - chance) / (RUNS / 2 * names.length)) : 0)
hold(sizes <= chance + room, `sizes tell pages: right ${Math.round(sizes * 100)} % of the time, chance is ${Math.round(chance * 100)} %`)

// -- a code that exists against one that does not -------------------------------------------------------------------------------------------

const times = { hit: [], miss: [] }, sizesOf = { hit: new Set(), miss: new Set() }
const foreign = await elsewhere
const talk = code => ask('/talk', { body: urlencoded([['code', code]]).body })
const mean = x => x.reduce((a, b) => a + b, 0) / x.length, variance = x => { const m = mean(x); return x.reduce((a, b) => a + (b - m) ** 2, 0) / (x.length - 1) }
function welch(a, b) {
  const cut = [...a, ...b].sort((x, y) => x - y)[Math.floor((a.length + b.length) * 0.9)], [x, y] = [a, b].map(s => s.filter(v => v <= cut))
  return { t: (mean(x) - mean(y)) / Math.sqrt(variance(x) / x.length + variance(y) / y.length), us: [mean(x), mean(y)].map(Math.round) }
}
let told
for (let tries = 0; tries < 4; tries++) {
  times.hit = []
  times.miss = []
  for (let i = 0; i < SAMPLES; i++) for (const kind of random() < 0.5 ? ['hit', 'miss'] : ['miss', 'hit']) {
    const answer = await talk(kind === 'hit' ? none.code : foreign[i % foreign.length])
    hold(answer.code === 303, `a code was answered by ${answer.code}`)
    times[kind].push(answer.us)
    sizesOf[kind].add(answer.bytes)
  }
  told = welch(times.hit, times.miss)
  if (Math.abs(told.t) < 4.5) break
}
Object.assign(figures, { t: Number(told.t.toFixed(2)), hit_miss_us: told.us, hit_bytes: [...sizesOf.hit].slice(0, 4), miss_bytes: [...sizesOf.miss].slice(0, 4) })
hold(Math.abs(told.t) < 4.5, `time tells whether a code exists: t = ${told.t.toFixed(1)}, ${told.us} us`)
hold(Math.max(...sizesOf.hit) - Math.min(...sizesOf.miss) <= 8 && Math.max(...sizesOf.miss) - Math.min(...sizesOf.hit) <= 8, `size tells whether a code exists: ${[...sizesOf.hit]} against ${[...sizesOf.miss]}`)
await server.stop()
result('D19', [...new Set(broken)], figures)
process.exit()
