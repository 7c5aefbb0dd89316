// D14: every route by every role. Statuses are those of docs/permissions.md; a foreign record answers the same bytes as one that
// never was, and as fast: Welch's |t| < 4.5 over interleaved requests (once more on a noisy machine).
import { readFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import http from 'node:http'
import { spawnSync } from 'node:child_process'
import { Browser, Server, codeOn, sleep, totp, urlencoded } from '../journeys/client.mjs'
import { data, program, random, result, rows, hexOf, small } from './drill.mjs'

const broken = [], STEP = 30000
const say = (good, what) => { if (!good) broken.push(what); return good }

// -- what is promised ------------------------------------------------------------------------------------------------------------

const promised = readFileSync(new URL('../../docs/permissions.md', import.meta.url), 'utf8').split('\n')
const routes = promised.map(l => l.match(/^\| (GET|POST|PUT) \| `([^`]+)` \| (\w+) \|$/)).filter(Boolean).map(m => ({ method: m[1], path: m[2], who: m[3] }))
const rights = new Map(promised.map(l => l.match(/^\| `(may_\w+)` \| ([a-z_, ]+) \|/)).filter(Boolean).map(m => [m[1], m[2].split(',').map(r => r.trim())]))
const told = spawnSync(program, ['routes'], { encoding: 'utf8' }).stdout.trim().split('\n').map(l => l.split('\t'))
say(told.length === routes.length && told.every(([m, p, w], i) => routes[i].method === m && routes[i].path === p && routes[i].who === w), 'docs/permissions.md is not what the program prints')
for (const { who } of routes) if (who.startsWith('may_')) say(rights.has(who), `docs/permissions.md does not say which roles have ${who}`)
// What only a program's token opens answers persons as it answers strangers: test/journeys/witness.mjs.
const staff = routes.filter(r => !['public', 'child', 'manage'].includes(r.who) && rights.get(r.who)?.[0] !== 'none')
const allowed = (role, route) => route.who === 'staff' || rights.get(route.who)?.includes(role)

// -- people ----------------------------------------------------------------------------------------------------------------------

const server = await new Server(program, data, { verb: 'demo' }).start()
const used = new Map()

// A session with room for refusals; each costs a step of the second factor that is newer than the last one.
async function enter(account) {
  for (;;) {
    const now = Math.floor(Date.now() / STEP), step = Math.max((used.get(account.user) ?? 0) + 1, now - 1)
    if (step > now + 1) { await sleep((step - 1) * STEP - Date.now() + 500); continue }
    used.set(account.user, step)
    const b = new Browser(server)
    await b.get('/sign-in')
    await b.send('/sign-in', [['user', account.user], ['password', account.password], ['totp', totp(account.totp_secret, step * STEP + 1)]], { follow: false })
    if (b.page.code !== 303) throw new Error(`${account.user} is not let in: ${b.page.code}`)
    b.refusals = 0
    b.csrf = (await b.get('/account')).text.match(/name="?csrf"? value="([0-9a-f]+)"/)[1]
    return b
  }
}

class Person {
  constructor(account) { this.account = account }
  async ask(route, id) {
    if (!this.browser || this.browser.refusals >= 90) this.browser = await enter(this.account)
    const path = route.path.replace(':id', id).replace(/:\w+/g, 'x')
    const body = route.method === 'POST' ? urlencoded([['csrf', this.browser.csrf], ['text', 'chữ'], ['token', randomBytes(16).toString('hex')]]) : {}
    const answer = await this.browser.request(route.method, path, body)
    this.browser.refusals += answer.code === 403 || answer.code === 404
    return answer
  }
}
// the first account of each role: holders and strangers are those of one hotline
const people = server.accounts().filter((a, i, all) => all.findIndex(b => b.role === a.role) === i).map(a => new Person(a))
const of = role => people.find(p => p.account.role === role)

// -- records: a report with a case of its own, held by the hotline alone -------------------------------------------------------------

const code = JSON.parse((await new Browser(server).apiForm('/api/v1/speak', [['story', 'chuyện của đợt thử'], ['danger', 'soon'], ['harm', 'threat'],
  ['files', { name: 'a.txt', type: 'text/plain', bytes: 'chữ' }]], { 'Idempotency-Key': 'every-role-0000000000' })).text).code
say(code, 'no report was taken')
const holder = await enter(of('counsellor').account)
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
const idText = hex => { let n = BigInt(`0x${hex}`), s = ''; for (let i = 25; i >= 0; i--) s += alphabet[Number((n >> BigInt(5 * i)) & 31n)]; return s }
const ids = rows(`SELECT ${hexOf('id')} FROM cases`).map(r => idText(r[0]))
let own
for (const id of ids) if ((await holder.get(`/desk/${id}`)).code === 200 && /đợt thử/.test(holder.page.text)) { own = id; break }
if (!own) throw new Error('the report is not found at the hotline')
await holder.request('POST', `/desk/${own}/claim`, urlencoded([['csrf', holder.csrf]]))
await holder.get(`/desk/${own}`)
const opened = await holder.request('POST', `/desk/${own}/case`, urlencoded([['csrf', holder.csrf], ['token', randomBytes(16).toString('hex')]]))
const hasCase = (await holder.get(`/cases/${own}`)).code === 200
const entry = idText(rows(`SELECT ${hexOf('id')} FROM log WHERE act = 'report.claim'`)[0][0])
// a referral that the hotline sent to a unit that none of the walkers is in
const sent = idText(rows(`SELECT ${hexOf('r.id')} FROM referrals r JOIN units t ON t.id = r.to_unit JOIN organisations o ON o.id = t.org
  WHERE o.kind NOT IN ('police', 'commune', 'ministry') AND r.kind = 'referral' AND r.from_unit IN
  (SELECT m.unit FROM members m JOIN users u ON u.id = m."user" WHERE u.login = '${of('counsellor').account.user}') ORDER BY r.sent`)[0][0])
// a table of the hotline's cases that was asked for
const unit = (await holder.get('/cases/export/new')).text.match(/name="?unit"?><option value="([0-9a-z]{26})"/)[1]
await holder.request('POST', '/cases/export/new', urlencoded([['csrf', holder.csrf], ['unit', unit], ['format', 'csv'], ['scope', 'all'], ['since', '2020-01-01'],
  ['until', '2040-01-01'], ['words', 'đợt thử'], ['field', 'ref'], ['token', randomBytes(16).toString('hex')]]))
const table = idText(rows(`SELECT ${hexOf('id')} FROM exports`)[0][0])
const ownOf = route => route.path.startsWith('/cases/export/') ? table : route.path.startsWith('/log/') ? entry : route.path.startsWith('/referrals/') ? sent : own
const missing = () => idText((h => h.slice(0, 12) + '4' + h.slice(13, 16) + '8' + h.slice(17))(randomBytes(16).toString('hex')))

// -- the walk ------------------------------------------------------------------------------------------------------------------------

const same = (a, b) => a.code === b.code && a.raw.equals(b.raw) && Object.keys(a.headers).filter(h => h !== 'date').sort().join() === Object.keys(b.headers).filter(h => h !== 'date').sort().join()
const holders = new Set(['counsellor', 'supervisor'])
// a record of whoever asks, or one that the form names, without an id in its address: nobody here is a trustee or names a lost unit
// (people/test/rescue_test.c has both)
const ofPerson = new Set(['/admin/keys/share', '/admin/keys/drill', '/admin/keys/rescues'])
let walked = 0
for (const route of staff) {
  const nobody = await new Browser(server).request(route.method, route.path.replace(/:\w+/g, own), route.method === 'POST' ? urlencoded([['text', 'a']]) : {})
  say(nobody.code === 303 && nobody.to.startsWith('/sign-in'), `${route.method} ${route.path} signed out: ${nobody.code}`)
  for (const p of people) {
    const { role } = p.account, name = `${route.method} ${route.path} by ${role}`
    if (route.path === '/sign-out') continue
    walked++
    if (!route.path.includes(':id')) {
      const answer = await p.ask(route, '')
      const none = (route.path.includes(':') || ofPerson.has(route.path)) && answer.code === 404      // a record that is not called :id; 'x' is none (test_routes has own ones)
      say(allowed(role, route) ? answer.code < 400 || answer.code === 422 || none : answer.code === 403, `${name}: ${answer.code}`)
      continue
    }
    if (p.browser?.refusals >= 87) p.browser = null     // one session for all three: a page holds the session's own token
    const one = await p.ask(route, ownOf(route)), two = await p.ask(route, missing()), three = await p.ask(route, 'no-id-at-all')
    const sees = allowed(role, route) && (route.path.startsWith('/log/') || (holders.has(role) && !/^\/(retention|platform-reports)\//.test(route.path) && (hasCase || !route.path.startsWith('/cases'))))    // no term runs while it is open, and no platform sent it
    if (!allowed(role, route)) say(one.code === 403 && same(one, two) && same(one, three), `${name}: wrong role, ${one.code} ${two.code} ${three.code}`)
    else {
      say(two.code === 404 && same(two, three), `${name}: missing, ${two.code} ${three.code}`)
      if (!sees) say(one.code === 404 && same(one, two), `${name}: foreign, ${one.code}${one.code === two.code ? ', other bytes' : ''}`)
      else if (!/:id.*:/.test(route.path)) say(one.code < 400 || one.code === 422 || one.code === 409, `${name}: own, ${one.code}`)
    }
  }
}

// -- time ----------------------------------------------------------------------------------------------------------------------------

const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
const timed = (browser, path) => new Promise((done, bad) => {
  const began = process.hrtime.bigint()
  http.request({ host: '127.0.0.1', port: server.port, path, agent, headers: { Cookie: [...browser.jar].map(([k, v]) => `${k}=${v}`).join('; ') } }, r => {
    r.resume().on('end', () => r.statusCode === 404 ? done(Number(process.hrtime.bigint() - began) / 1000) : bad(new Error(`answered with ${r.statusCode}`)))
  }).on('error', bad).end()
})

const mean = x => x.reduce((a, b) => a + b, 0) / x.length
const variance = x => { const m = mean(x); return x.reduce((a, b) => a + (b - m) ** 2, 0) / (x.length - 1) }
// What a busy machine adds now and then is cut off both alike, as dudect does.
function welch(a, b) {
  const cut = [...a, ...b].sort((x, y) => x - y)[Math.floor((a.length + b.length) * 0.9)]
  const [x, y] = [a, b].map(s => s.filter(v => v <= cut))
  return { t: (mean(x) - mean(y)) / Math.sqrt(variance(x) / x.length + variance(y) / y.length), foreign: mean(x), missing: mean(y), n: x.length + y.length }
}

async function measure(path, sessions) {
  const foreign = [], never = []
  for (let s = 0; s < sessions; s++) for (const role of ['caseworker', 'focal_point']) {
    const b = await enter(of(role).account)
    await timed(b, path(missing()))
    for (let i = 0; i < 46; i++) for (const kind of random() < 0.5 ? [0, 1] : [1, 0]) (kind ? never : foreign).push(await timed(b, path(kind ? missing() : own)))
  }
  return welch(foreign, never)
}

const times = {}
for (const [name, path] of [['report', id => `/desk/${id}`], ...(hasCase ? [['case', id => `/cases/${id}`]] : [])]) {
  let found = await measure(path, small ? 2 : 20)
  if (Math.abs(found.t) >= 4.5) found = await measure(path, small ? 4 : 40)
  times[name] = { t: Number(found.t.toFixed(2)), foreign_us: Math.round(found.foreign), missing_us: Math.round(found.missing), requests: found.n }
  say(Math.abs(found.t) < 4.5, `a foreign ${name} and a missing one differ in time: t = ${found.t.toFixed(2)}`)
}
await server.stop()
result('D14', broken, { routes: staff.length, roles: people.length, walked, case: hasCase ? 'opened' : `none: ${opened.code}`, times })
