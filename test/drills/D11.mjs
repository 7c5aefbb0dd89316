// D11: abuse of everything that lets somebody do one thing once, or come in: Idempotency-Keys, tokens of forms, what keeps forgers
// out (csrf), sessions, notices in a cookie, one-time links, digits, tokens of programs and their signatures. Each is replayed, also
// many times at once; altered bit by bit; cut, lengthened and spliced at the borders of its parts; used for another purpose, by another
// person, at another house; and shown to a server whose clock was set back or on. Holds: nothing is accepted twice, nothing for another purpose.
// The product has no proof of work yet (SECURITY.md): there is no challenge to splice. The drill's name keeps its place for that.
import { randomBytes, createHmac } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Browser, Server, codeOn, entrance, sleep, totp, urlencoded } from '../journeys/client.mjs'
import { data, folder, program, random, result, rows, small } from './drill.mjs'

const broken = [], tried = {}, FLIPS = small ? 40 : 100000, AT_ONCE = small ? 12 : 200
const hold = (kind, fine, what) => { tried[kind] = (tried[kind] ?? 0) + 1; if (!fine) broken.push(`${kind}: ${what}`) }
const count = table => Number(rows(`SELECT COUNT(*) FROM ${table}`)[0][0])
const some = n => Math.floor(random() * n)

// One bit of the bytes of a text in base64url or hex; one character of any other.
function flip(text, letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_') {
  const at = some(text.length), other = letters.replace(text[at], '')
  return text.slice(0, at) + other[some(other.length)] + text.slice(at + 1)
}
// The last character of a base64url text of 32 bytes carries two bits that mean nothing; a strict reader refuses these as well.
const cookie = '__Host-s'
const withCookie = (server, value) => { const b = new Browser(server); b.jar.set(cookie, value); return b }

const server = await new Server(program, data, { verb: 'demo' }).start()
const other = await new Server(program, join(folder, 'other'), { verb: 'demo', address: '' }).start()

// -- the key of a report, over the API and on the pages ----------------------------------------------------------------------------

const speak = (body, key) => new Browser(server).api('/api/v1/speak', body, { 'Idempotency-Key': key })
const codeOf = r => r.code === 201 ? JSON.parse(r.text).code : r.code
const key = `d11-${randomBytes(8).toString('hex')}`
let before = count('cases')
const many = await Promise.all([...Array(AT_ONCE)].map(() => speak({ story: 'một lần', where: 'ở đây' }, key)))
const codes = new Set(many.map(codeOf).filter(c => typeof c === 'string'))
hold('replay', codes.size === 1 && many.every(r => r.code === 201 || r.code === 503), `one key at once gave ${codes.size} codes, ${[...new Set(many.map(r => r.code))]}`)
hold('replay', count('cases') === before + 1, `one key at once made ${count('cases') - before} reports`)
const [first] = codes

// What the key stands for is key and fields, each with its length: moved borders are another report, or a mistake, never the first one's code.
const borders = [[{ story: 'một lầnở đây' }, key], [{ story: 'một lần', where: '', harm: 'ở đây' }, key], [{ story: 'một', where: ' lầnở đây' }, key],
  [{ where: 'một lần', story: 'ở đây' }, key], [{ story: 'một lần' }, `${key}${Buffer.from('ở đây').toString('latin1')}`], [{ story: 'một lần', where: 'ở đây' }, `${key} `.slice(1)],
  [{ story: `${key}một lần`, where: 'ở đây' }, key.slice(0, 16)], [{ story: 'một lần', where: 'ở đây' }, key.toUpperCase()]]
for (const [body, k] of borders) hold('splice', codeOf(await speak(body, k)) !== first, `${JSON.stringify(body)} under a moved key got the first one's code`)
for (let i = 0; i < (small ? 20 : 2000); i++) hold('flip', codeOf(await speak({ story: 'một lần', where: 'ở đây' }, flip(key, 'abcdefghijklmnop0123456789-'))) !== first, 'an altered key got the code')

async function sendPage(token, fields, b = new Browser(server)) {
  await b.get('/speak')
  const hidden = b.hidden('/speak/send').filter(([n]) => n !== 'token')
  b.page = await b.request('POST', '/speak/send', urlencoded([...hidden, ['token', token], ...fields]))
  return b.page.code === 303 ? codeOn(await b.get(b.page.to.split('#')[0])) : codeOn(b.page)
}
const token = randomBytes(16).toString('hex'), told = [['story', 'trang'], ['where', 'nhà']]
before = count('cases')
const pages = await Promise.all([...Array(AT_ONCE)].map(() => sendPage(token, told)))
const shown = new Set(pages.filter(Boolean))
hold('replay', shown.size === 1 && count('cases') === before + 1, `one form at once: ${shown.size} codes, ${count('cases') - before} reports`)
for (const [t, f] of [[token, [['story', 'trangnhà']]], [token, [['story', 'tran'], ['where', 'gnhà']]], [token + 'trang', [['story', ''], ['where', 'nhà']]],
  [token.slice(0, 31), told], [token.slice(1), told], [`${token}0`, told], [token.toUpperCase() === token ? `${token}x` : token.toUpperCase(), told]]) {
  hold('splice', !shown.has(await sendPage(t, f)), `the page's form with ${JSON.stringify(f)} got the first one's code`)
}

// -- sessions and notices ------------------------------------------------------------------------------------------------------------

const enter = entrance(server), accounts = server.accounts()
const [anna, ben] = accounts.filter(a => a.role === 'counsellor' || a.role === 'supervisor')
const a = await enter(anna.user), b = await enter(ben.user)
const csrfOf = async x => (await x.get('/account')).text.match(/name="?csrf"? value="([0-9a-f]+)"/)[1]
const T = a.jar.get(cookie), csrfA = await csrfOf(a), csrfB = await csrfOf(b)
const inside = async value => (await withCookie(server, value).get('/account')).code === 200
hold('session', await inside(T), 'a session is not one')
for (let i = 0; i < FLIPS; i++) hold('flip', !await inside(flip(T)), 'an altered session opens')
for (const x of [T.slice(0, -1), `${T}A`, `${T}=`, T + T, ` ${T}`.trim() + '.', T.toLowerCase(), '', randomBytes(32).toString('base64url')]) hold('session', !await inside(x), `a session that was cut or lengthened opens (${x.length})`)

const child = new Browser(server)
await child.get('/talk')
await child.send('/talk', [['code', first]])
const C = child.jar.get(cookie)
hold('purpose', (await child.get('/talk')).text.includes('một lần'), 'the child does not come back')
hold('purpose', !await inside(C), 'a child’s session opens an account')
hold('purpose', !(await withCookie(server, T).get('/talk')).text.includes('một lần'), 'a session of staff opens a conversation as a child')
const bearer = value => new Browser(server).api('/api/v1/talk/messages', { text: 'qua cửa khác' }, { Authorization: `Bearer ${value}` })
hold('purpose', (await bearer(T)).code === 401, 'a session of staff writes as a child')
hold('purpose', (await new Browser(server).request('GET', '/api/v1/partner', { headers: { Authorization: `Bearer ${T}` } })).code >= 401, 'a session of staff is a program’s token')
hold('house', (await withCookie(other, T).get('/account')).code !== 200 && (await withCookie(other, C).get('/talk')).text !== (await child.get('/talk')).text, 'a session opens at another house')

// What a refused sign-in leaves in the cookie: never a session, never another one's words, never half of it.
async function notice(at, user) {
  const x = new Browser(at)
  await x.get('/sign-in')
  await x.send('/sign-in', [['user', user], ['password', 'x'], ['totp', '000000']], { follow: false })
  return x.jar.get(cookie)
}
const N = await notice(server, 'lan.nguoi'), M = await notice(server, 'hoa.nguoi'), far = await notice(other, 'lan.nguoi')
const says = async v => { const p = (await withCookie(server, v).get('/sign-in')).text; return p.includes('lan.nguoi') || p.includes('hoa.nguoi') }
hold('notice', N && await says(N), 'the notice is not shown')
hold('notice', !await inside(N) && !await inside(N.slice(0, 43)), 'a notice opens an account')
for (const [v, what] of [[far, 'of another house'], [N.slice(0, 43) + M.slice(43), 'spliced'], [M.slice(0, 44) + N.slice(44), 'spliced'], [N.slice(0, -2), 'cut'], [`${N}AAAA`, 'lengthened'], [C + N.slice(43), 'behind a session']]) hold('splice', !await says(v), `a notice ${what} is shown`)
for (let i = 0; i < FLIPS / 2; i++) hold('flip', !await says(flip(N)), 'an altered notice is shown')

// -- csrf and the tokens of staff's forms ----------------------------------------------------------------------------------------------

const newCase = (who, fields) => who.request('POST', '/cases/new', urlencoded(fields))
const typed = t => [['danger', 'soon'], ['province', '92'], ['words', `để thử ${t}`]]
const cases = () => count('casefiles')
before = cases()
for (const csrf of [csrfB, csrfA.slice(0, -1), `${csrfA}0`, csrfA.toUpperCase() === csrfA ? '' : csrfA.toUpperCase(), '', C, T]) hold('csrf', (await newCase(a, [['csrf', csrf], ['token', randomBytes(16).toString('hex')], ...typed('csrf')])).code >= 400, `a form with the csrf ${csrf} was taken`)
for (let i = 0; i < 20; i++) hold('flip', (await newCase(a, [['csrf', flip(csrfA, '0123456789abcdef')], ['token', randomBytes(16).toString('hex')], ...typed('csrf')])).code === 403, 'a form with an altered csrf was taken')
hold('csrf', cases() === before, `forged forms made ${cases() - before} cases`)
const once = randomBytes(16).toString('hex'), oneForm = [['csrf', csrfA], ['token', once], ...typed('một lần')]
const taps = await Promise.all([...Array(AT_ONCE)].map(() => newCase(a, oneForm)))
const places = new Set(taps.filter(t => t.code === 303).map(t => t.to))
hold('replay', cases() === before + 1 && places.size === 1, `one form of staff at once: ${cases() - before} cases, ${places.size} places`)
const theirs = await newCase(b, [['csrf', csrfB], ['token', once], ...typed('một lần')])
hold('purpose', theirs.to !== [...places][0], 'another person’s form led to the first one’s case')

// Over: the session is dead at once, and so is its csrf for the next one.
await a.request('POST', '/sign-out', urlencoded([['csrf', csrfA]]))
hold('replay', !await inside(T), 'a session lives on after its end')
const again = await enter(anna.user)
hold('csrf', (await newCase(again, [['csrf', csrfA], ['token', randomBytes(16).toString('hex')], ...typed('cũ')])).code === 403, 'the csrf of the session before was taken')
const old = again.jar.get(cookie)
const fixed = withCookie(server, old)                 // signing in on top of a session changes it
await fixed.get('/sign-in')
hold('session', old !== T, 'two sign-ins gave one session')

// Digits count once, whoever sends them, also many at once.
const sign = digits => { const x = new Browser(server); return x.get('/sign-in').then(() => x.send('/sign-in', [['user', ben.user], ['password', ben.password], ['totp', digits]], { follow: false })) }
let digits = totp(ben.totp_secret, Date.now() + 30000)
for (;;) {                                             // a step that nobody has used yet
  const entered = (await Promise.all([...Array(8)].map(() => sign(digits)))).filter(r => r.code === 303 && !r.to.startsWith('/sign-in')).length
  hold('replay', entered <= 1, `the same digits let in ${entered} times`)
  if (entered) break
  await sleep(1000)
  digits = totp(ben.totp_secret, Date.now() + 30000)
}
const entered = (await sign(digits)).to
hold('replay', entered.startsWith('/sign-in'), 'digits were taken twice')

// -- one-time links ------------------------------------------------------------------------------------------------------------------

const fresh = new Server(program, join(folder, 'fresh'), { address: '' })
const made = fresh.run('init', '--organisation', 'Thử')
const link = (made.stdout.match(/\/welcome\/([\w-]+)/) ?? [])[1]
if (link) {
  await fresh.start()
  const opens = async (at, text) => (await new Browser(at).get(`/welcome/${text}`)).code === 200
  hold('link', await opens(fresh, link), 'the link does not open')
  hold('house', !await opens(other, link) && !await opens(server, link), 'a link opens at another house')
  for (const x of [link.slice(0, -1), `${link}A`, link.slice(1), T, C]) hold('link', !await opens(fresh, x), 'a cut link opens')
  for (let i = 0; i < FLIPS / 2; i++) hold('flip', !await opens(fresh, flip(link)), 'an altered link opens')
  hold('purpose', (await withCookie(fresh, link).get('/account')).code !== 200, 'a link is a session')
  // Two people with one link at once: both may set a password until one of them has shown digits; then it is used up.
  const take = async x => { await x.get(`/welcome/${link}`); return x.send(`/welcome/${link}`, [['password', 'mot-mat-khau-dai-hon-nua'], ['again', 'mot-mat-khau-dai-hon-nua']], { follow: false }) }
  const one = new Browser(fresh), two = new Browser(fresh)
  hold('link', (await take(one)).to?.startsWith('/account/phone'), 'the link lets nobody in')
  const phone = (await one.get('/account/phone')).text.match(/([A-Z2-7]{4} ){7}[A-Z2-7]{4}/)?.[0]
  await one.send('/account/phone', [['totp', totp(phone)]])
  hold('replay', !await opens(fresh, link) && (await take(two)).code !== 303 || !(await two.get('/account')).text.includes('csrf'), 'a link that was used up lets in')
  hold('replay', (await two.get('/account')).code !== 200 && (await one.get('/account')).code === 200, 'the link was good twice')
  await fresh.stop()
} else broken.push(`no link was made: ${made.stdout}${made.stderr}`)

// -- tokens of programs, and what they sign --------------------------------------------------------------------------------------------

const [[org]] = rows("SELECT o.code FROM organisations o JOIN tokens t ON t.org = o.id WHERE t.scope LIKE '%report%' ORDER BY o.code")
// Not the quota is tried here: who is over it gets 429 before anybody looks at a signature.
server.run('partner quota', '--org', org, '--scope', 'call', '--per-second', '100000', '--burst', '100000', '--per-day', '100000000')
const makeToken = (...more) => {
  const run = server.run('token make', '--org', org, ...more), secret = run.stdout.match(/whsec_[A-Za-z0-9+/=]+/)?.[0]
  return { secret, token: run.stdout.replace(/whsec_\S+/, '').match(/[A-Za-z0-9_-]{43}/)?.[0], said: run.stdout + run.stderr }
}
const signed = makeToken('--scope', 'hashes.read', '--signed'), plainToken = makeToken('--scope', 'match')
if (!signed.token || !signed.secret || !plainToken.token) broken.push(`no token was made: ${signed.said}${plainToken.said}`)
const body = JSON.stringify({ a: 'thử' })
function call(token, { id, at, secret, send = body, over = send, ids = id, ats = at } = {}) {
  const headers = { Authorization: `Bearer ${token}` }
  if (id) Object.assign(headers, { 'webhook-id': ids, 'webhook-timestamp': String(ats),
    'webhook-signature': `v1,${createHmac('sha256', Buffer.from(secret.slice(6), 'base64')).update(`${id}.${at}.${over}`).digest('base64')}` })
  return new Browser(server).request('POST', '/api/v1/partner/echo', { type: 'application/json', body: send, headers })
}
const now = () => Math.floor(Date.now() / 1000)
if (signed.secret) {
  const { token: t, secret } = signed, id = () => `d11_${randomBytes(6).toString('hex')}`
  hold('signature', (await call(t, { id: id(), at: now(), secret })).code < 300, `a right signature is refused: ${(await call(t, { id: id(), at: now(), secret })).text}`)
  const same = id(), at = now()
  const all = await Promise.all([...Array(AT_ONCE)].map(() => call(t, { id: same, at, secret })))
  hold('replay', all.filter(r => r.code < 300).length === 1, `one signed message was taken ${all.filter(r => r.code < 300).length} times`)
  for (const off of [-301, -86400, 301, 86400]) hold('expiry', (await call(t, { id: id(), at: now() + off, secret })).code === 401, `a signature of ${off} s is taken`)
  const i = id(), s = now()
  hold('splice', (await call(t, { id: `${i}.${s}`, at: s, secret, ids: i, ats: `${s}.${s}` })).code >= 400, 'id and time spliced')
  hold('splice', (await call(t, { id: i, at: s, secret, over: `${s}.${body}`, ids: `${i}.${s}` })).code >= 400, 'time and body spliced')
  hold('splice', (await call(t, { id: i, at: s, secret, over: body, send: `${body} ` })).code >= 400, 'another body')
  hold('splice', (await call(t, { id: i, at: s, secret, over: '', send: body })).code >= 400, 'a body that was not signed')
  hold('splice', (await call(t, { id: i, at: `+${s}`, secret })).code >= 400 && (await call(t, { id: i, at: ` ${s}`, secret })).code >= 400, 'a time that is no plain number')
  hold('signature', (await call(t)).code === 401, 'a message without signature is taken')
  hold('purpose', (await call(t, { id: id(), at: now(), secret: `whsec_${randomBytes(32).toString('base64')}` })).code === 401, 'another secret')
  for (let n = 0; n < (small ? 20 : 2000); n++) hold('flip', (await call(flip(t), { id: id(), at: now(), secret })).code === 401, 'an altered token is taken')
  const elsewhere = await new Browser(server).api('/api/v1/reports', { story: 'x' }, { Authorization: `Bearer ${plainToken.token}` })
  hold('purpose', elsewhere.code === 403, `a token for matching sends reports: ${elsewhere.code}`)
  hold('house', (await new Browser(other).request('GET', '/api/v1/partner', { headers: { Authorization: `Bearer ${plainToken.token}` } })).code === 401, 'a token opens at another house')
  hold('purpose', !await inside(plainToken.token), 'a program’s token is a session')
}

// -- the clock ---------------------------------------------------------------------------------------------------------------------------

const library = ['x86_64', 'aarch64'].map(m => `/usr/lib/${m}-linux-gnu/faketime/libfaketimeMT.so.1`).find(existsSync)
server.verb = 'serve'
if (library) for (const when of ['-2h', '-40d', '+13h', '+400d']) {
  await server.stop()
  server.env = { LD_PRELOAD: library, FAKETIME: when, FAKETIME_DONT_FAKE_MONOTONIC: '1', FAKETIME_FORCE_MONOTONIC_FIX: '0', FAKETIME_NO_CACHE: '1' }
  await server.start()
  hold('clock', !await inside(old) && !await inside(T), `${when}: a session lives`)
  hold('clock', !(await withCookie(server, C).get('/talk')).text.includes('một lần'), `${when}: a child's session lives`)
  hold('clock', !await says(N), `${when}: a notice is shown`)
  hold('clock', (await sign(digits)).to.startsWith('/sign-in'), `${when}: old digits are taken`)
  if (signed.secret) hold('clock', (await call(signed.token, { id: 'd11_clock', at: now(), secret: signed.secret })).code === 401, `${when}: a signature is taken`)
}
await server.stop()
await other.stop()
server.env = {}
const audit = server.run('audit verify')
hold('log', audit.status === 0, `audit verify: ${audit.stdout}${audit.stderr}`)
result('D11', [...new Set(broken)], { tried, clock: Boolean(library) })
