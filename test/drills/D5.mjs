// D5: the disk is full. The folder of the instance lies on a small disk of its own (tmpfs; who is not root gets it in a namespace), which
// uploads and somebody else's file fill. Reports without files go on in the reserve (a thousand of them in the full form), files are refused
// kindly, staff read and write, and when there is room again all is as before within seconds, without a restart. Then the disk is
// mounted for reading only: the program says so and ends, and goes on when it may write again.
import { spawnSync } from 'node:child_process'
import { mkdirSync, openSync, closeSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { Browser, Server, entrance, multipart, plain, sleep, until } from '../journeys/client.mjs'
import { Told, checkAtRest, reportsThere, skip } from './disk/told.mjs'
import { data, program, result, small } from './drill.mjs'

const MB = 1 << 20, DISK = small ? 96 : 192, RESERVE = small ? 16 : 64, WORDS = small ? 60 : 1000, broken = []
const as = (...command) => spawnSync(command[0], command.slice(1), { encoding: 'utf8' })
if (process.getuid() !== 0 && !process.env.DRILL_NAMESPACE) {
  const again = spawnSync('unshare', ['-rm', process.execPath, ...process.argv.slice(1)], { stdio: 'inherit', env: { ...process.env, DRILL_NAMESPACE: '1' } })
  if (again.error) skip('D5', 'needs root, or unshare of util-linux')
  process.exit(again.status)
}
mkdirSync(data)
if (as('mount', '-t', 'tmpfs', '-o', `size=${DISK}m,mode=700`, 'drill', data).status !== 0) skip('D5', 'no disk of its own can be mounted here')
process.prependListener('exit', () => as('umount', '-l', data))

const must = (fine, what) => { if (!fine) broken.push(what) }
const free = () => { const s = statfsSync(data); return s.bavail * s.bsize }
const reserve = () => { try { return statSync(join(data, 'reserve')).blocks * 512 } catch { return 0 } }

// Somebody else's file: takes all that is free now, and nothing of what is given back meanwhile.
const theirs = join(data, 'somebody-else')
function fill(bytes = free()) {
  const fd = openSync(theirs, 'a'), block = Buffer.alloc(65536)
  try { for (let left = bytes; left > 0; left -= block.length) writeSync(fd, block, 0, Math.min(block.length, left)) } catch { /* full */ } finally { closeSync(fd) }
}

const server = await new Server(program, data, { verb: 'demo' }).start()
await server.stop()
Object.assign(server, { verb: 'serve', options: [...server.options, '--reserve', String(RESERVE)] })
await server.start()
must(reserve() >= RESERVE * MB, 'the reserve is not taken at the start')
const told = new Told(server, broken), account = server.accounts().find(a => a.role === 'counsellor')
const staff = await entrance(server)(account.user)
await told.settle(told.make({ file: 150000 }))

// A child's page with a large and a small file: told kindly, in its language, and never by a page of a machine.
async function childSends(bytes) {
  const child = new Browser(server), before = reportsThere()
  await child.get('/speak')
  await child.send('/speak/send', [['story', `có tệp ${bytes}`], ['files', { name: 'x.png', type: 'image/png', bytes: Buffer.alloc(bytes, 7) }]], { encode: multipart })
  return { page: child.page, text: plain(child.page.text), taken: reportsThere() > before }
}

// -- uploads fill it --------------------------------------------------------------------------------------------------------------------

fill(free() / 2)
let uploads = 0, refusal = null
for (; uploads < 200 && !refusal; uploads++) {
  const op = await told.send(told.make({ file: 4 * MB }))
  if (op.outcome === 'ok' && !op.kept) refusal = 'without'
  else if (op.outcome !== 'ok') refusal = op.code
}
must([503, 507, 'without'].includes(refusal), `uploads on a filling disk end with ${refusal}`)
must(reserve() >= RESERVE * MB, 'uploads ate the reserve')

// -- somebody else fills the rest, all of it ------------------------------------------------------------------------------------------

fill()
await until(() => reserve() === 0, 30)
must(reserve() === 0, 'the reserve is not given back on a full disk')
const begun = free(), answers = {}
let lost = 0
for (let i = 0; i < WORDS; i += 4) {
  const some = await Promise.all([0, 1, 2, 3].map(k => told.send(told.make({ length: (i + k) % 10 ? 400 : 4000 }))))
  for (const op of some) { answers[op.code] = (answers[op.code] ?? 0) + 1; lost += op.outcome !== 'ok' }
}
must(lost === 0, `${lost} of ${WORDS} reports without files were not taken on a full disk`)
const each = Math.round((begun - free()) / WORDS)
const large = await childSends(2 * MB), smallOne = await childSends(60000)
must([200, 507].includes(large.page.code) && /tệp/i.test(large.text), `a child with a large file sees ${large.page.code}`)
must(smallOne.taken && /chưa nhận/i.test(smallOne.text), 'a child with a small file is not told that the words are there and the file is not')
const direct = await told.send(told.make({ file: 2 * MB }))
must(direct.code === 507 && direct.later, `the API answers a large file by ${direct.code}`)
must((await new Browser(server).get('/healthz')).code === 200 && (await new Browser(server).get('/readyz')).code === 200, 'not healthy on a full disk')

// Staff: the list, one report, taking it, and an answer.
await staff.get('/desk?show=unclaimed')
must(staff.page.code === 200, `the desk is answered by ${staff.page.code}`)
const path = staff.page.text.match(/href="?(\/desk\/[a-z0-9]{26})/)?.[1]
await staff.get(path)
must(staff.page.code === 200, `a report is opened by ${staff.page.code}`)
await staff.send(`${path}/claim`)
must(staff.page.code === 200, `a claim is answered by ${staff.page.code}`)

// -- room again ---------------------------------------------------------------------------------------------------------------------------

rmSync(theirs)
const since = Date.now()
const back = await until(() => reserve() >= RESERVE * MB, 30)
must(back, 'the reserve is not taken again when there is room')
const again = Date.now() - since
const after = await told.settle(told.make({ file: 150000 }))
must(after.kept, 'files are still refused though there is room')
if (!small) must(again < 5000, `back only after ${again} ms`)

// -- for reading only ---------------------------------------------------------------------------------------------------------------------

await told.check({ sample: small ? 30 : 200 })
await server.stop()
must(as('mount', '-o', 'remount,ro', data).status === 0, 'the disk cannot be made one for reading only')
let started = true
await server.start(30).catch(() => { started = false })
must(!started && server.child.exitCode > 0, 'a disk for reading only does not end the start')
await server.kill().catch(() => {})
as('mount', '-o', 'remount,rw', data)
await server.start()
must((await told.settle(told.make())).outcome === 'ok', 'no report is taken after the disk may be written again')
await server.stop()
const orphans = checkAtRest(server, broken)
result('D5', [...new Set(broken)], { disk_mb: DISK, reserve_mb: RESERVE, uploads, refusal, words: WORDS, answers, bytes_each: each, back_ms: again, orphan_files: orphans })
