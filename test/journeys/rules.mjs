// An official changes the law of the house in files: a deadline in a new version of the process, a question in a form. The checkers say
// what is wrong with a first try and are content with the second; after a restart new cases follow, and old ones stay as they began.
// Usage: node rules.mjs PROGRAM; LACHAN_TEST_POSTGRES names a database, else it is SQLite.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { spawnSync } from 'node:child_process'
import { Server, check, finish, same } from './client.mjs'
import { act, begin, here, signIn, words } from './casework.mjs'

const folder = mkdtempSync(join(tmpdir(), 'lachan-journey-')), data = join(folder, 'data')
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const program = process.argv[2], server = await new Server(program, data, { verb: 'demo' }).start()
const says = (page, text, sentence) => check(words(page).includes(text), sentence, words(page).slice(0, 3000))
const shipped = name => readFileSync(fileURLToPath(new URL(`../../content/${name}`, import.meta.url)), 'utf8')

const lan = await signIn(server, 'lan.mau')
async function open() {
  await lan.get('/cases/new')
  await lan.send('/cases/new', [['harm', 'threat'], ['age', '12-15'], ['danger', 'soon'], ['province', '14'], ['name', 'Mầm Thử (tên giả)'], ['words', 'gọi đến']])
  return here(lan.page)
}
const term = async id => words(await lan.get(`/cases/${id}`)).match(/Lập và trình kế hoạch (hết ngày \S+).*?(\d+) ngày làm việc/)?.slice(1).join(' ')
async function asks(id) {
  const paper = await begin(lan, id, 'mau-02')
  return words(await lan.get(`${paper}?page=1`))
}
const old = await open(), before = await term(old)
check(/ 5$/.test(before), 'a case of today has five working days for its plan', before)

// -- in files ------------------------------------------------------------------------------------------------------------------------

const process3 = days => shipped('process/vn-decree-56/2.txt').replace(/(\[clock\]\ncode: plan\n(?:.*\n)*?)workdays: 5/, `$1${days}`)
const form = more => shipped('forms/mau-02.txt').replace(/^version: .*$/m, 'version: 2099010101').replace('[survey]\ntype: time\nname: assessed_at', `${more}[survey]\ntype: time\nname: assessed_at`)
const question = (name, when = '') => `[survey]\ntype: text\nname: ${name}\nlabel: Người đi cùng khi đánh giá\nlabel::English (en): Who came along\n${when}bind::lachan:source: UBND xã\nbind::lachan:certainty: to check\n\n`
const put = (name, text) => { mkdirSync(join(data, 'content', name, '..'), { recursive: true, mode: 0o700 }); writeFileSync(join(data, 'content', name), text) }
put('process/index.txt', '[use]\nprocess: vn-decree-56\n' + [['1', '2017-07-01'], ['2', '2017-07-02'], ['3', '2017-07-03']].map(([v, from]) => `\n[version]\nprocess: vn-decree-56\nversion: ${v}\nfrom: ${from}\n`).join(''))
put('process/vn-decree-56/3.txt', process3('workdays: bốn'))
put('forms/mau-02.txt', form(question('came_along', "relevant: ${nobody} = 'yes'\n")))

let r = spawnSync(program, ['process', 'check', '--data', data], { encoding: 'utf8' })
check(r.status !== 0 && /3\.txt/.test(r.stdout + r.stderr) && /\d+/.test(r.stdout + r.stderr), 'the checker names file and line of a wrong deadline', r.stdout + r.stderr)
put('process/vn-decree-56/3.txt', process3('workdays: 4'))
r = spawnSync(program, ['process', 'check', '--data', data], { encoding: 'utf8' })
same(r.status, 0, `mended, it is content: ${r.stdout}${r.stderr}`.trim().slice(0, 300))
const formCheck = () => spawnSync(program, ['form', 'check', join(data, 'content/forms/mau-02.txt')], { encoding: 'utf8' })
r = formCheck()
check(r.status !== 0 && (r.stdout + r.stderr).includes('nobody'), 'so does that of a form that asks for what is not there', r.stdout + r.stderr)
put('forms/mau-02.txt', form(question('came_along')))
r = formCheck()
same(r.status, 0, `mended, it is content as well: ${r.stdout}${r.stderr}`.trim().slice(0, 300))

// -- after a restart -------------------------------------------------------------------------------------------------------------------

await server.stop()
server.verb = 'serve'
await server.start()
same(await term(old), before, 'the old case has the term that it began with')
check(!(await asks(old)).includes('Người đi cùng khi đánh giá'), 'and the form that it began with', words(lan.page))
const fresh = await open()
check(/ 4$/.test(await term(fresh)), 'a new one has four working days', words(lan.page))
check((await asks(fresh)).includes('Người đi cùng khi đánh giá'), 'and the new question', words(lan.page))
says(await lan.get(`/cases/${old}`), 'Đã có quy trình mới hơn', 'who carries the old one may adopt the new version')
await lan.get(`/cases/${old}/process`)
says(lan.page, '4 ngày làm việc', 'and reads first what that changes')
await lan.send(`/cases/${old}/process`, [['words', 'Áp dụng mốc mới.']])
check(/ 4$/.test(await term(old)), 'adopted with a reason, it counts as well', words(lan.page))
await act(lan, old, 'verify')
says(lan.page, 'Kiểm tra, đánh giá ban đầu', 'and the work goes on')

await server.stop()
const audit = server.run('audit verify')
same(audit.status, 0, `audit verify is content: ${audit.stdout.trim()}${audit.stderr.trim()}`)
finish()
