// The whole road of one picture: a platform files a report, its picture is known, police open a case and a track of content, the platform
// hears of it and removes it within its clock, a child who has the same picture reads so, the child's hash goes out to clients of StopNCII,
// and the domain behind it to a real Unbound. Usage: node network.mjs PROGRAM; LACHAN_TEST_POSTGRES names a database, else SQLite.
// Everything talks on loopback; every name and picture is made up.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Browser, Server, act, check, codeOn, entrance, finish, freePort, multipart, plain, same, sleep, until, words } from './client.mjs'
import { Client, document, picture } from './ispws.mjs'
import { blocked, open, run, startRoot, startUnbound, unbound } from './resolvers.mjs'

if (!existsSync(unbound)) { console.log('1..0 # SKIP unbound is not installed'); process.exit(0) }
const folder = mkdtempSync(join(tmpdir(), 'lachan-journey-')), data = join(folder, 'data')
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const server = await new Server(process.argv[2], data, { verb: 'demo' }).start(180)
const enter = entrance(server)
const tokens = JSON.parse(readFileSync(join(data, 'demo-tokens.json'), 'utf8'))
const token = environment => tokens.find(t => t.environment === environment).token
const links = (page, pattern) => [...page.text.matchAll(new RegExp(`href="?(${pattern})(?=["\\s>])`, 'g'))].map(m => m[1])
const noPicture = page => !/<img|<video|<picture|<source|data:image/i.test(page.text)
async function find(who, list, pattern, holds) {
  for (const path of links(await who.get(list), pattern)) if ((await who.get(path)).text.includes(holds)) return path
  return null
}

// -- a picture, and a bank that knows one much like it ---------------------------------------------------------------------------------

const bytes = picture(7), digest = kind => createHash(kind).update(bytes).digest('hex'), sha256 = digest('sha256'), md5 = digest('md5')
const trial = new Browser(server, { cookies: false, headers: { Authorization: `Bearer ${token('sandbox')}` } })
const seen = JSON.parse((await trial.request('POST', '/api/v1/match', { type: 'image/png', body: bytes })).text)
const { pdq, quality } = seen.picture ?? seen.pictures?.[0] ?? seen
check(/^[0-9a-f]{64}$/.test(pdq ?? '') && quality >= 50, 'the platform learns in the sandbox what hash its picture has', JSON.stringify(seen))
const near = pdq.replace(/^.{4}/, four => (parseInt(four, 16) ^ 0x1803).toString(16).padStart(4, '0'))     // 4 of 256 bits are others
const hai = await enter('hai.mau'), loan = await enter('loan.mau')
const bank = plain((await hai.get('/banks')).text).match(/href="?(\/banks\/[0-9a-z]{26})"?>Đường dây hỗ trợ/)?.[1]
let page = await act(hai, `${bank}/import`, [['file', { name: 'mau.txt', type: 'text/plain', bytes: `pdq ${near}\n` }]], multipart)
const list = page.to
await act(hai, list, [['do', 'take']])
check(await until(async () => /Chờ duyệt/.test(words(await hai.get(list)))), 'an analyst brings a list into a bank of the demo', words(page).slice(0, 600))
await act(loan, list, [['do', 'approve']])
check(await until(async () => /Đang so/.test(words(await hai.get(`/banks?q=${pdq}`)))), 'a reviewer brings it into force, and what is 4 bits away finds it')

// -- where the platform hears, and what it checks ----------------------------------------------------------------------------------------

const hooks = [], giang = await enter('giang.mau')
let secret = null
const signed = (r, body) => {
  const want = Buffer.from('v1,' + createHmac('sha256', Buffer.from(secret.slice(6), 'base64')).update(`${r['webhook-id']}.${r['webhook-timestamp']}.${body}`).digest('base64'))
  return r['webhook-signature'].split(' ').map(s => Buffer.from(s)).some(s => s.length === want.length && timingSafeEqual(s, want)) &&
    Math.abs(Date.now() / 1000 - Number(r['webhook-timestamp'])) < 300
}
const platform = createServer((r, answer) => {
  const parts = []
  r.on('data', d => parts.push(d)).on('end', () => {
    const body = Buffer.concat(parts).toString('utf8'), good = signed(r.headers, body)
    hooks.push({ good, ...JSON.parse(body) })
    answer.writeHead(good ? 204 : 401).end()
  })
})
await new Promise(done => platform.listen(0, '127.0.0.1', done))
page = await act(giang, '/admin/partners', [['do', 'address'], ['environment', 'production'], ['url', `http://127.0.0.1:${platform.address().port}/hook`]])
secret = plain(page.text).match(/whsec_[A-Za-z0-9+/=]+/)?.[0]
check(secret, 'the platform gives an address for notices and gets a secret', words(page).slice(0, 600))

// -- the platform files what it must --------------------------------------------------------------------------------------------------------

const urls = ['https://ket-noi.example/u/4/7', 'https://kho-la-kho.example/x/1'], domain = 'kho-la-kho.example'
const client = new Client(server.port, 'platform', token('production'))
check((await client.call('GET', '/status')).code === 0, 'a client of the protocol is greeted')
const report = await client.report(document('account-9', '', urls))
check(report.code === 0 && report.id, 'it opens a report', report.text)
const file = await client.upload(report.id, 'hills.png', 'image/png', bytes)
check(file.code === 0 && file.hash === md5, 'and uploads its picture', file.text)
check((await client.about(report.id, file.file, '<originalFileName>hills.png</originalFileName><industryClassification>B2</industryClassification>')).code === 0, 'with its details')
const over = await client.finish(report.id)
check(over.code === 0 && over.text.includes(file.file), 'and files it', over.text)
check(![file, over].some(a => /Đường dây|duong-day|match|known/i.test(a.text)), 'and is told nothing of what a bank knows')

// -- police read that it is known: hashes, and never the picture -------------------------------------------------------------------------------

const tuan = await enter('tuan.mau')
const theirs = plain((await tuan.get('/platform-reports')).text).match(new RegExp(`href="?(/platform-reports/[0-9a-z]{26})[^>]*>NT-${report.id}`))?.[1]
check(theirs, 'the report stands before the police unit', words(tuan.page).slice(0, 600))
page = await tuan.get(theirs)
check(/Đường dây hỗ trợ \(mẫu\)/.test(words(page)) && page.text.includes(sha256) && page.text.includes(pdq), 'a bank knows its picture by hash', words(page).slice(0, 1400))
check(noPicture(page), 'and it is not shown')
page = await act(tuan, theirs, [['do', 'case'], ['age', '12-15'], ['province', '']])
const dossier = page.to
check(dossier?.startsWith('/cases/') && words(page).includes(`NT-${report.id}`), 'police open a case', words(page).slice(0, 600))
page = await tuan.get(theirs)
const items = [...page.text.matchAll(/name="?item"? value="?([^"\s>]+)/g)].map(m => plain(m[1]))
check(['url:' + urls[0], 'url:' + urls[1], 'sha256:' + sha256, 'pdq:' + pdq].every(i => items.includes(i)), 'the report names what has to go', items.join())
page = await act(tuan, theirs, [['do', 'track'], ...items.map(i => ['item', i]), ['class', 'abuse'], ['track_words', '']])
check(page.to === theirs && page.code === 200, 'and propose its removal', words(page).slice(0, 600))
page = await tuan.get(`${dossier}/takedown`)
check(page.text.includes('ket-noi.example'), 'which the case shows', words(page).slice(0, 900))

const match = await find(hai, '/review', '/review/[0-9a-z]{26}', sha256)
check(match, 'the match waits for an analyst', words(hai.page).slice(0, 900))
page = await hai.get(match)
check(/Đường dây hỗ trợ \(mẫu\)/.test(words(page)) && words(page).includes(`NT-${report.id}`) && noPicture(page), 'with the report\'s number, bank and distance, without the picture', words(page).slice(0, 900))
await act(hai, match, [['verdict', 'confirmed'], ['reason', ''], ['words', '']])
page = await hai.get(match)
check(/Hải/.test(words(page).split('Kết luận')[1] ?? ''), 'who finds it right', words(page))

// -- the platform is asked, and answers ---------------------------------------------------------------------------------------------------------

const track = await find(hai, '/takedown', '/takedown/[0-9a-z]{26}', sha256)
check(track, 'the analyst finds the track of content', words(hai.page).slice(0, 900))
await act(hai, track, [['do', 'triage'], ['class', 'abuse'], ['basis', '']])
page = await hai.get(track)
const recipient = [...page.text.matchAll(/name="?recipient"? value="?([0-9a-z]{26})"?[^>]*><span>([^<]*)/g)].find(m => /Kết Nối/.test(plain(m[2])))?.[1]
check(recipient, 'judges it, and sees who can remove it', words(page).slice(0, 900))
await act(hai, track, [['do', 'choose'], ['recipient', recipient]])
page = await act(hai, track, [['do', 'send']])
check(/Đã gửi/.test(words(page)), 'and asks', words(page).slice(0, 900))
const hook = await until(() => hooks.find(h => h.type === 'takedown.request'))
check(hook?.good, 'the platform is called, and the signature is right', server.said.slice(-600))
const clock = Date.parse(hook?.data.due_at) - Date.parse(hook?.data.asked_at)
same(clock, 24 * 3600e3, 'it has 24 hours')
check(urls.every(u => hook.data.content.some(x => x.value === u)) && hook.data.content.some(x => x.value === sha256), 'it is told addresses and hashes', JSON.stringify(hook.data))
check(!/hills|account-9|NT-|paper boat/.test(JSON.stringify(hook)), 'and nothing of case and account')
const program = new Browser(server, { cookies: false, headers: { Authorization: `Bearer ${token('production')}` } })
const answer = await program.api(`/api/v1/notices/${hook.data.notice}`, { answer: 'removed', removed_at: new Date(Date.now() - 1000).toISOString().slice(0, 19) + 'Z' })
check(answer.code === 200 && Date.now() < Date.parse(hook.data.due_at), 'it has removed it within its time, and says so by its token', answer.text)
check(/Nơi nhận báo đã gỡ/.test(words(await hai.get(track))), 'the track knows', words(hai.page).slice(0, 600))
check(/1 nơi đã gỡ/.test(words(await tuan.get(`${dossier}/takedown`))), 'and so does the case of the police', words(tuan.page).slice(0, 900))

// -- a child has the same picture ------------------------------------------------------------------------------------------------------------------

const child = new Browser(server)
await child.get('/speak/more')
const line = `kind=picture quality=${quality} pdq=${pdq} turned=${Array(7).fill(pdq)} md5=${md5} sha256=${sha256}`
const code = codeOn(await child.send('/speak/send', [['story', 'Có người giữ ảnh của em'], ['hash', line]]))
check(code, 'a child tells, and sends the hash alone')
const hanh = await enter('hanh.mau')
const told = (await find(hanh, '/desk?show=unclaimed', '/desk/[0-9a-z]{26}', 'Có người giữ ảnh của em'))
check(told, 'a counsellor reads it', words(hanh.page).slice(0, 600))
const one = links(await hanh.get(`${told}/pictures`), '/desk/[0-9a-z]{26}/pictures/[0-9a-z]{26}')[0]
page = await act(hanh, one, [['verdict', 'confirm'], ['class', 'image'], ['words', 'Em xin gỡ']])
check(/đã xác nhận, có trong kho/.test(words(page)), 'and confirms the hash', words(page).slice(0, 600))
const back = new Browser(server)
await back.get('/talk')
await back.send('/talk', [['code', code]])
check(/1 nền tảng đã được yêu cầu, 1 đã gỡ/.test(words(back.page)), 'the child reads in the conversation that it is gone', words(back.page))
check(/1 nền tảng đã được yêu cầu, 1 đã gỡ/.test(words(await back.get('/talk/more'))), 'and on the page of the picture', words(back.page))
check(!/NT-|Đường dây hỗ trợ \(mẫu\)|ket-noi|Kết Nối/.test(back.page.text), 'and nothing of whose report it was')

// -- the hash goes out ---------------------------------------------------------------------------------------------------------------------------------

const record = links(await loan.get(`/banks?q=${pdq}`), '/banks/[0-9a-z]{26}/hashes/[0-9a-z]{26}')
let fresh = null
for (const path of record) if ((await loan.get(path)).text.includes(pdq)) fresh = path
check(fresh, 'the new hash lies in a bank', words(loan.page).slice(0, 900))
page = await act(loan, fresh, [['do', 'confirm'], ['words', '']])
check(/Loan/.test(words(page)) && page.code === 200, 'a reviewer stands by it', words(page).slice(0, 900))
const stopncii = (since = 10) => new Browser(server, { cookies: false, headers: { 'x-functions-key': token('production'), 'Ocp-Apim-Subscription-Key': 'platform' } })
  .get(`/v1/FetchHashes?startTimestamp=${since}&pageSize=800`)
const holds = a => a.code === 200 && JSON.parse(a.text).hashRecords.find(r => r.hashValue === pdq)
let taken = await stopncii()
check(taken.code === 200 && !holds(taken), 'before its bank is shared, nobody is served it', taken.text.slice(0, 600))
const shared = fresh.split('/')[2], tam = await enter('tam.mau')
await act(loan, '/banks/sharing', [['do', 'propose'], ['bank', shared]])
await act(tam, '/banks/sharing', [['do', 'confirm'], ['bank', shared]])
taken = await until(async () => { const a = await stopncii(); return holds(a) && a })
const given = taken && holds(taken)
check(given?.signalType === 'ImagePDQ' && given.hashStatus === 'Active' && given.lastModtimestamp > 0, 'two reviewers share the bank, and a client of StopNCII is served the hash', JSON.stringify(given ?? taken))
check(taken && JSON.parse(taken.text).hashRecords.every(r => r.hashValue !== near), 'and none of a bank that nobody shared')
const without = new Browser(server, { cookies: false, headers: { 'x-functions-key': token('production') } })
same((await without.get('/v1/FetchHashes?startTimestamp=10&pageSize=800')).code, 401, 'without both keys nothing')

// -- the domain goes to a resolver --------------------------------------------------------------------------------------------------------------------------

const root = await startRoot(), port = { rpz: await freePort(), unbound: await freePort() }, phong = await enter('phong.mau')
await act(phong, '/blocklist/feeds', [['do', 'feed'], ['list', 'core'], ['zone', 'core.rpz.lachan'], ['walled', ''], ['open', 'yes']])
await act(phong, '/blocklist/feeds', [['do', 'peer'], ['list', 'core'], ['holder', 'Nhà mạng thử'], ['key', 'provider-u'], ['notify', `127.0.0.1:${port.unbound}`]])
const rpz = run(process.argv[2], ['rpz', 'serve', '--data', data, '--rpz-listen', `127.0.0.1:${port.rpz}`,
  ...(process.env.LACHAN_TEST_POSTGRES ? ['--db', process.env.LACHAN_TEST_POSTGRES] : [])])
check(await until(() => rpz.said.includes('ready dns://')), '`lachan rpz serve` is ready', rpz.said)
const resolver = startUnbound(folder, root, port.unbound, `primary: 127.0.0.1@${port.rpz}\n  allow-notify: 127.0.0.1`)
check(await until(() => blocked(port.unbound, 'la-do-mau.example')), 'Unbound takes the list', resolver.said.slice(-1500))
check(await open(port.unbound, domain), 'and opens the domain that nobody has proposed')
page = await hai.get(track)
const place = page.text.match(new RegExp(`${domain.replaceAll('.', '\\.')}/x/1[\\s\\S]*?name="?item"? value="?(\\d+)`))?.[1]
page = await act(hai, track, [['do', 'block_host'], ['item', place]])
check(page.code === 200, 'the analyst proposes it from the track of content', words(page).slice(0, 600))
const entry = await find(loan, '/blocklist', '/blocklist/entries/[0-9a-z]{26}', domain)
check(entry, 'a reviewer finds it', words(loan.page).slice(0, 900))
check((await hai.request('POST', entry, { type: 'application/x-www-form-urlencoded', body: 'do=approve' })).code === 403, 'the analyst cannot approve it')
await sleep(1000)
check(await open(port.unbound, domain), 'nothing is blocked yet')
await act(loan, entry, [['do', 'approve']])
check(await until(() => blocked(port.unbound, domain)), 'once approved, Unbound hears of it and blocks', resolver.said.slice(-1500))
check(await blocked(port.unbound, `www.${domain}`) && await open(port.unbound, 'ket-noi.example'), 'with what lies below, and not the platform that helped')

// -- and all of it is proven ---------------------------------------------------------------------------------------------------------------------------------

check(/đã gỡ/.test(words(await back.get('/talk'))), 'the child still reads so')
check(hooks.every(h => h.good), 'every call was signed')
rpz.kill('SIGTERM')
resolver.kill('SIGTERM')
await server.stop()
const audit = server.run('audit verify')
same(audit.status, 0, `audit verify is content: ${audit.stdout.trim()}${audit.stderr.trim()}`)
check(![secret, sha256, pdq].some(s => server.said.includes(s)), 'no secret and no hash was printed')
platform.close()
root.close()
finish()
process.exit()
