// D10: a flood of junk. Bots post reports as fast as the server answers: the same words again and again, words drawn by chance, files, some that
// cry "danger now"; with and without JavaScript's road (API and form). Children submit meanwhile by the plain form, and do what the page of a full
// house says: wait as long as Retry-After, send the same again. Holds: every child is told a code; with the same clicks each has one report, not two; junk
// of repeated words stands below them in the queue; once the flood is over the house answers as before. Full: 200 bots for 10 minutes, 50 children, p95
// of a child <= 10 s. There is no proof of work yet (SECURITY.md), so nothing is asked of a slow phone, and "effort" has no way back to look at.
// What a bot says is not weighed: whoever claims a danger is read as one in danger. That is meant, and counted here under "claimed".
import http from 'node:http'
import { randomBytes } from 'node:crypto'
import { statSync } from 'node:fs'
import { Browser, Server, codeOn, multipart, sleep, urlencoded } from '../journeys/client.mjs'
import { data, everyFile, program, random, result, rows, small } from './drill.mjs'

const broken = [], figures = {}
const hold = (fine, what) => { if (!fine) broken.push(what) }
const BOTS = small ? 40 : 200, CHILDREN = small ? 12 : 50, SECONDS = Number(process.env.DRILL_SECONDS ?? (small ? 8 : 600))
const server = await new Server(program, data, { verb: 'demo' }).start()
const size = () => everyFile(data).reduce((n, f) => { try { return n + statSync(f).size } catch { return n } }, 0)
const cases = (where = '') => Number(rows(`SELECT COUNT(*) FROM cases ${where}`)[0][0])
const before = { size: size(), cases: cases(), three: cases('WHERE urgency = 3') }

// -- bots ---------------------------------------------------------------------------------------------------------------------------

let flood = true
const bots = { codes: {}, repeated: 0, claimed: 0, files: 0 }
const agent = new http.Agent({ keepAlive: true, maxSockets: BOTS })
const post = (path, { type, body }, headers = {}) => new Promise(done => {
  const r = http.request({ host: '127.0.0.1', port: server.port, method: 'POST', path, agent, headers: { ...headers, 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) } }, a => {
    a.resume().on('end', () => done({ code: a.statusCode, again: Number(a.headers['retry-after'] ?? 0) })).on('error', () => done({ code: 'cut' }))
  })
  r.on('error', e => done({ code: e.code })).end(body)
})
const junk = ['mua hàng rẻ ở đây', 'ha ha ha', 'aaaaaaaaaa', 'tin rác số một', 'http://rac.vi.du']
async function bot() {
  while (flood) {
    const kind = random(), fields = [['story', kind < 0.6 ? junk[Math.floor(random() * junk.length)] : randomBytes(40).toString('base64')], ['danger', kind > 0.9 ? 'now' : 'no'], ['token', randomBytes(16).toString('hex')]]
    bots.repeated += kind < 0.6
    bots.claimed += kind > 0.9
    const file = kind > 0.6 && kind < 0.65
    bots.files += file
    const form = file ? multipart([...fields, ['files', { name: 'a.png', type: 'image/png', bytes: randomBytes(100000) }]]) : urlencoded(fields)
    const answer = await post(random() < 0.5 ? '/api/v1/speak' : '/speak/send', form, { 'Idempotency-Key': randomBytes(12).toString('hex') })
    bots.codes[answer.code] = (bots.codes[answer.code] ?? 0) + 1
    if (typeof answer.code === 'string') await sleep(50)
  }
}

// -- children --------------------------------------------------------------------------------------------------------------------------

const took = []
let waits = 0, twice = 0
async function child(i) {
  const b = new Browser(server), from = Date.now()
  await b.get('/speak')
  const hidden = b.hidden('/speak/send'), fields = [...hidden, ['who', 'self'], ['danger', 'soon'], ['story', `Chuyện của em ${i}, ở lớp có người đe dọa em.`]]
  for (;;) {
    const page = await b.request('POST', '/speak/send', multipart(fields)).catch(() => ({ code: 0, headers: {} }))
    b.page = page.code === 303 ? await b.get(page.to.split('#')[0]) : page
    const code = codeOn(b.page)
    if (code) {
      took.push(Date.now() - from)
      const again = await new Browser(server, {}).request('POST', '/speak/send', multipart(fields)).catch(() => ({}))   // a second tap
      twice += again.code === 303
      return code
    }
    waits++
    if (Date.now() - from > 600000) return hold(false, `a child was not told a code within 10 minutes: ${page.code}`)
    await sleep(1000 * Math.max(1, Number(page.headers?.['retry-after'] ?? b.page.headers?.['retry-after'] ?? 1)))
  }
}

const running = [...Array(BOTS)].map(bot), from = Date.now()
await sleep(1000)
const told = []
for (let i = 0; i < CHILDREN; i++) { told.push(child(i)); await sleep(SECONDS * 1000 / CHILDREN * 0.8) }
const codes = await Promise.all(told)
while (Date.now() - from < SECONDS * 1000) await sleep(200)
flood = false
await Promise.all(running)

took.sort((a, b) => a - b)
figures.children = { told: codes.filter(Boolean).length, of: CHILDREN, p50_ms: took[Math.floor(took.length / 2)], p95_ms: took[Math.floor(took.length * 0.95)], waits, second_taps: twice }
figures.bots = { ...bots, a_second: Math.round(Object.values(bots.codes).reduce((a, b) => a + b, 0) / (Date.now() - from) * 1000) }
figures.disk_mib = Math.round((size() - before.size) / 1048576)
figures.reports = cases() - before.cases
hold(codes.every(Boolean) && new Set(codes).size === CHILDREN, `${new Set(codes.filter(Boolean)).size} of ${CHILDREN} children were told a code of their own`)
if (!small) hold(figures.children.p95_ms <= 10000, `p95 of a child: ${figures.children.p95_ms} ms`)
hold(Object.keys(bots.codes).every(c => ['201', '303', '200', '503', '413'].includes(c)), `bots were answered by ${Object.keys(bots.codes)}`)
// Every child has one report, above all that claims no danger: no bot says "soon".
hold(cases('WHERE urgency = 3') - before.three === CHILDREN, `${cases('WHERE urgency = 3') - before.three} reports of ${CHILDREN} children`)
const low = cases('WHERE urgency = 0')
hold(low >= bots.repeated * 0.3 || bots.repeated < 20, `of ${bots.repeated} repeated ones only ${low} stand last`)
const account = server.accounts().find(a => a.role === 'counsellor')
hold(account && (await new Browser(server).get('/healthz')).code === 200, 'not healthy')
for (const code of codes.filter(Boolean).slice(0, 5)) {
  const r = await new Browser(server).api('/api/v1/talk', { code })
  hold(r.code === 200 && /Chuyện của em/.test(r.text), `a child does not come back: ${r.code}`)
}

// -- afterwards ------------------------------------------------------------------------------------------------------------------------------

const rest = Date.now()
let quick = null
while (Date.now() - rest < 300000 && !quick) {
  const t = Date.now(), r = await new Browser(server).api('/api/v1/speak', { story: `sau cơn lũ ${t}` }, { 'Idempotency-Key': `after-${t}-0000000000` }).catch(() => ({}))
  if (r.code === 201 && Date.now() - t < 1000) quick = Date.now() - rest
  else await sleep(500)
}
figures.quiet_after_ms = quick
hold(quick !== null, 'the house did not come to rest')
await server.stop()
const audit = server.run('audit verify')
hold(audit.status === 0, `audit verify: ${audit.stdout}${audit.stderr}`)
result('D10', [...new Set(broken)], figures)
process.exit()
