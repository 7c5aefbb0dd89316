// A case moves from one province to another while the police work on a referral of it, and its carer must not know: the clocks run on as
// they ran, the thread goes along, the old unit finds nothing, and no page, referral or print offers the carer as somebody to tell.
// Usage: node provinces.mjs PROGRAM; LACHAN_TEST_POSTGRES names a database, else it is SQLite.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Server, check, finish, plain, same } from './client.mjs'
import { act, begin, fill, here, print, put, shows, signIn, words } from './casework.mjs'

const folder = mkdtempSync(join(tmpdir(), 'lachan-journey-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const server = await new Server(process.argv[2], join(folder, 'data'), { verb: 'demo' }).start()
const says = (page, text, sentence) => check(words(page).includes(text), sentence, words(page).slice(0, 3000))
const inDays = n => new Date(Date.now() + n * 86400e3).toISOString().slice(0, 10)
const name = 'Mầm Thử (tên giả)', carer = 'Ông Kín (tên giả)', phone = '0900 000 123'
const silent = (text, sentence) => check(!text.includes(carer) && !text.includes(phone), sentence, text.slice(0, 3000))

const lan = await signIn(server, 'lan.mau'), mai = await signIn(server, 'mai.mau'), tuan = await signIn(server, 'tuan.mau')
await lan.get('/cases/new')
await lan.send('/cases/new', [['harm', 'threat'], ['age', '12-15'], ['danger', 'soon'], ['province', '14'], ['name', name], ['words', 'gọi đến']])
const id = here(lan.page), number = words(lan.page).match(/TH-\d{4}-\d{4}/)?.[0]

// -- a carer who must not know -----------------------------------------------------------------------------------------------------------

await lan.get(`/cases/${id}/people`)
await put(lan, `/cases/${id}/people`, [['role', 'carer'], ['name', carer], ['born', ''], ['phone', phone], ['address', 'Thôn Một (mẫu)'], ['words', '']])
says(lan.page, phone, 'a carer is written down')
await lan.get(`/cases/${id}/tasks`)
await lan.send(`/cases/${id}/flags`, [['flag', 'carer'], ['until', ''], ['words', 'Trẻ nói không được cho nhà biết.']])
for (const page of ['', '/papers', '/support', '/meetings', '/consent', '/family', '/refer', '/transfer', '/referrals', '/log', '/tasks', '/communes', '/print']) {
  const shown = words(await lan.get(`/cases/${id}${page}`))
  silent(shown, `${page || 'the case'} does not name the carer`)
}
says(await lan.get(`/cases/${id}`), 'Không báo cho cha, mẹ, người chăm sóc', 'the case says so on its head')
const people = words(await lan.get(`/cases/${id}/people`))
check(people.includes('Không được cho biết') && people.indexOf(name) < people.indexOf(carer), 'among the people the carer stands last, marked', people)
await lan.get(`/cases/${id}/consent`)
check(/<option value="?child/.test(lan.page.text) && !/<option value="?(carer|both)/.test(lan.page.text), "the carer's consent is not asked for", lan.page.text)

async function sendOut(b, kind, unit, share, more) {
  await b.get(`/cases/${id}/${kind}?q=${encodeURIComponent(unit)}`)
  const form = b.page.text.match(new RegExp(`/cases/${id}/${kind}/[a-z0-9]{26}`))?.[0]
  check(form, `${unit} is among those one may send to`, words(b.page))
  await b.get(form)
  silent(words(b.page), 'the carer is not offered to them')
  check(words(b.page).includes('Trẻ đồng ý') && !words(b.page).includes('Trẻ và người chăm sóc đồng ý'), 'nor to be asked for consent', words(b.page))
  const boxes = [...b.page.text.matchAll(/<textarea[^>]*name="?(t\d+)"?[^>]*>([\s\S]*?)<\/textarea>/g)].map(m => [m[1], plain(m[2])])
  await b.send(form, [...boxes, ...share.map(s => ['share', s]), ...more, ['expires', inDays(20)], ['do', 'check']])
  silent(words(b.page), 'and does not stand in what goes out')
  says(b.page, 'Người chăm sóc có thể là người gây hại: không báo, không liên hệ với họ.', 'which says that they must not know')
  await b.send(`${form}/check`)
  return b.page.text.match(/\/referrals\/([a-z0-9]{26})/)?.[1]
}

// -- an open referral ----------------------------------------------------------------------------------------------------------------------

const police = await sendOut(lan, 'refer', 'công an tỉnh', ['carer/'], [['purpose', 'investigate'], ['need', 'Xác minh tài khoản đang doạ.'], ['consent', 'child']])
const paper = await tuan.get(`/referrals/${police}`)
silent(words(paper), 'the police read no name and no number of the carer')
says(paper, 'không liên hệ với họ', 'and that they must not know')
await tuan.send(`/referrals/${police}/accept`)
await tuan.get(`/referrals/${police}`)
await tuan.send(`/referrals/${police}`, [['text', 'Đã nhận, đang xác minh.']])

// -- to another province ---------------------------------------------------------------------------------------------------------------------

const terms = page => [...words(page).split('Thời hạn theo luật')[1].split('Việc song song')[0]
  .matchAll(/([^.]{5,60}?) (hết ngày \d\d\/\d\d\/\d{4}|\d\d:\d\d(?: hôm nay|, \d\d\/\d\d\/\d{4}))/g)].map(m => `${m[1].trim()} ${m[2]}`)
  .filter(term => !/^(Tính từ|Chuyển UBND)/.test(term)).sort().join('|')
const before = terms(await lan.get(`/cases/${id}`))
check(before.includes('Lập và trình kế hoạch') && before.includes('Quyết định biện pháp khẩn cấp'), 'terms run before', words(lan.page))
const moved = await sendOut(lan, 'transfer', 'bến lá', ['level/', 'place/', 'carer/'], [['purpose', 'handover'], ['need', 'Trẻ đã chuyển nơi ở.'], ['consent', 'child']])
await mai.get(`/referrals/${moved}`)
silent(words(mai.page), 'before they accept, the new commune reads nothing of the carer')
await mai.send(`/referrals/${moved}/accept`)
same(terms(await mai.get(`/cases/${id}`)), before, 'accepted, the terms run on as they ran')
says(mai.page, 'Không báo cho cha, mẹ, người chăm sóc', 'and the warning went along')
says(mai.page, number, 'under the same number')
for (const page of ['', '/papers', '/people', '/refer', '/print', '/tasks']) same((await lan.get(`/cases/${id}${page}`)).code, 404, `the old unit finds nothing at ${page || 'the case'}`)
same((await lan.get(`/referrals/${police}`)).code, 404, 'nor the referral')
says(await mai.get(`/referrals/${police}`), 'đang xác minh', 'the new unit reads what the police wrote')
await mai.send(`/referrals/${police}`, [['text', 'Phường Bến Lá theo dõi tiếp.']])
says(await tuan.get(`/referrals/${police}`), 'Phường Bến Lá theo dõi tiếp.', 'and the police whom they work with now')
await tuan.get(`/referrals/${police}/done`)
await tuan.send(`/referrals/${police}/done`, [['text', 'Tài khoản đã bị khoá.']])
says(await mai.get(`/cases/${id}`), 'Tài khoản đã bị khoá.', 'the outcome comes back to the new unit')

// -- on paper ----------------------------------------------------------------------------------------------------------------------------------

const form = await begin(mai, id, 'mau-01')
const left = await fill(mai, form, { 'family/carer_is_doer': 'yes' })
check(left.length === 0 && shows(mai.page, 'Đã xong'), 'the new commune goes on with the forms', `${left}\n${words(mai.page)}`)
const one = await print(mai, id, form.split('/').pop(), { identity: true })
check(one.pdf && one.says(name), 'printed with the name of the child')
silent(one.text ?? '', 'the form names no carer')
const all = await print(mai, id, 'all', { identity: true })
check(all.pdf && all.says(name) && all.says('không liên hệ với họ'), 'the whole file has the child and the warning', all.text)
silent(all.text ?? '', 'and neither name nor number of the carer')

await server.stop()
const audit = server.run('audit verify')
same(audit.status, 0, `audit verify is content: ${audit.stdout.trim()}${audit.stderr.trim()}`)
check(![name, carer, phone].some(x => server.said.includes(x)), 'the server has said nothing of all this')
finish()
