// A platform's own road: its administrator makes a token for the sandbox, its engineer calls and sees what came, production waits
// for somebody of another organisation, notices arrive signed, and a revoked token is dead at once, in every process.
// Usage: node partners.mjs PROGRAM
import { createHmac } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Browser, Server, check, finish, plain, same, sleep, totp, urlencoded } from './client.mjs'

const program = process.argv[2], folder = mkdtempSync(join(tmpdir(), 'lachan-partners-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const data = join(folder, 'data')
const server = await new Server(program, data, { verb: 'demo' }).start()

const account = login => server.accounts().find(a => a.user === login)
const signIn = async login => {
  const b = new Browser(server), a = account(login)
  await b.get('/sign-in')
  await b.send('/sign-in', [['user', login], ['password', a.password], ['totp', totp(a.totp_secret)]])
  return b
}
// The page has many forms of one address: of their hidden fields only those that every form carries are taken.
const fill = (b, path, fields) => b.send(path, fields, { encode: all => urlencoded([...all.filter(([k]) => k === 'csrf').slice(0, 1), ...fields]) })
const ask = (path, headers = {}, to = server) => new Browser(to).request('GET', path, { headers })
const bearer = token => ({ Authorization: `Bearer ${token}` })
const once = page => [...page.text.matchAll(/<output class="?mono"?>([^<]*)<\/output>/g)].map(m => plain(m[1]))

// -- what the demo brings ------------------------------------------------------------------------------------------------------------

const tokens = JSON.parse(readFileSync(join(data, 'demo-tokens.json'), 'utf8'))
same(tokens.map(t => t.environment).sort().join(), 'production,sandbox', "the demo's platform has a token for each environment")
for (const t of tokens) {
  const me = await ask('/api/v1/partner', bearer(t.token))
  same(me.code, 200, `the token of ${t.environment} opens`)
  same(JSON.parse(me.text).environment, t.environment, 'its own environment')
}

// -- the administrator makes one --------------------------------------------------------------------------------------------------------

const admin = await signIn('giang.mau')
await admin.get('/admin/partners')
let page = await fill(admin, '/admin/partners', [['do', 'add'], ['name', 'Thử của Giang'], ['environment', 'sandbox'], ['scope', 'match'], ['signed', 'yes']])
const [token, secret] = once(page)
check(/^[\w-]{43}$/.test(token) && secret.startsWith('whsec_'), 'a token and its signing secret are shown', page.text.slice(0, 300))
page = await admin.get('/admin/partners')
check(!page.text.includes(token) && !page.text.includes(secret), 'this once')

const sign = (body, { id = `msg_${Math.random().toString(36).slice(2)}`, at = Math.floor(Date.now() / 1000) } = {}) => ({
  'webhook-id': id, 'webhook-timestamp': String(at),
  'webhook-signature': `v1,${createHmac('sha256', Buffer.from(secret.slice(6), 'base64')).update(`${id}.${at}.${body}`).digest('base64')}`,
})
const echo = (body, headers) => new Browser(server).request('POST', '/api/v1/partner/echo', { type: 'application/octet-stream', body, headers: { ...bearer(token), ...headers } })
same((await ask('/api/v1/partner', bearer(token))).code, 401, 'without a signature it is refused')
let answer = await echo('xin chào', sign('xin chào'))
same(answer.code, 200, 'a signed message is taken')
same(JSON.parse(answer.text).bytes, Buffer.byteLength('xin chào'), 'whole')
const large = 'a'.repeat(3 << 20)
same(JSON.parse((await echo(large, sign(large))).text).bytes, large.length, 'and one of three megabytes')

// Of ten that come at once under one id, one is taken.
const same_id = sign('x')
const codes = (await Promise.all(Array.from({ length: 10 }, () => echo('x', same_id)))).map(a => a.code).sort().join()
same(codes, ['200', ...Array(9).fill('409')].join(), 'of ten at once under one id one is taken')

// -- production waits ---------------------------------------------------------------------------------------------------------------------

await admin.get('/admin/partners')
page = await fill(admin, '/admin/partners', [['do', 'add'], ['name', 'Chính của Giang'], ['environment', 'production'], ['scope', 'report']])
const [real] = once(page)
same((await ask('/api/v1/partner', bearer(real))).code, 401, 'a token of production opens nothing yet')
const confirmer = await signIn('vy.mau')
page = await confirmer.get('/admin/confirm')
const path = page.text.match(/href="?(\/admin\/confirm\/[^"\s>]+)/)[1]
page = await confirmer.get(path)
check(page.text.includes('Chính của Giang') && page.text.includes('Gửi báo cáo'), 'who confirms reads what it could do')
page = await confirmer.send(path)
same((await ask('/api/v1/partner', bearer(real))).code, 200, 'once confirmed it opens')

// -- a second process on the same data ------------------------------------------------------------------------------------------------------

if (process.env.LACHAN_TEST_POSTGRES) {
  const second = await new Server(program, data).start()
  const once_more = sign('y')
  same((await echo('y', once_more)).code, 200, 'a message is taken by one process')
  const again = await new Browser(second).request('POST', '/api/v1/partner/echo', { type: 'text/plain', body: 'y', headers: { ...bearer(token), ...once_more } })
  same(again.code, 409, 'and refused by the other')
  await second.stop()
}

// -- notices ----------------------------------------------------------------------------------------------------------------------------------

const got = []
let answers = 503
const receiver = createServer((request, response) => {
  const parts = []
  request.on('data', d => parts.push(d)).on('end', () => {
    got.push({ headers: request.headers, body: Buffer.concat(parts).toString() })
    response.writeHead(answers, { Location: `http://127.0.0.1:${server.port}/healthz` }).end('x'.repeat(1000))
  })
})
await new Promise(done => receiver.listen(0, '127.0.0.1', done))
const url = `http://127.0.0.1:${receiver.address().port}/hook`
await admin.get('/admin/partners')
page = await fill(admin, '/admin/partners', [['do', 'address'], ['environment', 'production'], ['url', 'http://192.168.0.1/']])
same(page.code, 422, 'an address of an inner network is refused')
check(page.text.includes('http://192.168.0.1/'), 'and what was typed stays')
page = await fill(admin, '/admin/partners', [['do', 'address'], ['environment', 'production'], ['url', url]])
const [hook] = once(page)
check(hook?.startsWith('whsec_'), 'the secret of notices is shown')

const engineer = await signIn('lien.mau')
same((await engineer.get('/admin/partners')).code, 403, 'the engineer makes no tokens')
page = await engineer.get('/partner')
check(page.code === 200 && page.text.includes('/api/v1/partner') && page.text.includes(url), 'the engineer sees traffic and address')
page = await engineer.send('/partner')
const wait = async n => { for (let i = 0; i < 300 && got.length < n; i++) await sleep(100) }
await wait(1)
const [first] = got, { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = first.headers
const mac = `v1,${createHmac('sha256', Buffer.from(hook.slice(6), 'base64')).update(`${id}.${at}.${first.body}`).digest('base64')}`
same(signature, mac, 'a notice arrives, signed with the secret')
same(JSON.parse(first.body).type, 'partner.test', 'and says what it is')
check(/^msg_[0-9a-z]{26}$/.test(id) && Math.abs(Date.now() / 1000 - at) < 60, 'its id and time stand in the headers')
for (let i = 0; i < 100 && !page.text.includes('503'); i++) { await sleep(100); page = await engineer.get('/partner') }
check(page.text.includes('503') && page.text.includes('thử lại'), 'what the receiver answered, and when it is tried again')

answers = 302
await engineer.send('/partner')
await wait(2)
await sleep(1500)
same(got.length, 2, 'a redirect is not followed')
answers = 204
await engineer.get('/partner')
await engineer.send('/partner')
await wait(3)
for (let i = 0; i < 100 && !page.text.includes('Đã nhận'); i++) { await sleep(100); page = await engineer.get('/partner') }
check(page.text.includes('Đã nhận'), 'a notice that was taken is shown so')
check(new Set(got.map(g => g.headers['webhook-id'])).size === 3, 'each has an id of its own')

// -- errors, and the end ------------------------------------------------------------------------------------------------------------------------

same((await ask('/api/v1/log/head', bearer(real))).code, 403, 'what the scope does not hold is refused')
for (let i = 0; i < 100 && !page.text.includes('403 forbidden'); i++) { await sleep(200); page = await engineer.get('/partner') }
check(page.text.includes('403 forbidden') && page.text.includes('/api/v1/log/head'), 'the engineer reads of it within seconds')
page = await engineer.get('/partner?env=sandbox')
check(page.text.includes('409 replayed') && !page.text.includes('403 forbidden'), 'the sandbox has errors of its own')

page = await admin.get('/admin/partners')
const row = page.text.split('<tr').find(r => r.includes('Chính của Giang'))
await fill(admin, '/admin/partners', [['do', 'end'], ['id', row.match(/name="?id"? value="?([0-9a-z]+)/)[1]]])
same((await ask('/api/v1/partner', bearer(real))).code, 401, 'a revoked token opens nothing from that moment on')
check((await admin.get('/admin/partners')).text.includes('Thử của Giang'), 'the others stay')

// -- the day's quota holds after a restart ---------------------------------------------------------------------------------------------------------

await server.stop()
const quota = server.run('partner quota', '--org', 'platform', '--scope', 'call', '--per-day', '2', '--per-second', '1000', '--burst', '1000')
check(quota.status === 0 && /2 a day/.test(quota.stdout), 'the operator sets a quota from the shell', quota.stderr)
await server.start()
const production = tokens.find(t => t.environment === 'production').token
answer = await ask('/api/v1/partner', bearer(production))
same(answer.code, 429, 'what was used before the restart counts')
check(+answer.headers['retry-after'] > 0 && /too-many/.test(answer.text), 'with the time to wait')
await server.stop()
same(server.run('audit verify').status, 0, 'all of it stands in the log')
receiver.close()
finish()
