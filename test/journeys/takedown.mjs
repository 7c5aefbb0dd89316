// Content on its way out of the network: the demo's platform hears by signed webhook, a host by mail; one is killed between two tries and
// the same notice arrives once more under the same id; one answers by link, one appeals, one says nothing for two days. Usage:
// node takedown.mjs PROGRAM; LACHAN_TEST_POSTGRES names a database, else SQLite. Needs the package faketime.
import { createHmac } from 'node:crypto'
import { createServer as createHttp } from 'node:http'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Browser, Server, check, finish, plain, same, sleep, totp, urlencoded } from './client.mjs'

const library = ['x86_64', 'aarch64'].map(a => `/usr/lib/${a}-linux-gnu/faketime/libfaketimeMT.so.1`).find(existsSync)
if (!library) { console.log('1..0 # SKIP the package faketime is not installed'); process.exit(0) }
const folder = mkdtempSync(join(tmpdir(), 'lachan-journey-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

// -- who stands at the other end ---------------------------------------------------------------------------------------------

const hooks = []
let refuses = true
const platform = createHttp((r, answer) => {
  const parts = []
  r.on('data', d => parts.push(d)).on('end', () => {
    hooks.push({ headers: r.headers, body: Buffer.concat(parts).toString('utf8') })
    answer.writeHead(refuses ? 503 : 204).end()
  })
})
await new Promise(done => platform.listen(0, '127.0.0.1', done))

const letters = []
const post = createServer(peer => {
  let text = '', data = false, to = ''
  peer.write('220 here\r\n')
  peer.on('error', () => {}).on('data', d => {
    text += d
    for (let at; (at = text.indexOf('\r\n')) >= 0 || (data && text.includes('\r\n.\r\n'));) {
      if (data) {
        const end = text.indexOf('\r\n.\r\n')
        if (end < 0) return
        const [head, ...body] = text.slice(0, end).split('\r\n\r\n')
        letters.push({ to, id: head.match(/^Message-ID: <([^>]*)>/m)?.[1], body: Buffer.from(body.join(''), 'base64').toString('utf8'),
          subject: Buffer.from(head.match(/=\?UTF-8\?B\?([^?]*)\?=/)?.[1] ?? '', 'base64').toString('utf8') })
        text = text.slice(end + 5)
        data = false
        peer.write('250 taken\r\n')
        continue
      }
      const line = text.slice(0, at)
      text = text.slice(at + 2)
      if (/^RCPT/i.test(line)) to = line.match(/<([^>]*)>/)?.[1]
      data = /^DATA/i.test(line)
      peer.write(data ? '354 go on\r\n' : '250 fine\r\n')
      if (/^QUIT/i.test(line)) peer.end()
    }
  })
})
await new Promise(done => post.listen(0, '127.0.0.1', done))

// -- the house -------------------------------------------------------------------------------------------------------------------

const server = new Server(process.argv[2], join(folder, 'data'), { verb: 'demo',
  options: ['--smtp-url', `smtp://127.0.0.1:${post.address().port}`, '--smtp-from', 'lachan@house.example'] })
await server.start()
let ahead = 0
async function later(hours, how = 'stop') {
  await server[how]()
  ahead += hours
  const seconds = Math.round(ahead * 3600)
  server.env = { LD_PRELOAD: library, FAKETIME: `+${seconds}`, FAKETIME_DONT_FAKE_MONOTONIC: '1', FAKETIME_FORCE_MONOTONIC_FIX: '0', FAKETIME_NO_CACHE: '1' }
  await server.start()
}
const now = () => Date.now() + Math.round(ahead * 3600) * 1000
const used = new Map()
async function enter(user) {
  const { password, totp_secret } = server.accounts().find(a => a.user === user)
  const step = Math.max(Math.floor(now() / 30000), (used.get(user) ?? 0) + 1)
  used.set(user, step)
  while (Math.floor(now() / 30000) < step - 1) await sleep(500)
  const b = new Browser(server)
  await b.get('/sign-in')
  await b.send('/sign-in', [['user', user], ['password', password], ['totp', totp(totp_secret, step * 30000)]])
  return b
}
const words = page => plain(page.text.replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ')
async function until(what, seconds = 60) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(200)) { const got = await what(); if (got) return got }
  return null
}
// The page has many forms: only what keeps forgers out is taken from it.
async function act(who, path, fields) {
  await who.get(path)
  const keep = who.hidden('/none').filter(([n]) => n === 'csrf' || n === 'token').slice(0, 2)
  const answer = await who.request('POST', path, urlencoded([...keep, ...fields]))
  return answer.code === 303 ? who.get(answer.to) : answer
}
const picks = page => Object.fromEntries([...page.text.matchAll(/name="?recipient"? value="?([0-9a-z]{26})"?[^>]*><span>([^<]*)/g)].map(m => [plain(m[2]).trim(), m[1]]))

// -- the platform says where its notices go ---------------------------------------------------------------------------------------

const owner = await enter('giang.mau')
let page = await act(owner, '/admin/partners', [['do', 'address'], ['environment', 'production'], ['url', `http://127.0.0.1:${platform.address().port}/hook`]])
const secret = plain(page.text).match(/whsec_[A-Za-z0-9+/=]+/)?.[0]
check(secret, 'the platform gives an address and gets a secret', words(page).slice(0, 900))

// -- asking ------------------------------------------------------------------------------------------------------------------------

let analyst = await enter('hai.mau')
page = await analyst.get('/takedown')
check(/ket-noi\.example/.test(page.text), 'the analyst sees what waits', words(page).slice(0, 500))
page = await act(analyst, '/takedown/new', [['items', 'hxxps://ket-noi[.]example/u/1\nhttps://anh-la-thu.example/b/2'], ['class', 'abuse'], ['words', 'chỉ để thử']])
const path = analyst.page && page.text.match(/action="?(\/takedown\/[0-9a-z]{26})/)?.[1]
check(path, 'and adds content by two addresses', words(page).slice(0, 500))
const to = picks(page)
const names = Object.keys(to)
check(names.some(n => /Kết Nối/.test(n)) && names.some(n => /Lá Thu/.test(n)), 'recipients can be chosen', names.join())
page = await act(analyst, path, [['do', 'choose'], ...names.filter(n => !/Cơ quan/.test(n)).map(n => ['recipient', to[n]])])
page = await act(analyst, path, [['do', 'send']])
check(/Đã gửi/.test(words(page)) && /Còn 2[34] giờ/.test(words(page)), 'sent, and the clock runs', words(page).slice(0, 900))
check(await until(() => hooks.length > 0), 'the platform is called', server.said.slice(-500))
await server.kill()                 // killed while the platform was away
refuses = false                     // before the start: the first turn of the jobs may call at once
await later(0.05, 'kill')
check(await until(() => hooks.length > 1, 90), 'and called again after a kill -9', hooks.length)
const [first, last] = [hooks[0], hooks.at(-1)]
same(last.headers['webhook-id'], first.headers['webhook-id'], 'under the same webhook-id')
same(last.body, first.body, 'with the same body')
const signed = (h, key) => 'v1,' + createHmac('sha256', Buffer.from(key.slice(6), 'base64'))
  .update(`${h.headers['webhook-id']}.${h.headers['webhook-timestamp']}.${h.body}`).digest('base64')
check(hooks.every(h => h.headers['webhook-signature'].split(' ').includes(signed(h, secret))), 'each is signed with the secret', JSON.stringify(last.headers))
const hook = JSON.parse(last.body), data = hook.data
same(hook.type, 'takedown.request', 'it says what it is')
check(data.content.some(x => x.value === 'https://ket-noi.example/u/1') && data.class === 'abuse' && data.legal_basis && data.due_at, 'and what, why and until when', last.body)
check(!/chỉ để thử|hai\.mau/.test(last.body), 'and nothing of who asks and why')
check(await until(() => letters.some(l => l.to === 'abuse@la-thu.example')), 'the host gets a letter', JSON.stringify(letters))
const letter = letters.find(l => l.to === 'abuse@la-thu.example')
check(/hxxps:\/\/anh-la-thu\[\.\]example\/b\/2/.test(letter.body) && !/https:\/\/anh-la-thu/.test(letter.body), 'whose address no mail program opens', letter.body)
const link = letter.body.match(/\/notice\/[\w-]{43}/)?.[0]

// -- answering -------------------------------------------------------------------------------------------------------------------------

const outside = new Browser(server)
page = await outside.get(link)
check(page.code === 200 && /anh-la-thu\.example\/b\/2/.test(page.text), 'the link opens without an account', page.code)
await outside.send(link, [['answer', 'removed'], ['at', ''], ['words', 'Đã xóa']])
check(/Đã nhận trả lời/.test(words(outside.page)), 'the host says that it is gone', words(outside.page).slice(0, 400))
const theirs = new URL(data.answer_url).pathname
await outside.get(theirs)
await outside.send(theirs, [['answer', 'appeal'], ['words', '']])
check(/Hãy ghi lý do/.test(words(outside.page)), 'an appeal needs words', words(outside.page).slice(0, 400))
await outside.send(theirs, [['answer', 'appeal'], ['words', 'Bài này là tin của một trường.']])
analyst = await enter('hai.mau')
page = await analyst.get(path)
check(/Nơi nhận khiếu nại/.test(words(page)) && /tin của một trường/.test(words(page)), 'the appeal stands on the track', words(page).slice(0, 900))
for (let i = 0; i < 20 && !/HTTP 204/.test(words(page)); i++) { await sleep(500); page = await analyst.get(path) }     // kept a moment after the receiver has answered
check(/máy nhận đã nhận/.test(words(page)) && /HTTP 204/.test(words(page)), 'with the proof of sending', words(page))
const reviewer = await enter('loan.mau')
page = await reviewer.get(path)
const appealed = [...page.text.matchAll(/<form[^]*?<\/form>/g)].map(m => m[0]).find(f => /value="?uphold/.test(f))?.match(/name="?notice"? value="?([0-9a-z]{26})/)?.[1]
page = await act(reviewer, path, [['do', 'reject'], ['notice', appealed], ['reason', 'Đã xem lại.']])
check(/Không chấp nhận khiếu nại/.test(words(page)), 'a reviewer who did not send it decides', words(page).slice(0, 900))
check(await until(() => hooks.some(h => JSON.parse(h.body).type === 'takedown.upheld')), 'and the platform hears of it')

// -- by program --------------------------------------------------------------------------------------------------------------------------

const tokens = JSON.parse(readFileSync(join(folder, 'data', 'demo-tokens.json'), 'utf8'))
const bearer = environment => ({ Authorization: `Bearer ${tokens.find(t => t.environment === environment).token}` })
const program = new Browser(server, { cookies: false, headers: bearer('production') }), sandbox = new Browser(server, { cookies: false, headers: bearer('sandbox') })
page = await act(analyst, '/takedown/new', [['items', 'https://ket-noi.example/u/2'], ['class', 'abuse'], ['words', '']])
const second = page.text.match(/action="?(\/takedown\/[0-9a-z]{26})/)?.[1], platformId = Object.entries(picks(page)).find(([n]) => /Kết Nối/.test(n))[1]
await act(analyst, second, [['do', 'choose'], ['recipient', platformId]])
await act(analyst, second, [['do', 'send']])
const open = JSON.parse((await program.get('/api/v1/notices')).text).notices
const mine = open.find(n => n.content[0].value === 'https://ket-noi.example/u/2')
check(mine && mine.due_at && mine.legal_basis, 'a program of the platform reads what waits', JSON.stringify(open))
same(JSON.parse((await sandbox.get('/api/v1/notices')).text).notices.length, 0, 'one of the sandbox reads nothing')
same((await sandbox.api(`/api/v1/notices/${mine.notice}`, { answer: 'removed' })).code, 404, 'nor answers')
same((await new Browser(server).get('/api/v1/notices')).code, 401, 'nor does who has no token')
const answer = (what, at = mine.notice) => program.api(`/api/v1/notices/${at}`, what)
same((await answer({ answer: 'gone' })).code, 422, 'an unknown answer is refused')
same((await answer({ answer: 'appeal' })).code, 422, 'so is an appeal without words')
same((await answer({ answer: 'removed', removed_at: '2999-01-01T00:00:00Z' })).code, 422, 'and a time to come')
same((await answer({ answer: 'removed' }, mine.notice.replace(/^./, '0').replace(/.$/, '0'))).code, 404, 'and a notice that is none')
same((await answer({ answer: 'removed', removed_at: new Date(now() - 60000).toISOString().slice(0, 19) + 'Z' })).code, 200, 'a right answer is taken')
same((await answer({ answer: 'removed' })).code, 200, 'twice is once')
same((await answer({ answer: 'notours' })).code, 409, 'another one is a conflict')
check(/Nơi nhận báo đã gỡ/.test(words(await analyst.get(second))), 'and the track says so')

// -- silence ---------------------------------------------------------------------------------------------------------------------------

await later(25)
check(await until(() => hooks.some(h => JSON.parse(h.body).type === 'takedown.overdue')), 'who says nothing is told when the time is over', server.said.slice(-400))
analyst = await enter('hai.mau')
page = await analyst.get('/takedown?state=late')
check(page.text.includes(path), 'the queue shows it as late', words(page).slice(0, 600))
await later(24)
check(await until(() => letters.some(l => l.to === 'tiep-nhan@co-quan.example')), 'a day later the authority hears of it', letters.map(l => l.to).join())
await sleep(3000)
same(letters.filter(l => l.to === 'tiep-nhan@co-quan.example').length, 1, 'once')
await outside.get(theirs)
await outside.send(theirs, [['answer', 'removed'], ['at', ''], ['words', '']])
check(/Đã nhận trả lời/.test(words(outside.page)), 'the platform removes it after all', words(outside.page).slice(0, 300))

// -- counted ----------------------------------------------------------------------------------------------------------------------------

await later(0.01)
const counted = await until(async () => { const p = await new Browser(server).get('/transparency'); return /Tài liệu xâm hại/.test(p.text) && p })
check(counted && /–/.test(words(counted)), 'everybody sees counts, and small ones are covered', counted && words(counted).slice(0, 600))
same(new Set(hooks.map(h => h.headers['webhook-id'])).size, new Set(hooks.map(h => h.body)).size, 'no notice ever went out under two ids')
await server.stop()
const audit = server.run('audit verify')
same(audit.status, 0, `audit verify is content: ${audit.stdout.trim()}${audit.stderr.trim()}`)
check(!server.said.includes(secret) && !server.said.includes(link.slice(8)), 'no secret was printed')
platform.close()
post.close()
finish()
process.exit()
