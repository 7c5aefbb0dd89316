// A form of a case over the socket, in browsers without scripts: a case worker begins it, is stopped by a wrong answer, walks through
// its pages; a colleague changes the same answers meanwhile, both are shown, one is chosen; it is finished, submitted, returned with a
// reason, mended, approved by another person, and printed.
// Usage: node papers.mjs PROGRAM; LACHAN_TEST_POSTGRES names a database, else it is SQLite.
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Browser, Server, check, finish, plain, same, totp } from './client.mjs'

const folder = mkdtempSync(join(tmpdir(), 'lachan-journey-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
mkdirSync(join(folder, 'data/content/forms'), { recursive: true, mode: 0o700 })
copyFileSync(fileURLToPath(new URL('../forms/phieu-thu.txt', import.meta.url)), join(folder, 'data/content/forms/phieu-thu.txt'))
// The first version of the process takes every form, so a made-up one is among them.
mkdirSync(join(folder, 'data/content/process'), { recursive: true, mode: 0o700 })
writeFileSync(join(folder, 'data/content/process/index.txt'), '[use]\nprocess: vn-decree-56\n\n[version]\nprocess: vn-decree-56\nversion: 1\nfrom: 2017-07-01\n\n[version]\nprocess: vn-decree-56\nversion: 2\nfrom: 2099-01-01\n')
const server = await new Server(process.argv[2], join(folder, 'data'), { verb: 'demo' }).start()
const shows = (page, words) => plain(page.text).includes(words)

async function staff(user) {
  const a = server.accounts().find(x => x.user === user), b = new Browser(server)
  await b.get('/sign-in')
  await b.send('/sign-in', [['user', a.user], ['password', a.password], ['totp', totp(a.totp_secret)]])
  return b
}

// What a browser sends with a button: all that the page shows, where it was not typed over. Hidden fields are added by client.mjs, among
// them the revision that the page shows.
function shown(page) {
  const values = {}, of = (tag, name) => plain(tag.match(new RegExp(`\\s${name}=("[^"]*"|[^\\s>]*)`))?.[1].replace(/^"|"$/g, '') ?? '')
  for (const [all, tag, body] of page.text.matchAll(/(<(?:input|select|textarea)[^>]*\sname="q\.[^>]*>)([\s\S]*?(?=<input|<\/select|<\/textarea|<div|$))/g)) {
    const name = of(tag, 'name').slice('q./data/'.length), type = of(tag, 'type')
    if (type === 'hidden' || / disabled/.test(tag) || ((type === 'radio' || type === 'checkbox') && !/ checked/.test(tag))) continue
    values[name] = tag.startsWith('<select') ? plain(body.match(/value="([^"]*)" selected/)?.[1] ?? '') : tag.startsWith('<textarea') ? plain(body) : of(tag, 'value')
  }
  return values
}
async function press(b, path, page, go, answers = {}) {
  await b.get(`${path}?page=${page}`)
  return send(b, path, go, answers)
}
async function send(b, path, go, answers = {}) {
  const all = { ...shown(b.page), ...answers }
  await b.send(path, [['go', go], ...Object.entries(all).map(([name, value]) => [`q./data/${name}`, value])])
  return b.page
}

const hanh = await staff('hanh.mau'), minh = await staff('minh.mau'), lan = await staff('lan.mau')
await hanh.get('/cases/new')
await hanh.send('/cases/new', [['harm', 'threat'], ['age', '12-15'], ['danger', 'soon'], ['province', '92'], ['name', 'Mầm Thử (tên giả)'], ['words', 'gọi đến']])
const id = hanh.page.text.match(/\/cases\/([a-z0-9]{26})/)[1]

// -- begun ------------------------------------------------------------------------------------------------------------------------

await hanh.get(`/cases/${id}/papers`)
check(shows(hanh.page, 'Phiếu thử (mẫu)'), 'the case offers its forms', plain(hanh.page.text).slice(-1500))
await hanh.send(`/cases/${id}/papers`, [['form', 'phieu-thu']])
const paper = hanh.page.text.match(/\/cases\/[a-z0-9]{26}\/papers\/[a-z0-9]{26}/)[0]
check(shows(hanh.page, 'Mầm Thử (tên giả)') && shows(hanh.page, 'TH-20'), 'what the case knows is filled in', plain(hanh.page.text))
same((await lan.get(paper)).code, 404, 'for another unit there is no such paper')

// -- filled in, page by page ---------------------------------------------------------------------------------------------------------

let page = await press(hanh, paper, 1, 'next', { 'child/age': '40', 'child/kind': 'threat' })
same(page.code, 422, 'a wrong answer stops the way on')
check(shows(page, 'Tuổi từ 0 đến 18.') && page.text.includes('value="40"'), 'names it and keeps what was typed')
check((await hanh.get(paper)).text.includes('value="40"'), 'also where the page was lost')
await press(hanh, paper, 1, 'next', { 'child/age': '12', 'child/kind': 'threat' })
check(shows(hanh.page, 'Trang 2 / 5'), 'mended, it goes on', plain(hanh.page.text))
await press(hanh, paper, 2, 'next', { 'grid/row1': 'high', 'grid/row2': 'high', 'grid/row3': 'low' })
check(shows(await hanh.get(`${paper}?page=2`), 'Số dòng mức cao: 2'), 'what the form counts stands on the page')
await press(hanh, paper, 4, 'add:/data/goal', { 'goal[1]/what': 'Gặp trẻ' })
await press(hanh, paper, 4, 'save', { 'goal[2]/what': 'Gặp bà' })
check(shows(await hanh.get(`${paper}?page=4`), 'Mục tiêu 2'), 'an entry was added')

// -- two people at once ----------------------------------------------------------------------------------------------------------------

await hanh.get(`${paper}?page=1`)
await minh.get(`${paper}?page=1`)
await send(hanh, paper, 'save', { 'child/age': '11' })
await send(minh, paper, 'save', { 'child/age': '13', 'child/place': 'game' })
check(shows(minh.page, 'Hai người cùng sửa') && shows(minh.page, '11') && shows(minh.page, '13'), 'both answers are shown side by side', plain(minh.page.text))
check(!shows(minh.page, 'Trò chơi'), 'and not what only one of them changed')
await minh.send(`${paper}/merge`, [['q./data/child/age', 'theirs']])
await hanh.get(`${paper}?page=1`)
check(hanh.page.text.includes('value="11"') && /value="?game"? selected/.test(hanh.page.text), 'the choice and the other change stand')

// -- finished, returned, approved --------------------------------------------------------------------------------------------------------

await press(hanh, paper, 5, 'finish')
check(shows(hanh.page, '2 chỗ cần xem lại') && shows(hanh.page, 'Ghi vì sao.'), 'what is missing is listed', plain(hanh.page.text))
await press(hanh, paper, 5, 'finish', { 'end/concluded': 'high', 'end/reason': 'Người gây hại ở gần.' })
check(shows(hanh.page, 'Đã xong') && shows(hanh.page, 'Người gây hại ở gần.'), 'whole, it is finished', plain(hanh.page.text))
await hanh.send(`${paper}/do/submit`)
check(shows(hanh.page, 'Chờ duyệt'), 'and submitted')
await minh.get(`${paper}/do/return`)
await minh.send(`${paper}/do/return`, [['words', 'Thêm người làm.']])
await press(hanh, paper, 4, 'save', { 'goal[1]/who': 'Cán bộ xã' })
await press(hanh, paper, 5, 'finish')
await hanh.send(`${paper}/do/submit`)
await hanh.get(`${paper}/read`)
check(!hanh.page.text.includes('/do/approve'), 'who finished it does not approve it')
await minh.get(`${paper}/read`)
await minh.send(`${paper}/do/approve`)
check(shows(minh.page, 'Đã duyệt') && shows(minh.page, 'Cán bộ xã'), 'somebody else does', plain(minh.page.text))
await hanh.get(`/cases/${id}`)
check(shows(hanh.page, 'Thêm người làm.') && shows(hanh.page, 'Duyệt biểu mẫu'), 'the timeline tells all of it')

// -- the conclusion ------------------------------------------------------------------------------------------------------------------------

await hanh.get(`${paper}/risk`)
await hanh.send(`${paper}/risk`, [['risk', 'low'], ['words', 'Thử hạ mức.'], ['lower', '']])
same(hanh.page.code, 422, 'a lower level than the counted one wants a reason of its own')
await hanh.send(`${paper}/risk`, [['risk', 'high'], ['words', 'Người gây hại ở gần.'], ['lower', '']])
check(shows(await hanh.get(`/cases/${id}`), 'Cao'), 'the conclusion is that of the case')

await server.stop()
const audit = server.run('audit verify')
same(audit.status, 0, `audit verify is content: ${audit.stdout.trim()}${audit.stderr.trim()}`)
check(!server.said.includes('Mầm Thử') && !server.said.includes('Người gây hại'), 'the server has said nothing of all this')
finish()
