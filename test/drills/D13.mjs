// D13: stolen disk. Reports, replies and notes carry canaries; then everything that lies on the disk is searched for them in all
// encodings: database, its -wal and -shm, files, lock, spool, what the server said, and PostgreSQL's own folder.
// K_inst and the demo's list of passwords lie elsewhere in a real house and are left out; so are the clear columns of SECURITY.md.
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { Browser, Server, codeOn, multipart, plain, sleep, totp } from '../journeys/client.mjs'
import { data, everyFile, folder, forms, program, random, result, search, small } from './drill.mjs'

const REPORTS = small ? 60 : 10000
const letters = n => [...Array(n)].map(() => 'abcdefghijklmnopqrstuvwxyz'[Math.floor(random() * 26)]).join('')
const digits = n => [...Array(n)].map(() => Math.floor(random() * 10)).join('')

// All canaries of a run share a mark, so that one search finds each of them.
const mark = `Đặng${letters(12)}`, number = `09${digits(8)}`, broken = [], words = [mark, mark.slice(4), number]
let made = 0
const canary = kind => `${kind}-${mark}-${made++}`
const phone = () => `${number}${digits(3)}`

// The search itself must find what is there.
for (const [form, bytes] of forms('Trường Đặng kiểmtra')) {
  writeFileSync(join(folder, 'planted'), Buffer.concat([Buffer.from('xx'), bytes, Buffer.from('yy')]))
  if (bytes.length >= 6 && !search([join(folder, 'planted')], ['Trường Đặng kiểmtra']).length) broken.push(`the search does not find ${form}`)
}

const server = await new Server(program, data, { verb: 'demo' }).start()
const codes = []

async function tell(i) {
  const fields = [['story', `Em tên ${canary('Tên')}, gọi ${phone()}`], ['where', canary('Nơi')], ['url', `https://vi.du/${canary('Trang')}`],
    ['exclude', i % 5 ? '' : 'school'], ['files', { name: `${canary('Tệp')}.txt`, type: 'text/plain', bytes: canary('Ruột') }],
    ['files_private', { name: `${canary('Ảnh')}.png`, type: 'image/png', bytes: Buffer.from(canary('Riêng').repeat(i % 20 ? 1 : 40000)) }]]
  const r = await new Browser(server).apiForm('/api/v1/speak', fields, { 'Idempotency-Key': `${mark.slice(4)}-key-${i}-000000` })
  if (r.code !== 201) return broken.push(`a report was answered by ${r.code}`)
  const { code } = JSON.parse(r.text)
  codes.push(code)
  if (codes.length < 6) words.push(code, code.replaceAll('-', ''))
}
for (let i = 0; i < REPORTS; i += 8) await Promise.all([...Array(Math.min(8, REPORTS - i)).keys()].map(k => tell(i + k)))

// A child on the pages: mistyped code, conversation, draft with a code in it, a cookie.
const child = new Browser(server)
await child.get('/talk')
await child.send('/talk', [['code', canary('Mã-sai')]])
await child.get('/talk')
await child.send('/talk', [['code', codes[0]]])
await child.send('/talk/messages', [['text', canary('Thêm')]], { encode: multipart })
await child.send('/talk/messages', [['text', `${canary('Nháp')} ${codes[0]}`]], { encode: multipart, follow: false })
await child.get('/talk')
await child.get('/speak')
await child.send('/speak/send', [['story', canary('Kể')]], { encode: multipart })
words.push(codeOn(child.page), ...child.jar.values())

// A counsellor reads, replies and notes; somebody mistypes a password.
const account = server.accounts().find(a => a.role === 'counsellor'), staff = new Browser(server)
await staff.get('/sign-in')
await staff.send('/sign-in', [['user', canary('Ai')], ['password', canary('Mật-khẩu')], ['totp', '123456']])
await staff.get('/sign-in')
await staff.send('/sign-in', [['user', account.user], ['password', account.password], ['totp', totp(account.totp_secret)]])
words.push(account.password, account.totp_secret, ...staff.jar.values())
await staff.get('/desk?show=unclaimed')
const path = staff.page.text.match(/href="?(\/desk\/[a-z0-9]{26})/)[1]
await staff.get(path)
await staff.send(`${path}/claim`)
const reply = canary('Đáp')
await staff.send(`${path}/reply`, [['text', reply]])
if (!plain(staff.page.text).includes(reply)) broken.push('the reply did not arrive')
await staff.get(`${path}/note`)
await staff.send(`${path}/note`, [['text', canary('Ghi')]])

// Two uploads stand half-way in the spool when the machine is taken.
for (let i = 0; i < 2; i++) {
  const half = connect(server.port, '127.0.0.1').on('error', () => {})
  half.write(`POST /speak/send HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 9000000\r\n\r\n--b\r\nContent-Disposition: form-data; name="files"; filename="${canary('Dở')}.txt"\r\n\r\n${canary('Dang').repeat(150000)}`)
}
await sleep(500)
// The demo prints its accounts; each line of that table, and only those, is left out.
const printed = server.accounts(), ofTable = l => printed.some(a => l.startsWith(`  ${a.role} `) && l.includes(` ${a.user} `) && l.includes(a.password))
const keepSaid = () => writeFileSync(join(folder, 'said'), server.said.split('\n').filter(l => !ofTable(l)).join('\n'))
keepSaid()

const left = p => !p.startsWith(join(data, 'keys')) && !p.endsWith('demo-accounts.json') && !p.endsWith('planted')
const postgres = () => { try { return process.env.LACHAN_TEST_SERVER ? everyFile(process.env.LACHAN_TEST_SERVER) : [] } catch { return [] } }
const stolen = () => [...everyFile(folder).filter(left), ...postgres()]

const alive = stolen(), open = process.platform === 'linux' ? spawnSync('ls', ['-l', `/proc/${server.child.pid}/fd`], { encoding: 'utf8' }).stdout : ''
broken.push(...search(alive, words))
// What is open and has no name any more is on the disk too.
const nameless = [...open.matchAll(/(\d+) -> (\S+) \(deleted\)/g)].map(m => `/proc/${server.child.pid}/fd/${m[1]}`)
try { broken.push(...search(nameless, words)) } catch { /* the process lets nobody look: then a thief of the disk looks at the folders above */ }
await server.kill()
broken.push(...search(stolen(), words))
server.verb = 'serve'
await server.start()
await server.stop()
keepSaid()
broken.push(...search(stolen(), words))
const audit = server.run('audit verify')
if (audit.status !== 0) broken.push(`audit verify: ${audit.stdout}${audit.stderr}`)
result('D13', [...new Set(broken)].map(b => b.replace(folder, '')), { reports: codes.length, canaries: made, files: alive.length, nameless: nameless.length })
