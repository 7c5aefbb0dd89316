// D2: kill -9 at every call that puts something on the disk. One worker does the same few acts again and again: a report, a report with
// a file, a child's message, a counsellor's reply. Each time the process dies at another call of write, fsync, rename, unlink, truncate
// or create below its folder: before the call, after it, or with half of its bytes written. Then it starts again, and nothing that was
// acknowledged may be missing, twice or half. The calls are counted over all threads by disk/disk.c, not by strace: the same places,
// without a tracer's rights, and some twenty times as quick.
import { Browser, Server, codeOn, entrance, multipart, plain } from '../journeys/client.mjs'
import { Disk, KILL_AFTER, KILL_BEFORE, KILL_TORN, noDisk } from './disk/disk.mjs'
import { Told, checkAtRest, skip } from './disk/told.mjs'
import { data, program, random, result, seed, small } from './drill.mjs'

if (noDisk) skip('D2', noDisk)
const broken = [], ways = { before: KILL_BEFORE, after: KILL_AFTER, torn: KILL_TORN }
const server = await new Server(program, data, { verb: 'demo' }).start()
await server.stop()
const disk = new Disk()
Object.assign(server, { verb: 'serve', options: [...server.options, '--workers', '1'] })
const hurt = async () => { server.env = disk.env; await server.start() }, heal = async () => { server.env = {}; await server.start() }

// A conversation in which both sides go on writing, and the list of what each was told had arrived.
await heal()
const said = []
const child = new Browser(server), account = server.accounts().find(a => a.role === 'counsellor')
await child.get('/speak')
await child.send('/speak/send', [['story', 'chuyện của hai phía']], { encode: multipart })
const code = codeOn(child.page)
await child.get('/talk')
await child.send('/talk', [['code', code]])
const staff = await entrance(server)(account.user)
await staff.get('/desk?show=unclaimed')
const path = [...staff.page.text.matchAll(/href="?(\/desk\/[a-z0-9]{26})/g)].map(m => m[1])
let mine = null
for (const p of path) { await staff.get(p); if (plain(staff.page.text).includes('chuyện của hai phía')) mine = p }
if (!mine) broken.push('the counsellor does not find the report')
else { await staff.get(mine); await staff.send(`${mine}/claim`) }
await server.stop()
const told = new Told(server, broken)

let number = 0
async function write(who, at, open, encode) {
  const text = `lời ${number++} ${random().toString(36)}`
  try {
    await who.get(open)
    const r = await who.send(at, [['text', text]], { ...(encode ? { encode } : {}), follow: false })
    said.push({ text, ok: r.code === 303 && !r.to.startsWith('/problems') })
  } catch { said.push({ text, ok: false }) }
}
async function acts() {
  await told.send(told.make())
  await told.send(told.make({ file: 150000 }))
  await write(child, '/talk/messages', '/talk', multipart)
  await write(staff, `${mine}/reply`, mine)
}

// How many calls the acts take; the timed work beside them makes some of its own.
await hurt()
disk.arm({})
await acts()
const calls = disk.get('calls')
if (calls < 40) broken.push(`only ${calls} calls were counted: the library is not between the program and its disk`)
if (told.acknowledged.length !== 2 || !said.every(s => s.ok)) broken.push('the acts do not go through on a whole disk')
await server.kill()

// -- each place, in each way -------------------------------------------------------------------------------------------------------

// Each call once, in a way that the seed turns: three nights of one after another see all of each.
const places = [...Array(calls).keys()].map(i => ({ n: i + 1, name: Object.keys(ways)[(i + seed) % 3] })).map(p => ({ ...p, what: ways[p.name] }))
const some = small ? places.filter(p => p.n % Math.ceil(calls / 14) === 3) : places
const died = { before: 0, after: 0, torn: 0 }
let twice = 0
for (const { name, what, n } of some) {
  const first = told.all.length
  await hurt()
  disk.arm({ at: n, what })
  await acts()
  const dead = server.child.signalCode === 'SIGKILL' || disk.get('calls') >= n
  died[name] += dead
  await server.kill()
  disk.disarm()
  // Every third time it dies once more, while it opens what the first death left.
  if (dead && n % 3 === 0) {
    server.env = disk.env
    disk.arm({ at: 1 + Math.floor(random() * 6), what })
    await server.start(20).then(() => server.kill(), () => { twice++ })
    await server.kill()
    disk.disarm()
  }
  await heal()
  for (const op of told.all.slice(first)) await told.settle(op)
  for (const op of told.all.slice(first)) await told.compare(op)
  await server.stop()
}

// -- the end of it ---------------------------------------------------------------------------------------------------------------------

await heal()
await told.check({ sample: small ? 40 : 400 })
const page = plain((await new Browser(server).api('/api/v1/talk', { code })).text), messages = JSON.parse(page.slice(page.indexOf('{'))).messages.map(m => m.text)
for (const s of said) {
  const times = messages.filter(m => m === s.text).length
  if (times > 1 || (s.ok && times === 0)) broken.push(`a message that ${s.ok ? 'arrived' : 'was cut off'} is there ${times} times`)
}
await server.stop()
const orphans = checkAtRest(server, broken)
if (died.before + died.after + died.torn < some.length / 2) broken.push('most of the deaths did not come: the drill has shown little')
result('D2', [...new Set(broken)], { calls, places: some.length, died, died_again_while_opening: twice, told: told.all.length,
  acknowledged: told.acknowledged.length, messages: said.length, orphan_files: orphans })
