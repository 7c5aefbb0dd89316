// One case among several units, over the socket: a report is referred to the police, accepted, talked about and done; then the
// case itself goes to a commune, which answers the child, and the first unit finds nothing any more.
// Usage: node refer.mjs PROGRAM; LACHAN_TEST_POSTGRES names a database, else it is SQLite.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Browser, Server, check, codeOn, finish, multipart, plain, same, totp } from './client.mjs'

const folder = mkdtempSync(join(tmpdir(), 'lachan-journey-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const server = await new Server(process.argv[2], join(folder, 'data'), { verb: 'demo' }).start()
const shows = (page, words) => plain(page.text).includes(words)

async function staff(user) {
  const a = server.accounts().find(x => x.user === user), b = new Browser(server)
  await b.get('/sign-in')
  await b.send('/sign-in', [['user', a.user], ['password', a.password], ['totp', totp(a.totp_secret)]])
  return b
}

// Forms are filled as the page gives them: what it ticked and what stands in its boxes is what goes back.
const textareas = page => [...page.text.matchAll(/<textarea[^>]*name="?(t\d+)"?[^>]*>([\s\S]*?)<\/textarea>/g)].map(m => [m[1], plain(m[2])])
const inDays = n => new Date(Date.now() + n * 86400e3).toISOString().slice(0, 10)

async function sendOut(b, caseId, kind, unit, share, more) {
  await b.get(`/cases/${caseId}/${kind}?q=${encodeURIComponent(unit)}`)
  const form = b.page.text.match(new RegExp(`/cases/${caseId}/${kind}/[a-z0-9]{26}`))?.[0]
  check(form, `${unit} is among those one may send to`, plain(b.page.text).slice(-1500))
  await b.get(form)
  const fields = [...textareas(b.page), ...share.map(s => ['share', s]), ...more, ['expires', inDays(20)], ['do', 'check']]
  await b.send(form, fields.filter(([name]) => name !== 'key'))
  same(b.page.code, 200, `the last look at what goes to ${unit}`)
  const look = b.page
  await b.send(`${form}/check`)
  return { look, sent: b.page, id: b.page.text.match(/\/referrals\/([a-z0-9]{26})/)?.[1] }
}

// -- a child tells, a counsellor makes a case of it -------------------------------------------------------------------------------

const words = 'Có người lạ trên mạng doạ sẽ tìm đến trường của em.'
const child = new Browser(server)
await child.get('/speak')
await child.send('/speak/send', [['danger', 'soon'], ['harm', 'threat'], ['age', '12-15'], ['province', '92'], ['story', words],
  ['files', { name: 'man-hinh.txt', type: 'text/plain', bytes: 'lời doạ nguyên văn' }]], { encode: multipart })
const code = codeOn(child.page)
await child.send('/speak/code', [['last', code.slice(-4)]])

const hanh = await staff('hanh.mau'), tuan = await staff('tuan.mau'), lan = await staff('lan.mau')
await hanh.get('/desk?show=unclaimed&level=high')
let id
for (const found of new Set(plain(hanh.page.text).match(/\/desk\/[a-z0-9]{26}/g) ?? []))
  if (shows(await hanh.get(found), words)) id = found.slice(6)
check(id, 'the counsellor finds the report')
await hanh.get(`/desk/${id}`)
await hanh.send(`/desk/${id}/note`, [['text', 'ghi chú không được ra ngoài']])
await hanh.get(`/desk/${id}`)
await hanh.send(`/desk/${id}/case`)
check(/TH-\d{4}-\d{4}/.test(hanh.page.text), 'and makes a case of it', hanh.page.text)

// -- referred to the police -----------------------------------------------------------------------------------------------------------

const police = await sendOut(hanh, id, 'refer', 'công an tỉnh', ['story/', 'age/'],
  [['purpose', 'investigate'], ['need', 'Xác minh tài khoản đang doạ.'], ['consent', 'child'], ['consent_words', 'Trong trò chuyện hôm nay']])
check(shows(police.look, words) && shows(police.look, 'Xác minh tài khoản') && !shows(police.look, 'ghi chú không được ra ngoài'),
  'the last look shows what goes out and nothing else', plain(police.look.text))
same(police.sent.code, 200, 'it is sent')
const paper = await tuan.get(`/referrals/${police.id}`)
check(shows(paper, words) && shows(paper, 'Xác minh tài khoản') && !shows(paper, 'ghi chú không được ra ngoài'), 'the police read just that', plain(paper.text))
same((await tuan.get(`/cases/${id}`)).code, 404, "the sender's case does not exist for them")
const missing = await lan.get(`/referrals/${'0'.repeat(26)}`), foreign = await lan.get(`/referrals/${police.id}`)
check(foreign.code === 404 && foreign.text === missing.text, 'and the referral not for anybody else, by the same bytes')
await tuan.get(`/referrals/${police.id}`)
await tuan.send(`/referrals/${police.id}/accept`)
const own = tuan.page.text.match(/\/cases\/([a-z0-9]{26})/)?.[1]
check(own && own !== id, 'accepted, the police have a case of their own', plain(tuan.page.text))
await tuan.send(`/referrals/${police.id}`, [['text', 'Đã nhận, chiều nay xác minh.']])
await hanh.get(`/referrals/${police.id}`)
check(shows(hanh.page, 'chiều nay xác minh'), 'the thread reaches the counsellor')
await hanh.send(`/referrals/${police.id}`, [['text', 'Cảm ơn anh.']])
check(shows(await tuan.get(`/referrals/${police.id}`), 'Cảm ơn anh.'), 'and back')
await tuan.get(`/referrals/${police.id}/done`)
await tuan.send(`/referrals/${police.id}/done`, [['text', 'Tài khoản đã bị khoá.']])
check(!shows(tuan.page, words) && shows(tuan.page, 'Đã xong'), 'done, the police read it no more')
check(shows(await hanh.get(`/cases/${id}`), 'Tài khoản đã bị khoá.'), "the outcome stands in the sender's timeline")
same((await tuan.get(`/cases/${own}`)).code, 200, 'the own case of the police stays')

// -- handed over to a commune -----------------------------------------------------------------------------------------------------------

const moved = await sendOut(hanh, id, 'transfer', 'lá xanh', ['level/', 'place/'],
  [['purpose', 'handover'], ['need', 'Trẻ ở xã này, cần người gần.'], ['consent', 'child']])
check(shows(await lan.get(`/referrals/${moved.id}`), 'cần người gần') && !shows(lan.page, words), 'before they accept the commune sees the summary alone')
same((await lan.get(`/desk/${id}`)).code, 404, 'and cannot open the case')
await lan.get(`/referrals/${moved.id}`)
await lan.send(`/referrals/${moved.id}/accept`)
check(shows(await lan.get(`/desk/${id}`), words), 'accepted, they read the whole story', plain(lan.page.text))
for (const path of [`/desk/${id}`, `/cases/${id}`, `/cases/${id}/refer`]) same((await hanh.get(path)).code, 404, `the old unit finds nothing at ${path.split('/')[1]}`)
await lan.get(`/desk/${id}`)
await lan.send(`/desk/${id}/claim`)
await lan.send(`/desk/${id}/reply`, [['text', 'Chị Lan đây, chị ở gần em.']])
const back = new Browser(server)
await back.get('/talk')
await back.send('/talk', [['code', code]])
check(shows(back.page, 'Chị Lan đây') && shows(back.page, words), 'the child reads on, with another name', plain(back.page.text))
await back.send('/talk/messages', [['text', 'Dạ em chào chị.']], { encode: multipart })
check(shows(await lan.get(`/desk/${id}`), 'Dạ em chào chị.'), 'and is read by the new unit')

await server.stop()
const audit = server.run('audit verify')
same(audit.status, 0, `audit verify is content: ${audit.stdout.trim()}${audit.stderr.trim()}`)
check(!server.said.includes(words) && !server.said.includes('Xác minh tài khoản') && !server.said.includes(code), 'the server has said nothing of all this')
finish()
