// D21: too little memory, too little processor. The server lives in a cgroup with 256 MiB (version 1 or 2, where this machine lets us make
// one; else there is only the load), beside busy loops that want every core. A crowd sends reports and files, a partner's
// program pictures; then something in the same group eats all memory, as a decoder that a file took over would. Holds: what dies is
// the eater or a decoder, never the server before them (oom_score_adj); answers are 201 or a 503 that says when, nothing acknowledged is
// lost, and within seconds all is as before. The n-th allocation that fails is another drill (malloc torture).
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import { Browser, Server, sleep, until } from '../journeys/client.mjs'
import { Told, checkAtRest } from './disk/told.mjs'
import { data, program, result, small } from './drill.mjs'

const MEMORY = 256 << 20, broken = [], must = (fine, what) => { if (!fine) broken.push(what) }
const server = await new Server(program, data, { verb: 'demo' }).start()
await server.stop()

// -- a group with little memory -----------------------------------------------------------------------------------------------------

const one = `/sys/fs/cgroup/memory/lachan-drill-${process.pid}`, two = `/sys/fs/cgroup/lachan-drill-${process.pid}`
function group() {
  for (const [path, limit] of [[one, 'memory.limit_in_bytes'], [two, 'memory.max']]) {
    try { mkdirSync(path) } catch { continue }
    if (existsSync(join(path, limit))) { writeFileSync(join(path, limit), String(MEMORY)); return path }
    rmdirSync(path)
  }
  return null
}
const cgroup = group()
process.on('exit', () => { if (cgroup) try { rmdirSync(cgroup) } catch { /* somebody is in it still: the system keeps it empty */ } })
const put = pid => writeFileSync(join(cgroup, 'cgroup.procs'), String(pid))
server.verb = 'serve'
await server.start()
if (cgroup) put(server.child.pid)
const pid = server.child.pid, adj = p => Number(readFileSync(`/proc/${p}/oom_score_adj`, 'utf8'))
const decoders = () => readdirSync('/proc').filter(p => /^\d+$/.test(p)).filter(p => {
  try { return /\) \S (\d+) /.exec(readFileSync(`/proc/${p}/stat`, 'utf8'))?.[1] === String(pid) } catch { return false } })

// -- a crowd, a partner's pictures, busy loops ---------------------------------------------------------------------------------------

const chunk = (name, body) => {
  const b = Buffer.alloc(12 + body.length)
  b.writeUInt32BE(body.length)
  b.write(name, 4, 'latin1')
  body.copy(b, 8)
  b.writeUInt32BE(crc(b.subarray(4, 8 + body.length)), 8 + body.length)
  return b
}
function crc(bytes) {
  let c = ~0
  for (const x of bytes) { c ^= x; for (let k = 0; k < 8; k++) c = (c >>> 1) ^ (c & 1 ? 0xedb88320 : 0) }
  return ~c >>> 0
}
const side = small ? 600 : 2000, lines = Buffer.alloc(side * (side + 1))
for (let y = 0; y < side; y++) for (let x = 0; x < side; x++) lines[y * (side + 1) + 1 + x] = (x * x + y * 3) >> 4
const shape = Buffer.alloc(13)
shape.writeUInt32BE(side); shape.writeUInt32BE(side, 4); shape[8] = 8
const png = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', shape), chunk('IDAT', deflateSync(lines)), chunk('IEND', Buffer.alloc(0))])

const token = JSON.parse(readFileSync(join(data, 'demo-tokens.json'), 'utf8')).find(t => t.environment === 'production').token
const look = () => new Browser(server).request('POST', '/api/v1/match', { type: 'image/png', body: png, headers: { Authorization: `Bearer ${token}` } }).catch(() => ({ code: 0 }))
const told = new Told(server, broken), codes = {}, pictures = {}
let over = false
async function client() {
  for (let k = 0; !over; k++) {
    const op = await told.send(told.make({ file: k % 3 ? 0 : 200000 }))
    codes[op.code] = (codes[op.code] ?? 0) + 1
    must([201, 503].includes(op.code) && (op.code === 201 || op.later), `a report was answered by ${op.code}`)
    if (op.code !== 201) await sleep(200)
  }
}
async function partner() { while (!over) { const r = await look(); pictures[r.code] = (pictures[r.code] ?? 0) + 1; await sleep(20) } }

const loops = [...cpus(), 0, 0].map(() => spawn('sh', ['-c', 'while :; do :; done']))
process.on('exit', () => { for (const l of loops) l.kill('SIGKILL') })
const crowd = [...[...Array(small ? 6 : 64)].map(client), partner()]
const seen = await until(() => decoders().length > 0, 60)
must(seen, 'no decoder was started: the drill shows nothing of them')
const scores = decoders().map(adj)
must(scores.every(s => s === 1000) && adj(pid) < 1000, `decoders stand at ${scores}, the server at ${adj(pid)}`)
await sleep(small ? 2000 : 60000)

// -- something eats all memory ------------------------------------------------------------------------------------------------------------

let eaten = 'no cgroup here'
if (cgroup) {
  const eater = spawn(process.execPath, ['-e', `process.stdin.once('data', () => { const all = []; for (;;) all.push(Buffer.alloc(16 << 20, 1)) })`], { stdio: ['pipe', 'ignore', 'ignore'] })
  put(eater.pid)
  writeFileSync(`/proc/${eater.pid}/oom_score_adj`, '1000')
  const ended = new Promise(done => eater.once('exit', (code, signal) => done(signal ?? code)))
  eater.stdin.write('x')
  eaten = await Promise.race([ended, sleep(120000).then(() => 'nothing')])
  eater.kill('SIGKILL')
  must(eaten === 'SIGKILL', `the eater of memory ended by ${eaten}`)
}
must(server.child.exitCode === null && server.child.signalCode === null, 'the server died of too little memory')
const from = Date.now()
must((await told.settle(told.make())).outcome === 'ok', 'no report is taken afterwards')
const back = Date.now() - from
must(await until(async () => (await look()).code === 200, 60), 'no picture is looked at afterwards')
over = true
await Promise.all(crowd)
for (const l of loops) l.kill('SIGKILL')
if (!small) must(back < 5000, `back only after ${back} ms`)
for (const op of told.all) if (op.outcome !== 'ok') await told.settle(op)
await told.check({ sample: small ? 30 : 300 })
await server.stop()
const orphans = checkAtRest(server, broken)
result('D21', [...new Set(broken)], { memory_mb: cgroup ? MEMORY >> 20 : null, decoders: scores.length, answers: codes, pictures, eater: eaten, back_ms: back,
  told: told.all.length, acknowledged: told.acknowledged.length, orphan_files: orphans })
