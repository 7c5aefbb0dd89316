// D4: the disk refuses. At each fsync, write, rename and truncate in turn it says EIO, once or from then on; then ENOSPC, EDQUOT; then all
// of them by chance, while clients send. An answer is 201 and true, or 503 with Retry-After (507 where there is no room for a file); after an
// fsync that failed the process ends, so that what the kernel forgot is read anew, /readyz is red until then, and the service manager (here
// the loop below, as Restart=on-failure in packaging/lachan.service) starts it again. Nothing that was acknowledged is lost.
// disk/disk.c makes the errors: libfiu cannot hit the n-th call of a kind below one folder, and this needs no package.
import { Browser, Server, sleep } from '../journeys/client.mjs'
import { Disk, EDQUOT, EIO, ENOSPC, FAIL_ON, FAIL_ONCE, LASTING, READ, SYNC, TRUNCATE, WRITE, noDisk } from './disk/disk.mjs'
import { Told, checkAtRest, skip } from './disk/told.mjs'
import { data, program, random, result, small } from './drill.mjs'

if (noDisk) skip('D4', noDisk)
const broken = [], postgres = Boolean(process.env.LACHAN_TEST_POSTGRES)
const server = await new Server(program, data, { verb: 'demo' }).start()
await server.stop()
const disk = new Disk()
Object.assign(server, { verb: 'serve', env: disk.env, options: [...server.options, '--workers', '2'] })
const told = new Told(server, broken), codes = {}, ends = { itself: 0, stopped: 0 }
const honest = op => [201, 503, 507, 0].includes(op.code) && (op.code === 201 || op.code === 0 || op.later)

const running = () => server.child.exitCode === null && server.child.signalCode === null
async function send(op) {
  await told.send(op)
  codes[op.code] = (codes[op.code] ?? 0) + 1
  if (!honest(op)) broken.push(`a report was answered by ${op.code}${op.later ? '' : ' without Retry-After'}`)
  return op
}

// -- each fsync of a report with a file fails once ------------------------------------------------------------------------------------

async function count(kinds) {
  await server.start()
  disk.arm({ kinds })
  await send(told.make({ file: 150000 }))
  const n = disk.get('calls')
  disk.disarm()
  await server.stop()
  return n
}
const syncs = await count(SYNC)
if (syncs < (postgres ? 3 : 4)) broken.push(`a report with a file is synced ${syncs} times: that cannot be all`)

let red = 0
for (let n = 1; n <= syncs; n++) {
  await server.start()
  disk.arm({ kinds: SYNC, at: n, what: FAIL_ONCE, error: EIO })
  const op = await send(told.make({ file: 150000 })), hit = disk.get('hits') > 0
  const ready = await new Browser(server).get('/readyz').catch(() => ({ code: 0 }))
  disk.disarm()
  if (hit && op.outcome !== 'ok') {
    if (ready.code === 200) broken.push(`fsync ${n} failed, and /readyz is green`)
    red += ready.code === 503
    await Promise.race([server.ended, sleep(30000)])
    if (running()) broken.push(`fsync ${n} failed, and the process goes on`)
    else if (server.child.exitCode === 0) broken.push(`fsync ${n} failed, and the process ends as if all were well`)
  }
  if (running()) { await server.stop(); ends.stopped++ } else ends.itself++
  await server.start()
  await told.settle(op)
  await told.compare(op)
  await server.stop()
}
if (ends.itself === 0) broken.push('no failed fsync ended the process')

// -- every kind of error, at some of all places ----------------------------------------------------------------------------------------

const errors = [['EIO', EIO], ['ENOSPC', ENOSPC], ['EDQUOT', EDQUOT]], places = await count(LASTING)
const step = small ? Math.ceil(places / 2) : Math.max(1, Math.ceil(places / 60))
let hits = 0
for (const [name, error] of errors)
  for (const what of [FAIL_ONCE, FAIL_ON])
    for (let n = 1 + Math.floor(random() * step); n <= places; n += step) {
      await server.start()
      disk.arm({ at: n, what, error })
      const op = await send(told.make({ file: 150000 })), second = await send(told.make())
      if (error !== EIO && !running()) broken.push(`${name}: a full disk ended the process`)
      hits += disk.get('hits')
      disk.disarm()
      await (running() ? server.stop() : server.ended)
      await server.start()
      for (const o of [op, second]) { await told.settle(o); await told.compare(o) }
      await server.stop()
    }
if (hits === 0) broken.push('no call was made to fail')

// -- by chance, under load, with a service manager ---------------------------------------------------------------------------------------

let over = false, restarts = 0
async function manager() {
  while (!over) {
    await Promise.race([server.ended, sleep(200)])
    if (over || running()) continue
    restarts++
    for (let i = 0; i < 50 && !over; i++) { try { await server.start(30); break } catch { await sleep(100) } }
  }
}
async function client(n) {
  for (let k = 0; k < (small ? 6 : 60); k++) {
    const op = told.make({ file: (n + k) % 2 ? 0 : 100000 })
    for (let i = 0; i < 400 && op.outcome !== 'ok'; i++) { await send(op); if (op.outcome !== 'ok') await sleep(50 + random() * 200) }
  }
}
await server.start()
const managed = manager()
for (const chance of [{ kinds: SYNC, error: EIO, odds: 30000 }, { kinds: WRITE | TRUNCATE, error: ENOSPC, odds: 3000 }, { kinds: READ, error: EIO, odds: 200 }]) {
  disk.arm({ ...chance, chance: Math.floor(random() * 1e9) })
  await Promise.all([...Array(small ? 4 : 16).keys()].map(client))
  hits += disk.get('hits')
  disk.disarm()
}

over = true
await managed
if (running()) await server.stop()
server.env = {}
await server.start()
for (const op of told.all) if (op.outcome !== 'ok') await told.settle(op)
await told.check({ sample: small ? 40 : 400 })
await server.stop()
const orphans = checkAtRest(server, broken)
result('D4', [...new Set(broken)], { syncs, red, ends, places, hits, answers: codes, restarts, told: told.all.length,
  acknowledged: told.acknowledged.length, orphan_files: orphans })
