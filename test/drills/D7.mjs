// D7: slow clients. Thousands of connections that send their headers line by line, their body byte by byte, or ask for much and read
// nothing, each opened anew as soon as the server has ended it. Holds: whoever comes honestly meanwhile is answered, a child's report
// too; the server ends every one of the slow ones by itself; its memory stays small.
// Full: 5,000 connections for 120 s in each of the three ways, p99 < 1 s after the first 10 s and resident memory < 200 MiB (slowhttptest
// -H, -B and -X by a program of our own: a client of Node, so that seed and counts are ours). Small: 500 in all three ways at once, until each was ended.
import { connect } from 'node:net'
import { readFileSync } from 'node:fs'
import { Browser, Server, sleep } from '../journeys/client.mjs'
import { data, program, random, result, small } from './drill.mjs'

const broken = [], figures = {}
const hold = (fine, what) => { if (!fine) broken.push(what) }
const CONNECTIONS = small ? 500 : 5000, SECONDS = 120, EVERY = 5000
const limit = Number(readFileSync('/proc/self/limits', 'utf8').match(/Max open files\s+(\d+)/)[1])
if (limit < CONNECTIONS + 500) { console.log(JSON.stringify({ drill: 'D7', result: 'skipped', why: `needs ${CONNECTIONS + 500} descriptors, has ${limit}` })); process.exit(0) }

const server = await new Server(program, data, { verb: 'demo' }).start()
const memory = () => Number(readFileSync(`/proc/${server.child.pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)[1]) / 1024
const largest = (await new Browser(server).get('/sign-in')).text.match(/\/assets\/[\w.-]+\.css/)[0]

// -- the three ways -------------------------------------------------------------------------------------------------------------------

const word = () => Math.floor(random() * 1e9).toString(36)
const ways = {
  headers: { first: () => `GET /speak HTTP/1.1\r\nHost: a\r\nX-${word()}: b\r\n`, next: () => `X-${word()}: c\r\n` },
  body: { first: () => `POST /speak/send HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 20000\r\n\r\nstory=`, next: () => 'x' },
  read: { first: () => `GET ${largest} HTTP/1.1\r\nHost: a\r\n\r\n`.repeat(60), next: null },
}

// One slow client; resolves when the server has ended it, or stop() did.
function client(way) {
  const socket = connect(server.port, '127.0.0.1'), { first, next } = ways[way]
  let timer, ours = false
  const ended = new Promise(done => socket.on('close', () => { clearInterval(timer); done(ours ? 'ours' : 'theirs') }))
  socket.on('error', () => {}).on('connect', () => {
    socket.write(first())
    if (next) timer = setInterval(() => socket.write(next()), EVERY * (0.5 + random()))
  })
  if (way === 'read') {
    socket.pause()
    // Who reads nothing does not hear of the end either: the socket's own state says it at the next write.
    timer = setInterval(() => socket.write('\r\n'), 3000)
  } else socket.resume()
  return { ended, stop: () => { ours = true; socket.destroy() } }
}

let attacking = true
const ended = { headers: 0, body: 0, read: 0 }
async function attack(way, again) {
  do {
    const c = client(way)
    const stop = setInterval(() => { if (!attacking) c.stop() }, 1000)
    if (await c.ended === 'theirs') ended[way]++
    clearInterval(stop)
  } while (again && attacking)
}

// -- whoever comes honestly ------------------------------------------------------------------------------------------------------------

let probing = true, since = Date.now()
const probes = []
async function probe() {
  while (probing) {
    const from = Date.now(), page = await new Browser(server).get('/speak').catch(e => ({ code: e.message }))
    probes.push({ at: from - since, ms: Date.now() - from, code: page.code })
    await sleep(Math.max(0, 1000 - (Date.now() - from)))
  }
}
let told = 0, number = 0
async function child() {
  while (probing) {
    const r = await new Browser(server).api('/api/v1/speak', { story: `giữa đám đông ${number}` }, { 'Idempotency-Key': `slow-crowd-${number++}-000000000` }).catch(e => ({ code: e.message }))
    if (r.code === 201) told++
    else broken.push(`a report was answered by ${r.code}`)
    await sleep(2000)
  }
}

async function during(name, attackers) {
  let most = 0
  probing = attacking = true
  since = Date.now()
  probes.length = 0
  const watch = setInterval(() => { most = Math.max(most, memory()) }, 500), honest = [probe(), child()]
  await attackers()
  probing = false
  await Promise.all(honest)
  clearInterval(watch)
  const later = probes.filter(p => p.at > 10000), failed = later.filter(p => p.code !== 200), times = later.map(p => p.ms).sort((a, b) => a - b)
  figures[name] = { probes: probes.length, p99_ms: times[Math.floor(times.length * 0.99)] ?? null, rss_mib: Math.round(most) }
  hold(failed.length === 0, `${name}: ${failed.length} of ${later.length} probes were not answered: ${failed[0]?.code}`)
  hold(probes.length > 0, `${name}: nothing was probed`)
  if (small) return
  hold(figures[name].p99_ms < 1000, `${name}: p99 of ${figures[name].p99_ms} ms`)
  hold(most < 200, `${name}: ${Math.round(most)} MiB resident`)
}

if (small) {
  const each = Math.floor(CONNECTIONS / 3)
  await during('all', () => Promise.all(Object.keys(ways).flatMap(way => [...Array(each)].map(() => attack(way, false)))))
  for (const way of Object.keys(ways)) hold(ended[way] === each, `${way}: the server ended ${ended[way]} of ${each}`)
} else {
  for (const way of process.env.DRILL_WAY ? [process.env.DRILL_WAY] : Object.keys(ways)) await during(way, async () => {
    const all = []
    for (let i = 0; i < CONNECTIONS; i++) { all.push(attack(way, true)); if (i % 250 === 249) await sleep(100) }
    await sleep(SECONDS * 1000)
    attacking = false
    await Promise.all(all)
    hold(ended[way] >= CONNECTIONS / 2, `${way}: the server ended ${ended[way]} of ${CONNECTIONS}`)
  })
}
figures.ended = ended
figures.reports = told
hold(told > 0, 'no report was sent meanwhile')
await sleep(500)
hold((await new Browser(server).get('/healthz')).code === 200, 'not healthy afterwards')
await server.stop()
hold(/stopped|bye|end/i.test(server.said) || server.child.exitCode === 0, `the server did not stop cleanly: ${server.child.exitCode}`)
result('D7', [...new Set(broken)], figures)
