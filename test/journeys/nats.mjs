// A platform's events through NATS JetStream: 20,000 of them, two matchers that share the work and are killed at random, and exactly
// one verdict for each in the end. Usage: node nats.mjs PROGRAM; LACHAN_TEST_POSTGRES names a database, else SQLite. A real nats-server
// on loopback with a store of its own.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Server, check, finish, freePort, same, sleep } from './client.mjs'

const daemon = ['/usr/sbin/nats-server', '/usr/bin/nats-server'].find(existsSync)
if (!daemon) { console.log('1..0 # SKIP nats-server is not installed'); process.exit(0) }
const EVENTS = 20000
const folder = mkdtempSync(join(tmpdir(), 'lachan-journey-'))
const children = new Set()
process.on('exit', () => { for (const c of children) c.kill('SIGKILL'); rmSync(folder, { recursive: true, force: true }) })
const program = process.argv[2]

function run(path, args) {
  const child = spawn(path, args, { cwd: folder })
  children.add(child)
  child.said = ''
  child.stdout.on('data', d => { child.said += d })
  child.stderr.on('data', d => { child.said += d })
  child.ended = new Promise(done => child.once('exit', code => { children.delete(child); child.over = code ?? -1; done(child.over) }))
  return child
}
async function until(what, seconds) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(50)) { const got = await what(); if (got) return got }
  return null
}

// -- the little of NATS's protocol that a platform needs -------------------------------------------------------------------------

class Nats {
  constructor(port) {
    Object.assign(this, { socket: connect(port, '127.0.0.1'), rest: Buffer.alloc(0), handlers: new Map(), sid: 0 })
    this.ready = new Promise((done, bad) => this.socket.once('connect', done).once('error', bad))
    this.socket.on('data', d => { this.rest = Buffer.concat([this.rest, d]); this.read() })
    this.socket.write('CONNECT {"verbose":false,"headers":true,"no_responders":true}\r\n')
  }

  read() {
    for (let end; (end = this.rest.indexOf('\r\n')) >= 0;) {
      const words = this.rest.subarray(0, end).toString().split(' ')
      if (words[0] === 'PING') this.socket.write('PONG\r\n')
      if (words[0] !== 'MSG' && words[0] !== 'HMSG') { this.rest = this.rest.subarray(end + 2); continue }
      const n = +words.at(-1), head = words[0] === 'HMSG' ? +words.at(-2) : 0
      if (this.rest.length < end + 4 + n) return
      const all = this.rest.subarray(end + 2, end + 2 + n)
      const reply = words.length - (head ? 2 : 1) > 3 ? words[3] : undefined
      this.rest = this.rest.subarray(end + 4 + n)
      this.handlers.get(words[2])?.({ subject: words[1], reply, head: all.subarray(0, head).toString(), body: all.subarray(head) })
    }
  }

  subscribe(subject, handler) {
    this.handlers.set(String(++this.sid), handler)
    this.socket.write(`SUB ${subject} ${this.sid}\r\n`)
  }

  publish(subject, body, { reply = '', headers } = {}) {
    const b = Buffer.from(body), head = headers ? Buffer.from(`NATS/1.0\r\n${Object.entries(headers).map(([k, v]) => `${k}: ${v}\r\n`).join('')}\r\n`) : null
    this.socket.write(head ? `HPUB ${subject} ${reply} ${head.length} ${head.length + b.length}\r\n` : `PUB ${subject} ${reply} ${b.length}\r\n`)
    if (head) this.socket.write(head)
    this.socket.write(b)
    this.socket.write('\r\n')
  }

  ask(subject, body) {
    const inbox = `_INBOX.${Math.random().toString(36).slice(2)}`
    return new Promise((done, bad) => {
      this.subscribe(inbox, m => done(JSON.parse(m.body.toString() || '{"error":"nobody"}')))
      this.publish(subject, JSON.stringify(body ?? {}), { reply: inbox })
      setTimeout(() => bad(new Error(`no answer from ${subject}`)), 20000).unref()
    })
  }
}

const port = await freePort()
const nats = run(daemon, ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', join(folder, 'store')])
check(await until(() => nats.said.includes('Server is ready'), 20), 'a nats-server of Debian stands on loopback', nats.said)
const platform = new Nats(port)
await platform.ready
const made = await platform.ask('$JS.API.STREAM.CREATE.events', { name: 'events', subjects: ['events.>'], storage: 'file', retention: 'limits', discard: 'old', num_replicas: 1 })
check(made.config?.name === 'events', 'the platform makes a stream of events', JSON.stringify(made))

// -- who they are -----------------------------------------------------------------------------------------------------------------------

const server = new Server(program, join(folder, 'data'), { verb: 'demo', options: [] })
await server.start(180)
const token = server.run('token make', '--org', 'platform', '--scope', 'match')
const id = token.stderr.match(/Token ([0-9a-z]{26})/)?.[1]
check(id, 'the platform has a token', token.stderr)
const db = process.env.LACHAN_TEST_POSTGRES ? ['--db', process.env.LACHAN_TEST_POSTGRES] : []
const matcher = (...more) => run(program, ['matcher', '--data', join(folder, 'data'), ...db, '--nats', `nats://127.0.0.1:${port}`, '--stream', 'events',
  '--partner', id, '--ack-seconds', '2', ...more])

const nobody = matcher('--stream', 'no-such')
check(await until(() => nobody.over !== undefined, 20) && nobody.over === 1 && /no stream is called no-such/.test(nobody.said), 'a stream that is not there is named', nobody.said)
const wrong = matcher('--partner', '7zzzzzzzzzzzzzzzzzzzzzzzzz')
check(await until(() => wrong.over !== undefined, 20) && wrong.over === 1, 'a token that is none ends the matcher', wrong.said)

// -- the events: hashes, texts, addresses, and some that are none --------------------------------------------------------------------------

const hex = n => Array.from({ length: n }, () => Math.floor(Math.random() * 256).toString(16).padStart(2, '0')).join('')
const picture = readFileSync(join(import.meta.dirname, '..', '..', 'assets', 'logo.svg'))
let stored = 0
platform.subscribe('acks', m => { stored += JSON.parse(m.body).seq > 0 })
const sent = []
function send(i) {
  const kind = i % 100 === 7 ? 'bad' : i % 100 === 8 ? 'text' : i % 1000 === 9 ? 'picture' : i % 10 === 3 ? 'url' : 'hash'
  sent.push(kind)
  const body = kind === 'bad' ? '{"pdq":' : kind === 'text' ? '{"text":"đừng nói với mẹ nhé, bí mật của hai đứa mình thôi"}'
    : kind === 'url' ? `{"urls":["https://x${i}.example/a"],"ref":"${i}"}` : kind === 'hash' ? `{"pdq":["${hex(32)}"],"ref":"${i}"}` : picture
  platform.publish('events.a', body, { reply: 'acks', headers: kind === 'picture' ? { 'Content-Type': 'image/png' } : undefined })
}
for (let i = 0; i < EVENTS / 4; i++) send(i)
check(await until(() => stored === EVENTS / 4, 60), 'some events wait before anybody looks', stored)

// -- matchers that die, while the other events come ---------------------------------------------------------------------------------------

const verdicts = async () => (await platform.ask('$JS.API.STREAM.INFO.events-verdicts')).state?.messages ?? 0
const pair = [matcher(), matcher()]
let kills = 0, count = 0
const coming = (async () => { for (let i = EVENTS / 4; i < EVENTS; i += 60) { for (let k = i; k < Math.min(i + 60, EVENTS); k++) send(k); await sleep(50) } })()
for (const end = Date.now() + 240000; Date.now() < end && count < EVENTS;) {
  await sleep(100 + Math.random() * 400)
  count = await verdicts()
  const which = Math.floor(Math.random() * 2)
  if (count >= EVENTS || !pair[which].said.includes('ready events')) continue
  pair[which].kill('SIGKILL')
  await pair[which].ended
  kills++
  pair[which] = matcher()
}
await coming
same(stored, EVENTS, 'all events were stored')
same(count, EVENTS, `there is a verdict for each event, although matchers were killed ${kills} times`)
check(kills >= 5, 'often enough to mean something', kills)
check(await until(async () => {
  const info = await platform.ask('$JS.API.CONSUMER.INFO.events.lachan')
  return info.num_pending === 0 && info.num_ack_pending === 0
}, 60), 'every event is acknowledged')
await sleep(2500)
same(await verdicts(), EVENTS, 'and nothing comes afterwards')

// -- each exactly once -------------------------------------------------------------------------------------------------------------------------

const seen = new Map(), ids = new Set()
platform.subscribe('all', m => {
  const v = JSON.parse(m.body)
  seen.set(v.event, (seen.get(v.event) ?? []).concat(v))
  ids.add(m.head.match(/Nats-Msg-Id: ?(\S+)/)?.[1])
})
await platform.ask('$JS.API.CONSUMER.CREATE.events-verdicts', { stream_name: 'events-verdicts', config: { deliver_subject: 'all', ack_policy: 'none', deliver_policy: 'all' } })
await until(() => seen.size === EVENTS, 60)
same(seen.size, EVENTS, 'verdicts of different events')
same(ids.size, EVENTS, 'under different ids')
check([...seen.values()].every(v => v.length === 1), 'one each')
const wrongs = sent.map((kind, i) => [kind, i, seen.get(i + 1)?.[0]]).filter(([kind, i, v]) => !v || !(kind === 'bad' || kind === 'picture' ? v.error === 'invalid'
  : kind === 'text' ? v.text?.score.grooming > 0 : Array.isArray(v.matches) && v.ref === String(i)))
same(wrongs.length, 0, 'and each says what its event was: a match or none, a score, or what is wrong with it', JSON.stringify(wrongs[0]))

// -- what comes again after the server has forgotten the ids ---------------------------------------------------------------------------------

const put = (subject, body, id) => new Promise(done => {
  const inbox = `_INBOX.p${Math.random().toString(36).slice(2)}`
  platform.subscribe(inbox, m => done(JSON.parse(m.body)))
  platform.publish(subject, body, { reply: inbox, headers: id ? { 'Nats-Msg-Id': id } : undefined })
})
const stream = (name, subject, more) => platform.ask(`$JS.API.STREAM.CREATE.${name}`, { name, subjects: [subject], storage: 'file', retention: 'limits', discard: 'old', num_replicas: 1, ...more })
await stream('late', 'late.>')
await stream('late-verdicts', 'lachan.verdicts.late', { duplicate_window: 10e9 })
for (let i = 0; i < 3; i++) await put('late.a', `{"pdq":["${hex(32)}"],"ref":"late ${i}"}`)
await platform.ask('$JS.API.CONSUMER.DURABLE.CREATE.late.lachan', { stream_name: 'late', config: { durable_name: 'lachan', ack_policy: 'explicit', ack_wait: 1e9, max_deliver: -1 } })
let taken = 0
platform.subscribe('taken', () => { taken++ })
platform.publish('$JS.API.CONSUMER.MSG.NEXT.late.lachan', '{"batch":3}', { reply: 'taken' })
check(await until(() => taken === 3, 10), 'a matcher has taken three events', taken)
await put('lachan.verdicts.late', '{"event":1}', 'late-1')
await put('lachan.verdicts.late', '{"event":3}', 'late-3')
await sleep(11000)          // two verdicts are stored, nothing is acknowledged, and the window is over
same((await put('lachan.verdicts.late', '{"event":0}', 'late-1')).duplicate, undefined, 'the server has forgotten an id')
const late = matcher('--stream', 'late', '--ack-seconds', '1')
check(await until(async () => (await platform.ask('$JS.API.CONSUMER.INFO.late.lachan')).num_ack_pending === 0, 30), 'the next matcher acknowledges all three', late.said)
same((await platform.ask('$JS.API.STREAM.INFO.late-verdicts')).state.messages, 4, 'and writes the one verdict that was missing')
late.kill('SIGTERM')
const narrow = matcher('--stream', 'late', '--ack-seconds', '2')
check(await until(() => narrow.over !== undefined, 20) && narrow.over === 1 && /duplicate window/.test(narrow.said), 'a window that is too short for the wait is refused', narrow.said)

// -- the end ---------------------------------------------------------------------------------------------------------------------------------

for (const m of pair) m.kill('SIGTERM')
check((await Promise.all(pair.map(m => m.ended))).every(code => code === 0), 'matchers end when they are told to', pair.map(m => m.said).join())
const ended = matcher()
check(await until(() => ended.said.includes('ready events'), 20), 'another says when it is ready', ended.said)
same(server.run('token end', id).status, 0, 'the token is ended')
check(await until(() => ended.over !== undefined, 20) && ended.over === 1, 'and with it the matcher', ended.said)
check(/not valid/.test(ended.said), 'which says why', ended.said)
await server.stop()
finish()
process.exit()
