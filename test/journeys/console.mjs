// A fresh house over the socket: one administrator, one coordinator. Each of them loses two of three, at last both at once, and the operator's
// links bring them back. Usage: node console.mjs PROGRAM; LACHAN_TEST_POSTGRES names a database, else SQLite.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Server, check, finish, same } from './client.mjs'
import { enter, office, open, words } from './office.mjs'

const folder = mkdtempSync(join(tmpdir(), 'lachan-journey-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const server = new Server(process.argv[2], join(folder, 'data'))
const links = server.run('init', '--json').stdout.trim().split('\n').map(JSON.parse)
await server.start(60)

const link = login => links.find(l => l.user === login).path
const invite = (login, ...more) => server.run(`user invite ${login}`, ...more)
const opened = async (given, login) => {
  check(given.status === 0 && given.stdout.startsWith('/welcome/'), `the operator has a link for ${login}`, given.stderr)
  return open(server, given.stdout.trim(), login)
}
// The coordinator confirms what waits about this person; says what was shown.
const confirms = (coordinator, name) => office(null, coordinator).confirm(name)

let admin = await open(server, link('to-chuc'), 'to-chuc'), coordinator = await open(server, link('dieu-phoi'), 'dieu-phoi')
same((await admin.get('/admin/people')).code, 200, 'the first administrator begins')

// -- the administrator ---------------------------------------------------------------------------------------------------------------

admin = await opened(invite('to-chuc'), 'to-chuc')
same((await admin.get('/admin/people')).code, 403, 'who took the account anew waits')
const shown = await confirms(coordinator, 'Quản trị tổ chức')
check(shown.shown?.includes(admin.number), 'for the coordinator, who compares the check number', shown.shown)
same((await admin.get('/admin/people')).code, 200, 'and administers again')

// -- the coordinator: nobody else in the house could confirm ---------------------------------------------------------------------------

await admin.get('/admin/people')
const path = [...admin.page.text.matchAll(/\/admin\/people\/[0-9a-z]{26}/g)].map(m => m[0]).filter((p, i, all) => all.indexOf(p) === i)
const page = {}
for (const p of path) for (const login of ['to-chuc', 'dieu-phoi']) if (words(await admin.get(p)).includes(`${login} · Đang dùng`)) page[login] = p
await admin.get(`${page['dieu-phoi']}/reset`)
await admin.send(`${page['dieu-phoi']}/reset`, [])
check(words(admin.page).includes('Không còn ai khác trong hệ thống xác nhận được'), 'the page does not begin the last coordinator anew, and says who can', words(admin.page).slice(0, 600))
same((await coordinator.get('/admin/confirm')).code, 200, 'nothing was done')
const alone = invite('dieu-phoi')
check(alone.stderr.includes('they hold without a second person'), 'the console does, and says that the role holds', alone.stderr)
coordinator = await opened(alone, 'dieu-phoi')
same((await coordinator.get('/admin/confirm')).code, 200, 'the coordinator confirms again')

// -- both at once --------------------------------------------------------------------------------------------------------------------------

const one = await opened(invite('to-chuc'), 'to-chuc'), two = await opened(invite('dieu-phoi'), 'dieu-phoi')
const again = await confirms(two, 'Quản trị tổ chức')
check(again.shown?.includes(one.number), 'what waited before can be confirmed', `${again.code} ${words(two.page).slice(0, 500)}`)
same((await one.get('/admin/people')).code, 200, 'and the house has its administrator')
const back = await enter(server, two.account)
check(words(await back.get('/account')).includes('to-chuc') && words(back.page).includes('dieu-phoi'), 'everybody hears of each of them', words(back.page).slice(0, 700))

// -- one person alone in the house ----------------------------------------------------------------------------------------------------------

await office(one, two).to({ path: page['to-chuc'] }, [['do', 'role'], ['role', 'coordinator']])
await confirms(two, 'Quản trị tổ chức')
same((await one.get('/admin/confirm')).code, 200, 'the administrator is a coordinator as well')
await one.get(`${page['dieu-phoi']}/gone`)
await one.send(`${page['dieu-phoi']}/gone`, [])
same((await two.get('/account')).to, '/sign-in', 'the other one leaves')
same(invite('dieu-phoi').status, 1, 'and gets no link any more')
const last = await opened(invite('to-chuc'), 'to-chuc')
same([(await last.get('/admin/people')).code, (await last.get('/admin/confirm')).code].join(), '200,200', 'the last person of all gets everything back')

// -- before its day -----------------------------------------------------------------------------------------------------------------------

const wrong = invite('quan-tri', '--lost-too')
same(wrong.status, 0, `whose first link was never opened gets another: ${wrong.stderr}`)
same((await last.get(link('quan-tri'))).code, 404, 'which ends the first')

await server.stop()
const audit = server.run('audit verify')
same(audit.status, 0, `audit verify is content: ${audit.stdout.trim()}${audit.stderr.trim()}`)
finish()
