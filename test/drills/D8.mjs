// D8: mutated requests. A valid request of every route is recorded, as a stranger, a child, staff of several roles and programs send it, with
// the fields that its page's form has; then each is damaged: bits, bytes, headers twice, Content-Length against Transfer-Encoding,
// chunks, parts of a form, UTF-8, NUL, escapes, JSON too deep and numbers too large, two requests spliced; half of them on a connection
// that was used before. Holds: the server lives, with nothing to say for the sanitizers where LACHAN_PROGRAM is their build; no 5xx but the
// declared 501 of an unknown method, 503 with Retry-After and 505 of the HTTP library; every framing that two programs could read in two ways is refused
// and its connection closed; honest requests are answered all the while; and the log verifies.
import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { readFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { Browser, Server, codeOn, json, multipart, plain, sleep, totp, urlencoded } from '../journeys/client.mjs'
import { data, program, random, result, small } from './drill.mjs'
import { framing, mutate, seedWith } from './d8/mutate.mjs'

const broken = [], figures = {}, codes = {}
const hold = (fine, what) => { if (!fine) broken.push(what) }
const REQUESTS = Number(process.env.DRILL_REQUESTS ?? (small ? 5000 : 1000000)), AT_ONCE = small ? 12 : 96
seedWith(random)
const some = list => list[Math.floor(random() * list.length)]
process.env.LSAN_OPTIONS = `suppressions=${new URL('./d8/lsan.supp', import.meta.url).pathname}:print_suppressions=0`
const server = await new Server(program, data, { verb: 'demo', env: { ASAN_OPTIONS: 'detect_leaks=1:exitcode=99', UBSAN_OPTIONS: 'print_stacktrace=1' } }).start()

// -- who sends ------------------------------------------------------------------------------------------------------------------------

const accounts = server.accounts(), used = new Map(), sessions = new Map()
async function enter(account) {                            // no oftener than the authenticator allows, and never waiting for it
  const at = Math.max(Math.floor(Date.now() / 30000), (used.get(account.user) ?? 0) + 1)
  if (at > Math.floor(Date.now() / 30000) + 1) return
  used.set(account.user, at)
  const b = new Browser(server)
  const answer = await b.request('POST', '/sign-in', urlencoded([['user', account.user], ['password', account.password], ['totp', totp(account.totp_secret, at * 30000)]])).catch(() => null)
  if (answer?.code !== 303 || answer.to.startsWith('/sign-in')) return
  const csrf = (await b.get('/account')).text.match(/name="?csrf"? value="([0-9a-f]+)"/)?.[1]
  if (csrf) sessions.set(account.user, { cookie: [...b.jar].map(([k, v]) => `${k}=${v}`).join('; '), csrf, browser: b })
}
const roles = [...new Set(accounts.map(a => a.role))].map(r => accounts.find(a => a.role === r))
for (const a of roles) await enter(a)
hold(sessions.size === roles.length, `${sessions.size} of ${roles.length} people came in`)
const tokens = JSON.parse(readFileSync(join(data, 'demo-tokens.json'), 'utf8')).map(t => t.token)
const child = new Browser(server)
await child.get('/speak')
await child.send('/speak/send', [['story', 'để ghi lại']], { encode: multipart })
const code = codeOn(child.page)
await child.get('/talk')
await child.send('/talk', [['code', code]])
await child.get('/talk')

// -- a valid request of every route --------------------------------------------------------------------------------------------------------

const routes = spawnSync(program, ['routes'], { encoding: 'utf8', env: { ...process.env, ASAN_OPTIONS: 'detect_leaks=0' } }).stdout.trim().split('\n').map(l => l.split('\t'))
const holder = sessions.get(accounts.find(a => a.role === 'counsellor').user).browser
const id = (await holder.get('/desk?show=all')).text.match(/href="?\/desk\/([0-9a-z]{26})/)[1]
await holder.get(`/desk/${id}`)
const path = p => p.replace(/:id/g, id).replace(/:name/, 'busy').replace(/:\w+/g, () => some([id, 'x', 'html']))

// Mostly somebody who may: a refusal at the door tries no page, and a hundred of them end a session.
const rights = new Map(readFileSync(new URL('../../docs/permissions.md', import.meta.url), 'utf8').split('\n')
  .map(l => l.match(/^\| `(may_\w+)` \| ([a-z_, ]+) \|/)).filter(Boolean).map(m => [m[1], m[2].split(',').map(r => r.trim())]))
const allowed = who => roles.filter(a => !rights.has(who) || rights.get(who).includes(a.role))

// What the form of a page has: its names, each with a value that could be typed there.
function fieldsOf(html) {
  const fields = new Map()
  for (const [tag] of html.matchAll(/<(input|select|textarea|button)\b[^>]*>/g)) {
    const name = tag.match(/name="?([^"\s>]+)/)?.[1], value = plain(tag.match(/value=("[^"]*"|[^\s>]+)/)?.[1]?.replace(/^"|"$/g, '') ?? '')
    if (!name || name === 'csrf') continue
    fields.set(name, value || (/date/.test(tag) ? '2026-11-20' : /number/.test(tag) ? '7' : 'Chữ để thử, “ngoặc”'))
  }
  for (const [, name, options] of html.matchAll(/<select[^>]*name="?([^"\s>]+)[^>]*>([\s\S]*?)<\/select>/g)) fields.set(name, options.match(/value="?([^"\s>]+)/)?.[1] ?? '')
  return [...fields]
}
const bodies = {
  '/api/v1/speak': { story: 'qua máy', danger: 'soon', harm: ['threat'], where: 'lớp', urls: ['https://vi.du/a'], exclude: [] },
  '/api/v1/talk': { code, before: '3' }, '/api/v1/talk/messages': { text: 'thêm' }, '/api/v1/match': { hashes: [{ type: 'pdq', value: 'f'.repeat(64) }] },
  '/api/v1/reports': { kind: 'other', url: 'https://vi.du/b', text: 'báo', at: '2026-11-20T01:02:03Z' }, '/v1/SubmitHashes': { hashes: [{ type: 'md5', value: '0'.repeat(32) }] },
  '/v1/SubmitFeedback': { id: '1', feedback: 'agree' }, '/api/v1/log/cosignatures': { size: 1, signature: 'AA==' },
}
const xml = '<?xml version="1.0" encoding="UTF-8"?><report><incidentSummary><incidentType>Child Pornography (possession, manufacture, and distribution)</incidentType><incidentDateTime>2026-11-20T01:02:03Z</incidentDateTime></incidentSummary></report>'
const file = { name: 'tệp “a”.png', type: 'image/png', bytes: Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex') }

const recorded = []
function record(method, target, who, headers, body, may = []) {
  const head = [`${method} ${target} HTTP/1.1`, 'Host: lachan.test', 'Accept-Language: vi', ...headers]
  if (body) head.push(`Content-Type: ${body.type}`, `Content-Length: ${Buffer.byteLength(body.body)}`)
  recorded.push({ who, may, bytes: Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), Buffer.from(body?.body ?? '')]) })
}
const CSRF = '@'.repeat(64), COOKIE = `__Host-s=${'@'.repeat(43)}`
for (const [method, route, who] of routes) {
  if (who === 'manage') continue
  const target = path(route), api = /^\/(api|v1|hashsharing|ispws)/.test(route)
  const staff = !['public', 'child'].includes(who) && !api
  if (method === 'GET') {
    record('GET', target, staff ? 'staff' : who, api ? [`Authorization: Bearer ${some(tokens)}`] : [`Cookie: ${COOKIE}; theme=dark`], null, allowed(who))
    record('GET', `${target}?lang=en&page=2&q=%C4%91%C3%B4i&show=all&since=2026-01-01&limit=5`, staff ? 'staff' : who, api ? [`Authorization: Basic ${Buffer.from(`a:${some(tokens)}`).toString('base64')}`] : [`Cookie: ${COOKIE}`], null, allowed(who))
    continue
  }
  if (api) {
    const auth = [`Authorization: Bearer ${some(tokens)}`, `Idempotency-Key: ${randomBytes(12).toString('hex')}`]
    record(method, target, 'program', auth, json(bodies[route] ?? { text: 'chữ', reason: 'x' }))
    record(method, target, 'program', auth, multipart([...Object.entries(bodies[route] ?? { text: 'chữ' }).map(([k, v]) => [k, String(v)]), ['files', file]]))
    record(method, target, 'program', auth, { type: 'text/xml; charset=utf-8', body: xml })
    continue
  }
  let shown = ''
  for (const a of staff ? allowed(who).slice(0, 3) : []) {
    const page = await sessions.get(a.user)?.browser.get(target).catch(() => null)
    if (page?.code === 200) { shown = page.text; break }
  }
  if (!staff) shown = (await child.get(target.replace('/send', '').replace('/messages', '')).catch(() => ({ text: '' }))).text
  const fields = [['csrf', CSRF], ['token', randomBytes(16).toString('hex')], ...fieldsOf(shown).filter(([n]) => n !== 'token').slice(0, 60)]
  if (fields.length < 3) fields.push(['text', 'chữ'], ['reason', 'vì thử'], ['do', 'add'])
  record('POST', target, staff ? 'staff' : who, [`Cookie: ${COOKIE}`, 'Sec-Fetch-Site: same-origin'], urlencoded(fields), allowed(who))
  record('POST', target, staff ? 'staff' : who, [`Cookie: ${COOKIE}`], multipart([...fields, ['files', file], ['files_private', file], ['file', file]]), allowed(who))
}
figures.recorded = recorded.length

// The marks give way to a session that lives.
function dressed(r) {
  let text = r.bytes.toString('latin1'), s = null
  if (r.who === 'staff') s = sessions.get(random() < 0.9 && r.may.length ? some(r.may).user : some(roles).user) ?? some([...sessions.values()])
  if (r.who === 'child') s = { cookie: [...child.jar].map(([k, v]) => `${k}=${v}`).join('; '), csrf: childCsrf }
  text = s ? text.replace(COOKIE, s.cookie).replace(CSRF, s.csrf ?? CSRF) : text.replace(`Cookie: ${COOKIE}; `, 'Cookie: ').replace(`Cookie: ${COOKIE}\r\n`, '')
  const at = text.indexOf('\r\n\r\n')
  return Buffer.from(text.slice(0, at).replace(/Content-Length: \d+/, `Content-Length: ${text.length - at - 4}`) + text.slice(at), 'latin1')
}
const childCsrf = child.page.text.match(/name="?csrf"? value="([0-9a-f]+)"/)?.[1] ?? (await child.get('/talk')).text.match(/name="?csrf"? value="([0-9a-f]+)"/)?.[1]

// -- the wire ----------------------------------------------------------------------------------------------------------------------------------

// Sends bytes and gives { code, closed, head }: code 0 where nothing came before `wait` was over.
function send(line, bytes, wait) {
  return new Promise(done => {
    if (!line.socket || line.socket.destroyed) line.socket = connect(server.port, '127.0.0.1')
    const socket = line.socket
    let got = Buffer.alloc(0), over = false
    const finish = (closed, whole) => {
      if (over) return
      over = true
      clearTimeout(timer)
      socket.removeAllListeners('data').removeAllListeners('close').removeAllListeners('error')
      socket.on('error', () => {})
      const head = got.toString('latin1', 0, Math.max(0, got.indexOf('\r\n\r\n')))
      if (closed || !whole) { socket.destroy(); line.socket = null }
      done({ code: Number(head.match(/^HTTP\/1\.[01] (\d+)/)?.[1] ?? 0), closed, head, odd: got.length > 0 && !got.toString('latin1', 0, 9).startsWith('HTTP/1.') })
    }
    const timer = setTimeout(() => finish(false, false), wait)
    socket.on('error', () => finish(true)).on('close', () => finish(true)).on('data', d => {
      got = Buffer.concat([got, d])
      let at = got.indexOf('\r\n\r\n')
      if (at > 0 && got.toString('latin1', 0, 12) === 'HTTP/1.1 100') { got = got.subarray(at + 4); at = got.indexOf('\r\n\r\n') }
      if (at < 0) return
      const head = got.toString('latin1', 0, at)
      if (/^connection: close/im.test(head) || /^transfer-encoding/im.test(head)) { if (/\r\n0\r\n\r\n$/.test(got.toString('latin1').slice(-7)) && !/^connection: close/im.test(head)) finish(false, true); return }
      const n = Number(head.match(/^content-length: (\d+)/im)?.[1] ?? 0)
      if (got.length >= at + 4 + n) finish(false, got.length === at + 4 + n)
    })
    socket.write(bytes)
  })
}

// -- the run -------------------------------------------------------------------------------------------------------------------------------------

const kinds = {}, busy = {}, latin = (b, n) => `${b.toString('latin1', 0, n).split('\r')[0]} `
let sent = 0, kept = 0, silent = 0, honest = 0
const shown = b => JSON.stringify(b.toString('latin1').replace(/Cookie: [^\r]*/, 'Cookie: …').slice(0, 700))
const fine = (code, head) => code < 500 || code === 501 || code === 505 || (code === 503 && /^retry-after:/im.test(head))

async function probe(n) {
  const page = await new Browser(server).get('/speak').catch(e => ({ code: e.message }))
  hold(page.code === 200, `an honest page was answered by ${page.code}`)
  const key = { 'Idempotency-Key': `honest-${n}-0000000000` }
  const told = await new Browser(server).api('/api/v1/speak', { story: `giữa bao điều ${n}` }, key).catch(e => ({ code: e.message }))
  hold(told.code === 201, `an honest report was answered by ${told.code}`)
  honest++
}

async function one(line) {
  const n = sent++, base = dressed(some(recorded))
  if (n % 500 === 0) await probe(n)
  if (n % 400 === 0) for (const a of roles) {              // whose session was ended by a hundred refusals comes in again
    const s = sessions.get(a.user)
    if (s && (await s.browser.get('/account').catch(() => ({}))).code !== 200) { sessions.delete(a.user); await enter(a) } else if (!s) await enter(a)
  }
  const strict = random() < 0.15, used = random() < 0.5, [kind, bytes] = strict ? framing(base) : mutate(base, dressed(some(recorded)))
  // A connection that was used before: by a request whose end is known, so that the next answer belongs to the next request.
  if (strict || !used) { line.socket?.destroy(); line.socket = null }
  if (used) await send(line, Buffer.from('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n'), 60000)
  kept += Boolean(used && line.socket)
  const answer = await send(line, bytes, strict ? 60000 : small ? 500 : 1000)
  kinds[kind] = (kinds[kind] ?? 0) + 1
  codes[answer.code] = (codes[answer.code] ?? 0) + 1
  silent += answer.code === 0
  if (answer.code === 503) busy[kind] = (busy[kind] ?? '') + latin(bytes, 40)
  hold(!answer.odd, `${kind}: the answer is none: ${answer.head}`)
  hold(fine(answer.code, answer.head), `${kind}: ${answer.code} to ${shown(bytes)}`)
  // The protocol of /ispws/ says what it refuses in a 200.
  if (strict) hold((answer.code >= 400 || answer.code === 0 || (answer.code === 200 && base.includes(' /ispws/') && answer.closed)) && (answer.closed || /connection: close/i.test(answer.head)), `${kind}: ${answer.code}, ${answer.closed ? 'closed' : 'left open'}, to ${shown(bytes)}`)
}

const began = Date.now()
await Promise.all([...Array(AT_ONCE)].map(async () => {
  const line = {}
  while (sent < REQUESTS && server.child.exitCode === null && server.child.signalCode === null && broken.length < 50) await one(line)
  line.socket?.destroy()
}))
await probe('last')
hold(server.child.exitCode === null && server.child.signalCode === null, `the server ended: ${server.child.exitCode} ${server.child.signalCode} ${server.said.slice(-1500)}`)
await server.stop()
const says = server.said.match(/ERROR: (Address|Leak|Thread)Sanitizer[\s\S]{0,1500}|runtime error[\s\S]{0,800}/)
hold(!says, `the sanitizers say: ${says?.[0]}`)
hold(server.child.exitCode === 0, `the server ended with ${server.child.exitCode}`)
const audit = server.run('audit verify')
hold(audit.status === 0, `audit verify: ${audit.stdout}${audit.stderr}`)
Object.assign(figures, { requests: sent, a_second: Math.round(sent / (Date.now() - began) * 1000), kept, silent, honest, codes, kinds, busy })
result('D8', [...new Set(broken)], figures)
process.exit()
