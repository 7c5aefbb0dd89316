// People and units, over the socket: an administrator makes a unit and people, a coordinator confirms, each opens the own link, a
// member admits, reads what came after, leaves, and opens nothing new. Usage: node people.mjs PROGRAM; LACHAN_TEST_POSTGRES names
// a database, else SQLite.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Browser, Server, check, finish, same } from './client.mjs'
import { enter, office, open, words } from './office.mjs'

const folder = mkdtempSync(join(tmpdir(), 'lachan-journey-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const server = await new Server(process.argv[2], join(folder, 'data'), { verb: 'demo' }).start(120)
const accounts = server.accounts()
const demo = role => enter(server, accounts.find(a => a.role === role && (a.organisation === 'hotline' || role === 'coordinator')))

const nga = await demo('org_admin'), vy = await demo('coordinator')
check(words(nga.page).includes('Quản trị'), 'an administrator begins at the administration', nga.page.code)

const { add, to, confirm, ...set } = office(nga, vy)

// -- a unit of its own ---------------------------------------------------------------------------------------------------------

const unit = await set.unit('Ca đêm', 'hotline')
check(words(nga.page).includes('Chờ xác nhận'), 'a new unit waits for a second person')
const mai = await add('Mai', 'mai.dem'), son = await add('Sơn', 'son.dem')
for (const p of [mai, son]) {
  await to(p, [['do', 'role'], ['role', 'counsellor']])
  await to(p, [['do', 'join'], ['unit', unit]])
}
const a = await confirm('Ca đêm')
check(a.shown?.includes('Nga (mẫu)') && a.shown?.includes('Đơn vị'), 'the coordinator sees who has set it and what it is', a.shown)
check(/Đã xác nhận/.test(a.text ?? ''), 'and confirms', a.text?.slice(-600))
const first = await open(server, mai.link, 'mai.dem')
check(!/name=do value=confirm/.test((await vy.get('/admin/confirm')).text) && /Mai/.test(vy.page.text), 'the first key holder waits as well')
const b = await confirm('Mai')
check(b.shown?.includes(first.number), 'with the number that Mai has on her account page', `${first.number} ${b.shown}`)
await set.route('report', unit, '92')
await confirm('Tuyến nhận lời kể')

const tell = async () => {
  const child = new Browser(server)
  await child.get('/speak')
  await child.send('/speak/send', [['who', 'self'], ['danger', 'no'], ['province', '92'], ['story', 'Bạn cùng lớp đặt tên xấu cho em.']])
}
const queue = async who => (await who.get('/desk?show=all')).text.match(/href="?\/desk\/[0-9a-z]{26}/g)?.length ?? 0
await tell()
same(await queue(first), 1, 'a report that came after the confirmation is in the new unit\'s queue')
const path = (await first.get('/desk?show=all')).text.match(/href="?(\/desk\/[0-9a-z]{26})/)[1]
check((await first.get(path)).text.includes('đặt tên xấu'), 'and opens there')

// -- admission by a member ------------------------------------------------------------------------------------------------------

const second = await open(server, son.link, 'son.dem')
same(await queue(second), 0, 'who waits for admission sees no report')
same((await second.get(path)).code, 404, 'and opens none')
await first.get('/admin/admissions')
check(first.page.text.includes(second.number), 'the member sees who waits, with the number to compare', words(first.page))
const admission = first.page.text.match(/action="?(\/admin\/admissions\/[0-9a-z]{26}\/[0-9a-z]{26})/)[1]
await first.send(admission, [['do', 'admit']])
check(words(first.page).includes('Đã nhận'), 'and admits', words(first.page))
check((await second.get(path)).text.includes('đặt tên xấu'), 'then the report opens, the old one too')
await tell()
same(await queue(second), 2, 'and what comes after')

// -- leaving -----------------------------------------------------------------------------------------------------------------------

await nga.get(son.path)
const leave = nga.page.text.match(/href="?(\/admin\/people\/[0-9a-z]{26}\/leave\/[0-9a-z]{26})/)[1]
await nga.get(leave)
await nga.send(leave, [['leave_on', '']])
check(words(nga.page).includes('Đã rời đơn vị'), 'the administrator lets the person leave', words(nga.page).slice(0, 400))
same((await second.get(path)).code, 303, 'the session has ended')
await tell()
const later = await enter(server, second.account)
same(await queue(later), 0, 'signed in again there is no report any more')
const newest = (await first.get('/desk?show=all')).text.match(/href="?(\/desk\/[0-9a-z]{26})/g).map(h => h.replace(/href="?/, ''))
same(newest.length, 3, 'those who stay have the new one')
for (const report of newest) {
  same((await later.get(report)).code, 404, 'who left opens nothing, old or new')
  same((await first.get(report)).code, 200, 'who stays opens it')
}

// -- the only administrator has lost two of three -----------------------------------------------------------------------------------

const helped = server.run('user invite hanh.mau')
check(helped.status === 1 && helped.stdout === '' && helped.stderr.includes('nga.mau can begin the account anew'), 'whom a colleague can help the console sends there', helped.stderr)
same((await first.get('/account')).code, 200, 'and does nothing')
const given = server.run('user invite nga.mau')
check(given.status === 0 && /^\/welcome\/[A-Za-z0-9_-]{43}\n$/.test(given.stdout), 'for the only administrator the operator has a link', given.stderr)
same((await nga.get('/admin')).to ?? '', '/sign-in', 'the old session has ended')
await nga.send('/sign-in', [['user', 'nga.mau'], ['password', accounts.find(x => x.user === 'nga.mau').password], ['totp', '000000']])
check(nga.page.text.includes('/sign-in'), 'and the old account is shut')
check(words(await first.get('/account')).includes('Người vận hành đã cấp lại tài khoản từ máy chủ') && first.page.text.includes('nga.mau'), 'every page of the organisation tells of it')
const anew = await open(server, given.stdout.trim(), 'nga.mau')
same((await anew.get('/admin/people')).code, 403, 'signed in anew the administrator waits for a second person')
const c = await confirm('Nga (mẫu)')
check(c.shown?.includes(anew.number) && c.shown?.includes('Người vận hành máy chủ'), 'who sees the new check number, and who gave the link', c.shown)
same((await anew.get('/admin/people')).code, 200, 'and then administers again')
const khoa = await enter(server, accounts.find(x => x.role === 'auditor'))
check(words(await khoa.get('/log?act=person.reset-console')).includes('Người vận hành cấp lại tài khoản từ máy chủ'), 'the auditor finds it in the log', words(khoa.page).slice(0, 500))

await server.stop()
const audit = server.run('audit verify')
same(audit.status, 0, `audit verify is content: ${audit.stdout.trim()}${audit.stderr.trim()}`)
finish()
