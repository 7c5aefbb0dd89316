// Recovery over the socket: trustees are named and confirmed, print their shares, a unit loses all its members, is asked for, and two
// trustees open it a day later (the library of faketime moves the server's clock). Usage: node recovery.mjs PROGRAM;
// LACHAN_TEST_POSTGRES names a database, else SQLite.
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Browser, Server, check, finish, plain, same, sleep, totp, urlencoded } from './client.mjs'

const library = ['x86_64', 'aarch64'].map(a => `/usr/lib/${a}-linux-gnu/faketime/libfaketimeMT.so.1`).find(existsSync)
if (!library) { console.log('1..0 # SKIP faketime is not installed'); process.exit(0) }
const folder = mkdtempSync(join(tmpdir(), 'lachan-journey-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const server = await new Server(process.argv[2], join(folder, 'data'), { verb: 'demo' }).start(120)
const accounts = server.accounts()
const words = page => plain(page.text.replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ')
let ahead = 0         // how far the server's clock is before ours

const used = new Map()
async function digits(secret) {
  const now = () => Math.floor((Date.now() + ahead) / 30000)
  const step = Math.max(now(), (used.get(secret) ?? 0) + 1)
  used.set(secret, step)
  while (now() < step - 1) await sleep(500)
  return totp(secret, step * 30000)
}
async function enter(login) {
  const { user, password, totp_secret } = accounts.find(a => a.user === login) ?? login
  const b = new Browser(server)
  await b.get('/sign-in')
  await b.send('/sign-in', [['user', user], ['password', password], ['totp', await digits(totp_secret)]])
  return b
}

const nga = await enter('nga.mau'), vy = await enter('vy.mau'), hanh = await enter('hanh.mau'), minh = await enter('minh.mau')
await hanh.get('/desk')

// -- trustees ------------------------------------------------------------------------------------------------------------------

await nga.get('/admin/keys')
check(words(nga.page).includes('chưa có khoá khôi phục'), 'key health says that there is no recovery key, and what that means')
await nga.get('/admin/keys/trustees')
const option = name => nga.page.text.match(new RegExp(`value="?([0-9a-z]{26})"?[^>]*>[^<]*\\(${name}\\)`))?.[1]
const trustees = ['hanh.mau', 'minh.mau', 'nga.mau'].map(option)
await nga.send('/admin/keys/trustees', [['one', trustees[0]], ['two', trustees[1]], ['three', trustees[2]]])
check(words(nga.page).includes('đang chờ một điều phối viên'), 'trustees named by one wait for another', words(nga.page).slice(0, 600))
await vy.get('/admin/confirm')
const proposal = vy.page.text.match(/\/admin\/confirm\/[0-9a-z]{26}/)[0]
await vy.get(proposal)
check(words(vy.page).includes('Hạnh'), 'who confirms sees who the trustees are')
await vy.send(proposal, [])

async function print(who) {
  await who.get('/admin/keys/share')
  const lines = [...who.page.text.matchAll(/[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{4}/g)].map(m => m[0])
  await who.send('/admin/keys/share', [['last', lines[3].slice(-4)]])
  return lines
}
const sheets = new Map()
for (const [name, who] of [['hanh', hanh], ['minh', minh], ['nga', nga]]) sheets.set(name, await print(who))
check([...sheets.values()].every(s => s.length === 4), 'each trustee prints four lines')
same((await hanh.get('/admin/keys/share')).text.includes(sheets.get('hanh')[0]), false, 'once')
await hanh.get('/admin/keys')
check(/Khôi phục được/.test(words(hanh.page)) && !/Chưa khôi phục được/.test(words(hanh.page)), 'and the units are covered', words(hanh.page))

// -- everything is lost ------------------------------------------------------------------------------------------------------------

const child = new Browser(server)
await child.get('/speak')
await child.send('/speak/send', [['who', 'self'], ['danger', 'no'], ['province', '79'], ['story', 'Em muốn kể một chuyện ở lớp.']])
const told = (await hanh.get('/desk?show=all')).text.match(/\/desk\/[0-9a-z]{26}/)[0]
await hanh.get(told)
const child_says = page => words(page).match(/\d{4} Trẻ (.{15,40})/)?.[1], story = child_says(hanh.page)
check(story, 'before, a member reads it')

await nga.get('/admin/people')
await nga.send('/admin/people', [['name', 'Mới'], ['login', 'moi.vao']])
const path = nga.page.text.match(/action="?(\/admin\/people\/[0-9a-z]{26})"?/)[1], link = nga.page.text.match(/\/welcome\/[A-Za-z0-9_-]{43}/)[0]
const fresh = new Browser(server), account = { user: 'moi.vao', password: 'mot-mat-khau-dai-cua-moi' }
await fresh.get(link)
await fresh.send(link, [['password', account.password], ['again', account.password]])
account.totp_secret = words(fresh.page).match(/(?:[A-Z2-7]{4}\s+){7}[A-Z2-7]{4}/)[0].replace(/\s/g, '')
await fresh.send('/account/phone', [['totp', await digits(account.totp_secret)]])

const unit = (await nga.get('/admin/units')).text.match(/\/admin\/units\/([0-9a-z]{26})/)[1]
async function person(fields) {
  await nga.get(path)
  const tokens = nga.hidden(path).filter(([name]) => name === 'csrf' || name === 'token')
  await nga.request('POST', path, urlencoded([...tokens, ...fields]))
}
await person([['do', 'role'], ['role', 'counsellor']])
await person([['do', 'join'], ['unit', unit]])
await nga.get(`/admin/units/${unit}`)
const members = new Set([...nga.page.text.matchAll(/\/admin\/people\/([0-9a-z]{26})/g)].map(m => m[1]).filter(id => !path.endsWith(id)))
for (const id of members) {
  await nga.get(`/admin/people/${id}/leave/${unit}`)
  await nga.send(`/admin/people/${id}/leave/${unit}`, [['leave_on', '']])
}
await nga.get('/admin/keys')
check(words(nga.page).includes('Không còn ai giữ khoá'), 'key health names the lost unit')
const more = new Browser(server)
await more.get('/speak')
await more.send('/speak/send', [['who', 'self'], ['danger', 'no'], ['province', '79'], ['story', 'Em cũng muốn kể.']])
check(/([0-9A-Z]{4}-){3}[0-9A-Z]{4}/.test(words(more.page).replace(/\s*-\s*/g, '-')), 'a report is taken all the same')
await nga.send('/admin/keys/rescues', [])
const rescue = nga.page.text.match(/\/admin\/keys\/rescues\/[0-9a-z]{26}/)[0]
check(words(nga.page).includes('đang chờ đủ 24 giờ'), 'asked, and everybody is told', words(nga.page).slice(0, 500))

const type = async (who, name) => {
  await who.get(rescue)
  if (!/name="?line1/.test(who.page.text)) return false
  await who.send(rescue, [['do', 'share'], ...sheets.get(name).map((line, i) => [`line${i + 1}`, line])])
  return true
}
same(await type(nga, 'nga'), false, 'no share is taken on the same day')

// -- a day later ---------------------------------------------------------------------------------------------------------------------

await server.stop()
server.verb = 'serve'
ahead = 25 * 3600 * 1000
server.env = { LD_PRELOAD: library, FAKETIME: '+25h', FAKETIME_DONT_FAKE_MONOTONIC: '1', FAKETIME_FORCE_MONOTONIC_FIX: '0', FAKETIME_NO_CACHE: '1' }
await server.start(60)
const one = await enter('hanh.mau'), two = await enter('minh.mau'), late = await enter(account)
check(await type(one, 'hanh') && words(one.page).includes('Cần thêm một người giữ nữa'), 'the first share alone opens nothing', words(one.page).slice(0, 500))
same((await late.get(told)).code, 404, 'the new member reads nothing yet')
check(await type(two, 'minh') && words(two.page).includes('Đơn vị đã mở'), 'with the second the unit is open', words(two.page).slice(0, 500))
const after = await late.get(told)
same(child_says(after), story, 'and the new member reads what was told before all was lost')
await one.get('/admin/keys/share')
check(/[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{4}/.test(one.page.text) && !one.page.text.includes(sheets.get('hanh')[0]), 'a new key was drawn, to be printed')

await server.stop()
const audit = server.run('audit verify')
same(audit.status, 0, `audit verify is content: ${audit.stdout.trim()}${audit.stderr.trim()}`)
finish()
