// D1: kill -9 under load. Clients send reports, half of them with a file; the server is killed at a random moment and comes
// back; each client repeats what it does not know, with the same key. Nothing acknowledged may be lost, nothing may be twice.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Browser, Server, sleep } from '../journeys/client.mjs'
import { data, folder, program, random, result, rows, small } from './drill.mjs'
import { checkAtRest } from './disk/told.mjs'
import { Witness, history } from './history.mjs'

const CLIENTS = small ? 32 : 1000, ROUNDS = small ? 5 : 50, FILE = small ? 200000 : 2 << 20, FIRST_FILE = 'bằng chứng.png'
const broken = [], told = join(folder, 'told')
mkdirSync(told)
const server = await new Server(program, data, { verb: 'demo' }).start()
server.verb = 'serve'
const count = () => Number(rows('SELECT count(*) FROM cases')[0][0]), before = count()

let ending = false, sent = 0
const fields = op => [['story', op.story], ...(op.file ? [['files', { name: FIRST_FILE, type: 'image/png', bytes: Buffer.alloc(FILE, op.id) }]] : [])]

// One try: the code, or why there is none.
async function attempt(op) {
  const r = await new Browser(server).apiForm('/api/v1/speak', fields(op), { 'Idempotency-Key': op.key })
  if (r.code === 201) return { outcome: 'ok', secret: JSON.parse(r.text).code }
  return { outcome: r.code >= 400 && r.code < 500 ? 'fail' : 'unknown' }
}
const safely = op => attempt(op).catch(() => ({ outcome: 'unknown' }))

// A client tells report after report; of every ten unknown ones it gives up one, for the checker to look at.
async function client(n) {
  const witness = new Witness(told, `client-${n}`)
  for (let k = 0; !ending; k++) {
    const op = { id: `${n}.${k}`, story: `câu chuyện ${n}.${k} ${random().toString(36)}`, key: `drill-key-${n}-${k}-000000`, file: (n + k) % 2 === 0 }
    witness.invoke(op.id, op)
    sent++
    for (const giveUp = random() < 0.1; ;) {
      const { outcome, secret } = await safely(op)
      witness.done(op.id, outcome, secret)
      if (outcome !== 'unknown' || giveUp || ending) break
      await sleep(100 + random() * 200)
    }
  }
  witness.close()
}

const clients = [...Array(CLIENTS).keys()].map(client)
let slowest = 0
for (let round = 0; round < ROUNDS; round++) {
  await sleep(random() * 3000)
  await server.kill()
  const began = Date.now()
  await server.start()
  slowest = Math.max(slowest, Date.now() - began)
}
await sleep(500)
ending = true
await server.kill()     /* the last answers go unheard too */
await Promise.all(clients)
await server.start()

// -- what the clients saw against what is there -----------------------------------------------------------------------------------

const all = history(told), ok = all.filter(o => o.outcome === 'ok'), unknown = all.filter(o => o.outcome === 'unknown')
for (const o of all) {
  if (o.outcome === 'fail') broken.push(`${o.id} was refused`)
  if (o.twice) broken.push(`${o.id} was given two codes`)
}
const there = count() - before
if (there < ok.length || there > ok.length + unknown.length) broken.push(`${there} reports for ${ok.length} acknowledged and ${unknown.length} unknown`)

async function compare(o) {
  const r = await new Browser(server).api('/api/v1/talk', { code: o.secret })
  if (r.code !== 200) return broken.push(`${o.id} is lost: its code is answered by ${r.code}`)
  const { messages } = JSON.parse(r.text), mine = messages.filter(m => m.from === 'child')
  if (mine.length !== 1 || mine[0].text !== o.story) broken.push(`${o.id} does not hold what was sent`)
  if (messages.some(m => m.from === 'system') !== Boolean(o.file)) broken.push(`${o.id} has lost its file`)
}
for (let i = 0; i < ok.length; i += 16) await Promise.all(ok.slice(i, i + 16).map(compare))

// The unknown ones, once more with their keys: afterwards each report is there exactly once.
for (const o of unknown) {
  const again = await safely(o)
  if (again.outcome !== 'ok') broken.push(`${o.id} cannot be sent after all`)
  else await compare({ ...o, secret: again.secret })
}
if (count() - before !== all.length) broken.push(`${count() - before} reports for ${all.length} told: some are there twice or not at all`)

// -- files, rows, log --------------------------------------------------------------------------------------------------------------

await server.stop()
const orphan_files = checkAtRest(server, broken)
if (slowest > 2000) broken.push(`back only after ${slowest} ms`)
if (ok.length === 0) broken.push('nothing was acknowledged: the drill has shown nothing')
result('D1', broken, { rounds: ROUNDS, clients: CLIENTS, told: all.length, acknowledged: ok.length, unknown: unknown.length,
  back_ms_max: slowest, orphan_files })
