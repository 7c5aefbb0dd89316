// A picture that never leaves the child: its hashes are told with the story, an officer confirms them, an analyst asks the demo's
// platform, the platform answers by its program, and the child reads how far it is; then takes it back. Usage: node pictures.mjs PROGRAM;
// LACHAN_TEST_POSTGRES names a database, else SQLite.
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Browser, Server, check, codeOn, finish, plain, same, sleep, totp, urlencoded } from './client.mjs'

const folder = mkdtempSync(join(tmpdir(), 'lachan-journey-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const server = await new Server(process.argv[2], join(folder, 'data'), { verb: 'demo' }).start()

const words = page => plain(page.text.replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ')
const used = new Map()
async function enter(user) {
  const { password, totp_secret } = server.accounts().find(a => a.user === user)
  const step = Math.max(Math.floor(Date.now() / 30000), (used.get(user) ?? 0) + 1)
  used.set(user, step)
  while (Math.floor(Date.now() / 30000) < step - 1) await sleep(500)
  const b = new Browser(server)
  await b.get('/sign-in')
  await b.send('/sign-in', [['user', user], ['password', password], ['totp', totp(totp_secret, step * 30000)]])
  return b
}
async function act(who, path, fields) {
  await who.get(path)
  const keep = who.hidden('/none').filter(([n]) => n === 'csrf' || n === 'token').slice(0, 2)
  const answer = await who.request('POST', path, urlencoded([...keep, ...fields]))
  return answer.code === 303 ? who.get(answer.to) : answer
}

// -- the child tells ----------------------------------------------------------------------------------------------------------------

const digest = (kind, text) => createHash(kind).update(text).digest('hex')
const pdq = digest('sha256', 'mẫu pdq'), sha256 = digest('sha256', 'mẫu'), md5 = digest('md5', 'mẫu')
const line = `kind=picture quality=97 pdq=${pdq} turned=${Array(7).fill(pdq)} md5=${md5} sha256=${sha256}`
const child = new Browser(server)
await child.get('/speak/more')
check(!child.jar.size, 'the page sets no cookie')
const code = codeOn(await child.send('/speak/send', [['story', 'Có người giữ ảnh của em'], ['hash', line]]))
check(/^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/.test(code ?? ''), 'the report has its code', code)
const back = new Browser(server)
await back.get('/talk')
await back.send('/talk', [['code', code]])
check(/Mã của 1 ảnh đã gửi/.test(words(back.page)), 'the conversation says that one code was sent', words(back.page))
check(!/đã được yêu cầu/.test(words(back.page)), 'and nothing of platforms yet')
check(/Đang chờ cán bộ xem/.test(words(await back.get('/talk/more'))), 'it waits for an officer')

// -- an officer confirms ----------------------------------------------------------------------------------------------------------------

const hanh = await enter('hanh.mau')
let page = await hanh.get('/desk?show=unclaimed')
let desk = null
for (const [, id] of page.text.matchAll(/href="?\/desk\/([0-9a-z]{26})/g)) {
  page = await hanh.get(`/desk/${id}/pictures`)
  if (page.text.includes(sha256)) { desk = `/desk/${id}/pictures`; break }
}
check(desk, 'the counsellor finds the hashes beside the report')
const one = page.text.match(/href="?(\/desk\/[0-9a-z]{26}\/pictures\/[0-9a-z]{26})/)?.[1]
page = await act(hanh, one, [['verdict', 'confirm'], ['class', ''], ['words', '']])
check(page.code === 422 && /Chọn loại nội dung/.test(words(page)), 'a confirmation needs a class and a reason', page.code)
page = await act(hanh, one, [['verdict', 'confirm'], ['class', 'image'], ['words', 'Em xin gỡ']])
check(/đã xác nhận, có trong kho/.test(words(page)), 'confirmed, and in the bank', words(page))
page = await back.get('/talk/more')
check(/Cán bộ đã xác nhận/.test(words(page)) && /Chưa gửi yêu cầu/.test(words(page)), 'the child reads that nobody was asked yet', words(page))

// -- an analyst asks, the platform answers ------------------------------------------------------------------------------------------------

const hai = await enter('hai.mau')
page = await hai.get('/takedown')
let track = null
for (const [, path] of page.text.matchAll(/href="?(\/takedown\/[0-9a-z]{26})/g)) {
  page = await hai.get(path)
  if (page.text.includes(sha256)) { track = path; break }
}
check(track, 'a request to remove is open', words(page).slice(0, 600))
const picks = [...page.text.matchAll(/name="?recipient"? value="?([0-9a-z]{26})"?[^>]*><span>([^<]*)/g)].filter(m => !/Cơ quan/.test(m[2])).map(m => m[1])
const platform = [...page.text.matchAll(/name="?recipient"? value="?([0-9a-z]{26})"?[^>]*><span>([^<]*)/g)].find(m => /Kết Nối/.test(plain(m[2])))?.[1]
check(platform && picks.length > 1, 'the demo\'s platform and others can be asked', picks.length)
await act(hai, track, [['do', 'choose'], ...picks.map(id => ['recipient', id])])
page = await act(hai, track, [['do', 'send']])
check(/Đã gửi/.test(words(page)), 'it is sent', words(page).slice(0, 600))
page = await back.get('/talk')
check(new RegExp(`${picks.length} nền tảng đã được yêu cầu, 0 đã gỡ`).test(words(page)), 'the child reads how many were asked', words(page))
const token = JSON.parse(readFileSync(join(folder, 'data', 'demo-tokens.json'), 'utf8')).find(t => t.environment === 'production').token
const program = new Browser(server, { cookies: false, headers: { Authorization: `Bearer ${token}` } })
const notice = JSON.parse((await program.get('/api/v1/notices')).text).notices.find(n => n.content.some(x => x.value === sha256))
check(notice, 'the platform\'s program reads the hashes')
check(!JSON.stringify(notice).includes('Em xin gỡ') && !/ảnh của em/.test(JSON.stringify(notice)), 'and nothing of the child\'s words')
same((await program.api(`/api/v1/notices/${notice.notice}`, { answer: 'removed' })).code, 200, 'and answers that it is gone')
page = await back.get('/talk')
check(new RegExp(`${picks.length} nền tảng đã được yêu cầu, 1 đã gỡ`).test(words(page)), 'the child reads that one removed it', words(page))

// -- the child takes it back -----------------------------------------------------------------------------------------------------------------

page = await back.get('/talk/more')
await back.send('/talk/more', [['off', page.text.match(/name="?off"? value="?([0-9a-z]{26})/)?.[1]]])
check(/Em đã rút lại/.test(words(back.page)), 'the child takes it back', words(back.page))
page = await hanh.get(desk)
check(/trẻ đã rút lại/.test(words(page)) && !page.text.includes(sha256), 'and the hashes are gone from the report', words(page))
check(/Mã ảnh số 1 đã rút lại/.test(words(await back.get('/talk'))), 'the conversation says so')
const verify = server.run('audit verify')
check(verify.status === 0, 'the log and every row agree', verify.stderr)

await server.stop()
finish()
