// D20: the machine's clock jumps. A case with a running clock, then a server that believes it is a year later, a year earlier, a leap
// day, or past 2038; on PostgreSQL also one such server beside a right one. Nobody may be told of late cases by a wrong time, no
// session may come back, staff are kept out rather than let in, and reports are still taken. Put right, the work goes on at once.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Browser, Server, sleep, totp } from '../journeys/client.mjs'
import { data, program, result, rows } from './drill.mjs'

const broken = [], postgres = Boolean(process.env.LACHAN_TEST_POSTGRES), waits = {}
const library = ['x86_64', 'aarch64'].map(a => `/usr/lib/${a}-linux-gnu/faketime/libfaketimeMT.so.1`).find(existsSync)
if (!library) { console.log(JSON.stringify({ drill: 'D20', result: 'skipped', why: 'needs the package faketime' })); process.exit(0) }
const at = when => ({ LD_PRELOAD: library, FAKETIME: when, FAKETIME_DONT_FAKE_MONOTONIC: '1',
  FAKETIME_FORCE_MONOTONIC_FIX: '0', FAKETIME_NO_CACHE: '1' })     // without it the library lets every wait on a condition end at once
const must = (fine, what) => { if (!fine) broken.push(what) }
// The demo's own cases have clocks too, which become late in their own time: by a wrong time none of all is told, and what is told at
// which rung is asked of the clock made here.
const climbed = (mine = '') => Number(rows(`SELECT COALESCE(SUM(rung), 0) FROM clocks ${mine}`)[0][0])
const told = (mine = '') => Number(rows(`SELECT COUNT(*) FROM clock_notices ${mine}`)[0][0])
const hour = () => climbed("WHERE code = 'hour'")
const hourTold = () => told("WHERE clock IN (SELECT id FROM clocks WHERE code = 'hour')")
const swept = () => Number(rows('SELECT COALESCE(MAX(at), 0) FROM clock_sweeps')[0]?.[0] ?? 0)
const held = () => rows('SELECT 1 FROM clock_sweeps WHERE held IS NOT NULL').length > 0
async function until(name, holds, seconds = 25) {
  const from = Date.now()
  while (!holds() && Date.now() - from < seconds * 1000) await sleep(100)
  waits[name] = Date.now() - from
  must(holds(), `${name}: not within ${seconds} s`)
}

// -- a case that follows a process with a clock of one hour ------------------------------------------------------------------------

const server = await new Server(program, data, { verb: 'demo' }).start()
await server.stop()
server.verb = 'serve'
mkdirSync(join(data, 'content/process/thu'), { recursive: true })
writeFileSync(join(data, 'content/process/thu/1.txt'), `[process]
name: Thử
[state]
code: got
name: got
step: 1
[state]
code: over
name: over
step: 2
end: yes
[act]
code: end
name: end
from: got
to: over
who: write
[clock]
code: hour
name: hour
hours: 30
start: opened
stop: act:end
ladder: owner supervisor+1 next+2
source: thử
certainty: read
`)
writeFileSync(join(data, 'content/process/index.txt'), '[use]\nprocess: thu\n[version]\nprocess: thu\nversion: 1\nfrom: 2017-07-01\n' +
  ['1'].map(v => `[version]\nprocess: vn-decree-56\nversion: ${v}\nfrom: 2017-07-01\n`).join(''))
await server.start()
const account = server.accounts().find(a => a.role === 'counsellor')
async function signIn(s) {
  const b = new Browser(s)
  await b.get('/sign-in')
  await b.send('/sign-in', [['user', account.user], ['password', account.password], ['totp', totp(account.totp_secret)]])
  return b
}
const staff = await signIn(server)
await staff.get('/cases/new')
await staff.send('/cases/new', [['danger', 'now'], ['province', '92'], ['words', 'để thử giờ']])
must(rows("SELECT 1 FROM clocks WHERE state = 'running' AND code = 'hour'").length === 1, 'the case has no running clock')
await until('first sweep', () => swept() > 0)
must(!held(), 'the first sweep holds')
await server.stop()
const right = swept()

// -- one server whose time is wrong --------------------------------------------------------------------------------------------------

let reports = 0
async function wrong(name, when) {
  const before = [climbed(), told()].join()
  server.env = at(when)
  await server.start()
  await until(`${name}: the sweep holds`, held)
  must([climbed(), told()].join() === before, `${name}: somebody was told`)
  must((await new Browser(server).get('/healthz')).code === 200, `${name}: not healthy`)
  staff.server = server
  must((await staff.get('/cases')).code !== 200, `${name}: a session came back`)
  const again = await signIn(server)
  must((await again.get('/cases')).code !== 200, `${name}: digits of another time were let in`)
  const key = { 'Idempotency-Key': `gio-sai-${reports++}-000000000000` }
  const r = await new Browser(server).api('/api/v1/speak', { story: `giờ sai ${name}`, danger: 'soon' }, key)
  must(r.code === 201, `${name}: a report was answered by ${r.code}`)
  await server.stop()
  server.env = {}
  await server.start()                          /* put right: goes on by itself, and no work waits for the wrong day */
  await until(`${name}: goes on`, () => !held() && swept() > right)
  must(hour() === 0 && hourTold() === 0, `${name}: somebody was told afterwards`)
  await server.stop()
}
await wrong('a year later', '+365d')
await wrong('a year earlier', '-365d')
await wrong('leap day', '@2028-02-29 23:59:50')
await wrong('2038', '@2038-01-19 03:14:00')

await server.start()
const used = totp(account.totp_secret)
while (totp(account.totp_secret) === used) await sleep(500)     // digits are good once
must((await (await signIn(server)).get('/cases')).code === 200, 'staff do not come in again')
await server.stop()

// -- a right jump of less than two days is no jump: the clock of 30 hours is late, each rung once, also by two servers -----------------

server.env = at('+31h')
await server.start()
const beside = postgres ? await new Server(program, data, { env: at('+31h') }).start() : null
await until('a late one is told', () => hour() === 2)
await sleep(2000)
must(hourTold() === 2, `two rungs were told ${hourTold()} times`)
await server.kill()
await beside?.stop()
server.env = at('+33h')                         /* after the restart the ladder goes on where it stood */
await server.start()
await until('the next rung after a restart', () => hour() === 3)
await server.stop()
const all = hourTold()
must(all === 3, `three rungs were told ${all} times`)

// -- one server of two is a year ahead ---------------------------------------------------------------------------------------------------

if (postgres) {
  server.env = at('+33h')
  await server.start()
  const skewed = await new Server(program, data, { env: at('+400d') }).start()
  await sleep(25000)
  must(hourTold() === all && hour() === 3, `a server of another year told somebody: ${hourTold()}`)
  await skewed.stop()
  await until('the right one goes on', () => !held())
  await server.stop()
} else {
  server.env = {}
}
server.env = {}
const audit = server.run('audit verify')
must(audit.status === 0, `audit verify: ${audit.stdout}${audit.stderr}`)
result('D20', [...new Set(broken)], { reports, told: told(), waits })
