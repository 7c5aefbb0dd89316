// Hashes on their way from one instance to another, by both protocols: what is killed in the middle ends with the same set, what is
// withdrawn leaves, two people decide what goes out, and a server that means harm gets nowhere. Usage: node exchange.mjs PROGRAM;
// LACHAN_TEST_POSTGRES names the database of the reading instance; the giving one always has SQLite.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Browser, Server, check, finish, same, sleep, totp, urlencoded } from './client.mjs'

const program = process.argv[2], fill = join(dirname(program), 'bench', 'bench_fill_hashes')
const folder = mkdtempSync(join(tmpdir(), 'lachan-exchange-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const giver = new Server(program, join(folder, 'giver'), { verb: 'demo', address: '' })
const taker = new Server(program, join(folder, 'taker'), { verb: 'demo' })
await giver.start()
await taker.start()

const db = s => s.options.includes('--db') ? ['--db', s.options[s.options.indexOf('--db') + 1]] : []
function hashes(s, ...more) {
  let r
  // on PostgreSQL the server's own timed work may hold the same records for longer than a statement waits: then nothing was done
  for (let tries = 0; tries < 6; tries++) {
    r = spawnSync(fill, ['--data', s.data, ...db(s), ...more], { encoding: 'utf8' })
    if (!/statement timeout|deadlock/.test(r.stderr)) break
  }
  if (r.status !== 0) throw new Error(`fill_hashes: ${r.stderr}`)
  return r.stdout.trim()
}
// Publishes as well: a count of 0 makes none.
function set(s, bank) {
  hashes(s, '--bank', bank, '0')
  const r = spawnSync(program, ['exchange', 'export', '--data', s.data, ...db(s)], { encoding: 'utf8', maxBuffer: 1 << 28 })
  if (r.status !== 0) throw new Error(`exchange export: ${r.stderr}`)
  return r.stdout.trim().split('\n').sort().join('\n')
}
const count = text => text === '' ? 0 : text.split('\n').length

async function enter(s, user) {
  const { password, totp_secret } = s.accounts().find(a => a.user === user)
  const used = enter.used ??= new Map(), key = s.data + user
  const step = Math.max(Math.floor(Date.now() / 30000), (used.get(key) ?? 0) + 1)
  used.set(key, step)
  while (Math.floor(Date.now() / 30000) < step - 1) await sleep(500)
  const b = new Browser(s)
  await b.get('/sign-in')
  await b.send('/sign-in', [['user', user], ['password', password], ['totp', totp(totp_secret, step * 30000)]])
  return b
}
async function until(what, seconds = 60) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(50)) { const got = await what(); if (got) return got }
  return null
}

// A form by its fields alone: several forms of a page lead to the same address.
async function press(b, path, fields) {
  const csrf = (await b.get(path)).text.match(/name="?csrf"? value="?([0-9a-f]+)/)?.[1] ?? ''
  b.page = await b.request('POST', path, urlencoded([['csrf', csrf], ...fields]))
  return b.page.code === 303 ? b.get(b.page.to) : b.page
}

const MANY = 60000
const token = hashes(giver, String(MANY))
for (const bank of ['stopncii', 'ncmec', 'hostile']) hashes(taker, '--bank', bank, '0')

// -- a feed is set on the page --------------------------------------------------------------------------------------------------------

const keeper = await enter(taker, 'phong.mau')
function feed(fields) {
  return press(keeper, '/banks/feeds', Object.entries({ do: 'add', kind: 'stopncii', user: 'police', secret: token, minutes: '10080', ...fields }))
}
const base = `http://127.0.0.1:${giver.port}`
for (const [fields, why] of [[{ code: 'a b' }, 'a name with a blank'], [{ base: 'http://hashes.example/v1' }, 'an address without TLS'],
  [{ base: 'https://10.0.0.1/v1' }, 'an address inside'], [{ base: 'https://u:p@hashes.example' }, 'an address with a password'],
  [{ base: 'https://hashes.example/v1?a=b' }, 'an address with a query'], [{ secret: '' }, 'no secret'], [{ minutes: '1' }, 'one minute']]) {
  const page = await feed({ code: 'one', base: `${base}/v1`, bank: 'stopncii', ...fields })
  check(page.code === 422 && /aria-invalid/.test(page.text), `${why} is refused at its field`, page.code)
  check(!page.text.includes(token), 'and the secret is not shown again')
}
let page = await feed({ code: 'one', base: `${base}/v1`, bank: 'stopncii' })
check(page.code === 200 && page.text.includes(`${base}/v1`), 'a feed is added', page.text.slice(0, 600))
page = await feed({ code: 'one', base: `${base}/v1`, bank: 'stopncii' })
check(page.code === 422, 'its name is taken then')

// -- killed in the middle -----------------------------------------------------------------------------------------------------------------

const records = s => Number(s.run('exchange list').stdout.match(/^one .*?(\d+) records/m)?.[1] ?? 0)
check(await until(() => records(taker) > 2000), 'the timed work reads it')
await taker.kill()
const first = records(taker)
check(first > 0 && first < MANY, 'the server was killed in the middle', first)
// A second process may go on as soon as the lease of the dead one is over.
const go = () => new Promise(done => {
  const child = spawn(program, ['exchange', 'fetch', 'one', '--data', taker.data, ...db(taker)])
  let said = ''
  child.stdout.on('data', d => { said += d })
  child.stderr.on('data', d => { said += d })
  child.once('exit', code => done({ code, said }))
  go.child = child
})
let second = 0          // while the lease of the dead one lasts, nobody else reads
for (let i = 0; i < 80; i++) {
  const over = go()
  for (const end = Date.now() + 20000; Date.now() < end && records(taker) < first + 3000 && go.child.exitCode === null; ) await sleep(20)
  if (go.child.exitCode === null) {
    go.child.kill('SIGKILL')
    await over
    second = records(taker)
    break
  }
  if (!/reads this feed now/.test((await over).said)) break
  await sleep(3000)
}
check(second > first && second < MANY, 'and so was the command that went on', second)
let last
for (let i = 0; i < 20 && (last = await go()).code !== 0; i++) await sleep(4000)
same(last.code, 0, 'a third one comes to the end')
same(set(taker, 'stopncii'), set(giver, 'bench'), 'then both have the same set')
same(count(set(taker, 'stopncii')), MANY, 'which is all of them')

// -- what changes ---------------------------------------------------------------------------------------------------------------------------

await taker.start()
hashes(giver, '--withdrawn', '500')
hashes(giver, '700', String(MANY))
last = await go()
check(/^\d+ pages, 1200 records/m.test(last.said), 'the next round brings what changed and nothing else', last.said)
const after = set(taker, 'stopncii')
same(after, set(giver, 'bench'), 'what was withdrawn has left, what is new is there')
same(count(after), MANY + 200, 'and all else stayed')
last = await go()
check(/ 0 records/.test(last.said) && last.code === 0, 'a round without news brings nothing', last.said)

// -- two people decide what goes out -----------------------------------------------------------------------------------------------------------

const loan = await enter(giver, 'loan.mau')
const bankOf = p => p.text.split('<tr').find(r => r.includes('>bench<'))?.match(/name="?bank"? value="?([a-z0-9]{26})/)?.[1]
const bank = bankOf(await loan.get('/banks/sharing'))
check(bank, 'a reviewer sees which banks go out', loan.page.text.slice(-1500))
await press(loan, '/banks/sharing', [['do', 'end'], ['bank', bank]])
hashes(giver, '--bank', 'bench', '0')
await go()
same(count(set(taker, 'stopncii')), 0, 'a bank that ends to go out is called back everywhere')
await loan.get('/banks/sharing')
await press(loan, '/banks/sharing', [['do', 'propose'], ['bank', bank]])
await press(loan, '/banks/sharing', [['do', 'confirm'], ['bank', bank]])
hashes(giver, '--bank', 'bench', '0')
same(count(set(giver, 'bench')), 0, 'who proposes does not confirm')
const other = giver.accounts().find(a => a.role === 'reviewer' && a.user !== 'loan.mau')
const second_ = await enter(giver, other.user)
await second_.get('/banks/sharing')
await press(second_, '/banks/sharing', [['do', 'confirm'], ['bank', bank]])
hashes(giver, '--bank', 'bench', '0')
await go()
same(count(set(taker, 'stopncii')), MANY + 200, 'another person does, and it goes out anew')
same(set(taker, 'stopncii'), set(giver, 'bench'), 'whole')

// -- by the other protocol ---------------------------------------------------------------------------------------------------------------------------

await keeper.get('/banks/feeds')
const sourceOf = (p, code) => p.text.split('<section').find(r => r.includes(`id="f-${code}"`) || r.includes(`id=f-${code}`))?.match(/name="?source"? value="?([a-z0-9]{26})/)?.[1]
await press(keeper, '/banks/feeds', [['do', 'off'], ['source', sourceOf(keeper.page, 'one')]])
hashes(giver, '1500', '100000')
hashes(giver, '--withdrawn', '300', '1000')
await feed({ code: 'two', kind: 'ncmec', base: `${base}/hashsharing`, bank: 'ncmec' })
await sleep(7000)               // its rounds end some seconds ago
const two = () => spawnSync(program, ['exchange', 'fetch', 'two', '--data', taker.data, ...db(taker)], { encoding: 'utf8', timeout: 300000 })
let ncmec
for (let i = 0; i < 30 && (ncmec = two()).status !== 0; i++) await sleep(4000)
same(ncmec.status, 0, 'the same list by NCMEC hash sharing')
const taken = async () => {
  const b = new Browser(taker, { headers: { Authorization: `Bearer ${hashes(taker, '--bank', 'ncmec', '0')}` } }), out = []
  let next = '/api/v1/hashes?limit=5000'
  for (;;) {
    const page = JSON.parse((await b.get(next)).text)
    out.push(...page.hashes.filter(h => h.status === 'active').map(h => `pdq ${h.value}`))
    if (!page.more) return out.sort().join('\n')
    next = `/api/v1/hashes?limit=5000&after=${page.next}`
  }
}
const given = set(giver, 'bench').split('\n')
let lines, missing
for (let i = 0; i < 12; i++) {       // a round that had begun before the newest were published ends without them: the next one has them
  lines = await taken()
  const has = new Set(lines.split('\n'))
  missing = given.filter(h => !has.has(h)).length
  if (missing === 0) break
  await sleep(4000)
  two()
}
same(missing, 0, 'nothing of it is missing')

// -- a server that means harm ------------------------------------------------------------------------------------------------------------------------------

let asked = [], answer = () => {}
const hostile = http.createServer((q, a) => { asked.push(q.url); answer(q, a) }).listen(0, '127.0.0.1')
await new Promise(done => hostile.once('listening', done))
const there = `http://127.0.0.1:${hostile.address().port}`
const fetchOf = code => new Promise(done => {
  const child = spawn(program, ['exchange', 'fetch', code, '--data', taker.data, ...db(taker)])
  let said = ''
  child.stdout.on('data', d => { said += d })
  child.stderr.on('data', d => { said += d })
  child.once('exit', code => done({ code, said }))
})
answer = (q, a) => { a.writeHead(503); a.end() }
await feed({ code: 'bad', base: `${there}/v1`, bank: 'hostile' })
await feed({ code: 'worse', kind: 'ncmec', base: `${there}/hs`, bank: 'hostile' })
await keeper.get('/banks/feeds')
for (const code of ['bad', 'worse']) { await keeper.get('/banks/feeds'); await press(keeper, '/banks/feeds', [['do', 'off'], ['source', sourceOf(keeper.page, code)]]) }
const pages = ['bad', 'worse']
async function refused(code, sentence, respond, why) {
  answer = respond
  asked = []
  let r
  for (let i = 0; i < 30 && /reads this feed now/.test((r = await fetchOf(code)).said); i++) await sleep(3000)
  check(r.code === 1 && why.test(r.said), sentence, r.said)
}
const record = { lastModtimestamp: 1, signalType: 'ImagePDQ', hashValue: '0'.repeat(63) + '1', hashStatus: 'Active', caseNumbers: {} }
const send = body => (q, a) => { a.writeHead(200, { 'Content-Type': 'application/json' }); a.end(typeof body === 'string' ? body : JSON.stringify(body)) }
await refused('bad', 'a redirect is not followed', (q, a) => { a.writeHead(302, { Location: `${base}/healthz` }); a.end() }, /answers 302/)
await refused('bad', 'no JSON is no page', send('<html>'), /not JSON/)
await refused('bad', 'a page without its fields is none', send({ hashRecords: [record] }), /nextSetTimestamp/)
await refused('bad', 'more, and not where, is refused', send({ hashRecords: [record], nextSetTimestamp: 9, hasMoreRecords: true }), /not where/)
await refused('bad', 'the same next page for ever is refused', send({ hashRecords: [record], nextSetTimestamp: 9, hasMoreRecords: true, nextPageToken: 'again' }), /just read/)
await refused('bad', 'keys that it does not know are said so', (q, a) => { a.writeHead(401); a.end() }, /does not know these keys/)
await refused('bad', 'an answer without an end is cut off', (q, a) => { a.writeHead(200); const more = () => { while (!a.destroyed && a.write('0'.repeat(65536)));  if (!a.destroyed) a.once('drain', more) }; more() }, /more than/)
await refused('worse', 'a next page of another server is refused', send('<queryResult><paging><next>@evil.example/v2/entries</next></paging></queryResult>'), /not one of/)
await refused('worse', 'a document type is refused', send('<!DOCTYPE x [<!ENTITY a "b">]><queryResult/>'), /document type/)
await refused('worse', 'an entry without a name is refused', send('<queryResult><images><image><fingerprints><pdq>00</pdq></fingerprints></image></images></queryResult>'), /without its id/)
check(asked.every(u => u.startsWith('/hs/v2/entries?from=1970-01-01T00:00:00Z&to=')), 'NCMEC is asked for entries by time', asked[0])
let tries = 0
answer = (q, a) => { if (++tries < 3) { a.writeHead(429, { 'Retry-After': '1' }); a.end() } else send({ hashRecords: [record, { ...record, hashValue: 'zz' }, { ...record, signalType: 'Text' }], nextSetTimestamp: 9, hasMoreRecords: false })(q, a) }
asked = []
let r
for (let i = 0; i < 30 && /reads this feed now/.test((r = await fetchOf('bad')).said); i++) await sleep(3000)
check(r.code === 0 && /1 records, 2 skipped/.test(r.said), 'a server that is busy is asked again, and what nobody can use is passed over', r.said)
same(asked[0], '/v1/FetchHashes?startTimestamp=10&pageSize=800', 'StopNCII is asked as its own clients ask')
hostile.close()
hostile.closeAllConnections?.()
await giver.stop()
await taker.stop()
finish()
