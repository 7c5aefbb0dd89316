// Working days across Tết: the server believes it is the beginning of February 2027. A case of the week before Tết gets its five and two
// working days with the holidays left out, the days are right in words, and nothing is called late before it is.
// Usage: node tet.mjs PROGRAM; LACHAN_TEST_POSTGRES names a database, else it is SQLite. Needs the package faketime.
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Server, check, finish, same, sleep } from './client.mjs'
import { act, here, shows, signIn, toChair, words } from './casework.mjs'

const library = ['x86_64', 'aarch64'].map(a => `/usr/lib/${a}-linux-gnu/faketime/libfaketimeMT.so.1`).find(existsSync)
if (!library) { console.log('1..0 # SKIP the package faketime is not installed'); process.exit(0) }
const folder = mkdtempSync(join(tmpdir(), 'lachan-journey-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const says = (page, text, sentence) => check(words(page).includes(text), sentence, words(page).slice(0, 3000))

// The server's time, as a distance from ours: it goes on by itself.
let ahead = 0
const now = () => Date.now() + ahead * 1000
const server = new Server(process.argv[2], join(folder, 'data'), { verb: 'demo' })
async function startAt(when) {
  ahead = Math.round((Date.parse(`${when}+07:00`) - Date.now()) / 1000)
  server.env = { LD_PRELOAD: library, FAKETIME: `+${ahead}`, FAKETIME_DONT_FAKE_MONOTONIC: '1', FAKETIME_FORCE_MONOTONIC_FIX: '0', FAKETIME_NO_CACHE: '1' }
  await server.start()
}

// -- Wednesday, 3 February; Tết is 5 to 9 February -------------------------------------------------------------------------------------

await startAt('2027-02-03T09:30:00')
server.verb = 'serve'
const lan = await signIn(server, 'lan.mau', now)
await lan.get('/cases/new')
await lan.send('/cases/new', [['harm', 'threat'], ['age', '12-15'], ['danger', 'soon'], ['province', '14'], ['name', 'Mầm Thử (tên giả)'], ['words', 'gọi đến']])
const id = here(lan.page)
check(id, 'a case is opened two working days before Tết', words(lan.page))
// Thursday 4 is the first; Wednesday 10, Thursday 11, Friday 12, Monday 15 the others.
says(await lan.get(`/cases/${id}`), 'Lập và trình kế hoạch hết ngày 15/02/2027', 'five working days end on Monday the 15th')
says(lan.page, 'Từ tiếp nhận đến phê duyệt hết ngày 17/02/2027', 'seven end on Wednesday the 17th')
check(/Quyết định biện pháp khẩn cấp, cách ly 21:[34]\d hôm nay/.test(words(lan.page)), 'the twelve hours know no holiday', words(lan.page))
says(await lan.get('/cases?show=mine'), 'Còn 12 ngày Lập và trình kế hoạch', 'my work says how long that is')
await toChair(lan, id)
says(await lan.get(`/cases/${id}`), 'Phê duyệt kế hoạch hết ngày 10/02/2027', "the chair's two working days are Thursday and the Wednesday after Tết")
await act(lan, id, 'urgent', [['words', 'Có người canh trước nhà.']])

// -- Tết goes by -----------------------------------------------------------------------------------------------------------------------

const isLate = async b => /Phê duyệt kế hoạch hết ngày 10\/02\/2027 Quá hạn/.test(words(await b.get(`/cases/${id}`)))
for (const when of ['2027-02-05T01:00:00', '2027-02-06T18:00:00', '2027-02-08T11:00:00', '2027-02-10T04:00:00']) {
  await server.stop()
  await startAt(when)
  await sleep(2500)
}
await server.stop()
await startAt('2027-02-10T23:30:00')
const chair = await signIn(server, 'hung.mau', now)
check(!await isLate(chair) && shows(chair.page, 'Phê duyệt kế hoạch'), 'on the evening of its last day it is not late yet', words(chair.page))
await server.stop()
await startAt('2027-02-11T00:05:00')
const hung = await signIn(server, 'hung.mau', now)
check(await isLate(hung), 'after midnight it is', words(hung.page))
check(!/Từ tiếp nhận đến phê duyệt hết ngày 17\/02\/2027 Quá hạn/.test(words(hung.page)), 'the whole term still runs', words(hung.page))
await act(hung, id, 'approve')
check(shows(hung.page, 'Thực hiện kế hoạch'), 'approved late, the case goes on', words(hung.page))
check(/Phê duyệt kế hoạch hết ngày 10\/02\/2027 Trễ/.test(words(await hung.get(`/cases/${id}/tasks`))), 'and the list of terms says that it was late', words(hung.page))

await server.stop()
const audit = server.run('audit verify')
same(audit.status, 0, `audit verify is content: ${audit.stdout.trim()}${audit.stderr.trim()}`)
finish()
