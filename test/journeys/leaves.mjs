// What leaves the house, without script: a case on paper with and without names, and a table that one asks for and another agrees to.
// Nothing of either stays on the disk. Usage: node leaves.mjs PROGRAM; LACHAN_TEST_POSTGRES names a database, else it is SQLite.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Browser, Server, check, finish, same, totp } from './client.mjs'

const folder = mkdtempSync(join(tmpdir(), 'lachan-journey-')), aside = join(folder, 'tmp'), paper = join(folder, 'a.pdf')
mkdirSync(aside)
process.env.TMPDIR = aside
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const server = await new Server(process.argv[2], join(folder, 'data'), { verb: 'demo' }).start()
const accounts = server.accounts()

async function signIn(user) {
  const b = new Browser(server), who = accounts.find(a => a.user === user)
  await b.get('/sign-in')
  await b.send('/sign-in', [['user', user], ['password', who.password], ['totp', totp(who.totp_secret)]])
  return b
}

const hanh = await signIn('hanh.mau'), minh = await signIn('minh.mau')
const NAME = 'Ten-Gia-Cua-Tre-91', REASON = 'Muc-dich-kin-47'

await hanh.get('/cases/new')
await hanh.send('/cases/new', [['harm', 'threat'], ['age', '12-15'], ['danger', 'no'], ['province', '92'], ['words', 'goi-den'], ['name', NAME]])
const ref = hanh.page.text.match(/<h1>(TH-\d+-\d+)/)[1], path = hanh.page.text.match(/href="?(\/cases\/[a-z0-9]{26})\/tasks/)[1]

// -- paper --------------------------------------------------------------------------------------------------------------------------

async function print(fields) {
  await hanh.get(`${path}/print`)
  const answer = await hanh.send(`${path}/print`, [['what', 'all'], ['words', REASON], ...fields])
  if (answer.code === 200) writeFileSync(paper, answer.raw)
  return answer
}
const told = (program, ...more) => spawnSync(program, more, { encoding: 'utf8' }).stdout
const words = () => told('pdftotext', '-layout', paper, '-').replace(/[ \n]+/g, ' ')

const bundle = await print([])
same(bundle.code, 200, 'the whole file comes as the answer to the form')
same(bundle.headers['content-type'], 'application/pdf', 'it is a PDF')
check(/no-store/.test(bundle.headers['cache-control']) && /attachment/.test(bundle.headers['content-disposition']), 'which no cache keeps')
const text = words()
check(text.includes('DỮ LIỆU GIẢ') && text.includes(ref) && text.includes('Mục lục') && /Trang 1 \/ \d/.test(text), 'marked as made up, with number, index and pages', text.slice(0, 500))
check(!text.includes(NAME) && text.includes('[nội dung đã ẩn]'), 'and names nobody')
check(/\/Lang \(vi\)/.test(readFileSync(paper, 'latin1')), 'it says that it is Vietnamese')

const asks = await print([['identity', '1']])
check(asks.code === 422 && asks.text.includes('Bản in này cho biết trẻ là ai') && asks.text.includes(REASON), 'a print with names asks first, and keeps what was typed')
await print([['identity', '1'], ['sure', '1']])
check(words().includes(NAME), 'confirmed, it has the name')
const mark = words().match(/Mã tài liệu ([0-9a-f]{16})/)[1]
check((await hanh.get(path)).text.includes(`có tên trẻ, mã tài liệu ${mark}`), 'the timeline knows this sheet by its mark')

// -- a table ------------------------------------------------------------------------------------------------------------------------

async function ask(fields) {
  await hanh.get('/cases/export/new')
  const unit = hanh.page.text.match(/name="?unit"?>\s*<option value="?([a-z0-9]{26})/)[1]
  return hanh.send('/cases/export/new', [['unit', unit], ['scope', 'all'], ['since', '2020-01-01'], ['until', '2099-01-01'], ['words', REASON], ...fields])
}
const listed = async () => (await hanh.get('/cases/export')).text.match(/class="?go"? href="?(\/cases\/export\/[a-z0-9]{26})/)[1]

await ask([['format', 'csv'], ['field', 'ref'], ['field', 'name'], ['justified', '1']])
const asked = await listed()
check(!(await hanh.get(asked)).text.includes('value=agree'), 'who asked cannot agree')
await minh.get(asked)
check(minh.page.text.includes(REASON) && minh.page.text.includes('Tệp này cho biết trẻ là ai'), 'a second person reads what for, and that it names children')
await minh.send(asked, [['verdict', 'agree'], ['words', '']])
await hanh.get(asked)
const csv = await hanh.send(`${asked}/file`)
check(csv.code === 200 && csv.text.includes(`"${ref}","${NAME}"\r\n`), 'who asked fetches the table', csv.text.slice(0, 300))
await hanh.get(asked)
check(hanh.page.text.includes('Đã tải') && !hanh.page.text.includes(`${asked}/file`), 'once')

await ask([['format', 'xlsx'], ['field', 'ref'], ['field', 'province']])
const second = await listed()
await minh.get(second)
await minh.send(second, [['verdict', 'agree'], ['words', '']])
await hanh.get(second)
const xlsx = await hanh.send(`${second}/file`)
same(xlsx.raw.subarray(0, 4).toString('latin1'), 'PK\x03\x04', 'the same for Excel')

// -- nothing stays ------------------------------------------------------------------------------------------------------------------

const holds = (dir, what) => readdirSync(dir, { withFileTypes: true, recursive: true }).filter(e => e.isFile())
  .map(e => join(e.parentPath ?? e.path, e.name)).filter(f => readFileSync(f).includes(what))
same(readdirSync(aside).length, 0, 'no file was left beside')
for (const what of [NAME, REASON]) same(holds(join(folder, 'data'), what).join(), '', `nothing on the disk holds ${what}`)
const audit = server.run('audit verify')
check(audit.status === 0, 'the log verifies', audit.stdout + audit.stderr)

await server.stop()
finish()
