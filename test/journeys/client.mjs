// The people of the journeys and the drills: a small browser without pictures, an authenticator, and the server under test.
import { spawn, spawnSync } from 'node:child_process'
import { createHmac, randomBytes } from 'node:crypto'
import { createServer } from 'node:net'
import { readFileSync } from 'node:fs'
import http from 'node:http'

export const sleep = ms => new Promise(done => setTimeout(done, ms))

// -- the server -------------------------------------------------------------------------------------------------------------

const started = new Set()
process.on('exit', () => { for (const child of started) child.kill('SIGKILL') })

export const freePort = () => new Promise((done, bad) => {
  const probe = createServer().once('error', bad)
  probe.listen(0, '127.0.0.1', () => { const { port } = probe.address(); probe.close(() => done(port)) })
})

// A server of ours: start, kill (no goodbye), stop. What it prints is kept in .said and, where asked, in a file as well.
export class Server {
  constructor(program, data, { verb = 'serve', port, options = [], env = {}, address = process.env.LACHAN_TEST_POSTGRES } = {}) {
    Object.assign(this, { program, data, verb, port, env, said: '' })
    this.options = [...options, ...(address ? ['--db', address] : [])]
  }

  async start(seconds = 180) {
    this.port ??= await freePort()
    this.child = spawn(this.program, [this.verb, '--data', this.data, '--listen', `127.0.0.1:${this.port}`, ...this.options], { env: { ...process.env, ...this.env } })
    const child = this.child
    started.add(child)
    this.ended = new Promise(done => child.once('exit', () => { started.delete(child); done() }))
    let alive = true
    this.ended.then(() => { alive = false })
    child.stdout.on('data', d => { this.said += d })
    child.stderr.on('data', d => { this.said += d })
    const from = this.said.length
    for (let i = 0; i < seconds * 100 && alive && !this.said.includes('\nready ', Math.max(0, from - 1)) && !this.said.startsWith('ready ', from); i++) await sleep(10)
    if (!/^ready /m.test(this.said.slice(from))) throw new Error(`the server did not start: ${this.said.slice(-800)}`)
    return this
  }

  async kill() { this.child.kill('SIGKILL'); await this.ended }
  async stop() { this.child.kill('SIGTERM'); await this.ended }

  // A verb of the command line on the same data.
  run(verb, ...more) {
    const db = this.options.includes('--db') ? ['--db', this.options[this.options.indexOf('--db') + 1]] : []
    return spawnSync(this.program, [...verb.split(' '), '--data', this.data, ...db, ...more], { encoding: 'utf8' })
  }

  accounts() { return JSON.parse(readFileSync(`${this.data}/demo-accounts.json`, 'utf8')) }
}

// -- bodies -------------------------------------------------------------------------------------------------------------------

const bytes = x => Buffer.isBuffer(x) ? x : Buffer.from(String(x))

// fields: [[name, value] or [name, {name, type, bytes}]]; a repeated name is sent as often as it stands.
export function multipart(fields) {
  const boundary = `----b${randomBytes(12).toString('hex')}`, parts = []
  for (const [name, value] of fields) {
    const file = value?.bytes !== undefined
    const more = file ? `; filename="${value.name}"\r\nContent-Type: ${value.type ?? 'application/octet-stream'}` : ''
    parts.push(bytes(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n`), bytes(file ? value.bytes : value), bytes('\r\n'))
  }
  parts.push(bytes(`--${boundary}--\r\n`))
  return { type: `multipart/form-data; boundary=${boundary}`, body: Buffer.concat(parts) }
}

const escape = x => Buffer.isBuffer(x) ? [...x].map(b => `%${b.toString(16).padStart(2, '0')}`).join('') : encodeURIComponent(x)
export const urlencoded = fields => ({
  type: 'application/x-www-form-urlencoded', body: fields.map(([k, v]) => `${escape(k)}=${escape(v)}`).join('&'),
})
export const json = value => ({ type: 'application/json', body: typeof value === 'string' ? value : JSON.stringify(value) })

// -- a browser -----------------------------------------------------------------------------------------------------------------

const entities = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", nbsp: '\u00a0' }
export const plain = html => html.replace(/&(#?\w+);/g, (all, name) => entities[name] ?? (name[0] === '#' ? String.fromCodePoint(+name.slice(1).replace('x', '0x')) : all))

// One person at one device: a cookie jar, and what a form needs taken from the page that showed it.
export class Browser {
  constructor(server, { cookies = true, headers = {} } = {}) { Object.assign(this, { server, cookies, headers, jar: new Map() }) }

  request(method, path, { type, body, headers = {} } = {}) {
    const all = { ...this.headers, ...headers }
    if (body !== undefined) Object.assign(all, { 'Content-Type': type, 'Content-Length': bytes(body).length })
    if (this.cookies && this.jar.size) all.Cookie = [...this.jar].map(([k, v]) => `${k}=${v}`).join('; ')
    return new Promise((done, bad) => {
      const r = http.request({ host: '127.0.0.1', port: this.server.port, method, path, headers: all, agent: false }, answer => {
        const parts = []
        answer.on('data', d => parts.push(d)).on('error', bad).on('end', () => {
          this.#keep(answer.headers['set-cookie'] ?? [])
          const raw = Buffer.concat(parts)
          done({ code: answer.statusCode, headers: answer.headers, raw, text: raw.toString('utf8'), to: answer.headers.location })
        })
        answer.on('aborted', () => bad(new Error('the answer was cut')))
      })
      r.on('error', bad).setTimeout(60000, () => r.destroy(new Error('no answer')))
      r.end(body)
    })
  }

  #keep(lines) {
    for (const line of lines) {
      const [pair] = line.split(';'), at = pair.indexOf('=')
      if (/max-age=0/i.test(line)) this.jar.delete(pair.slice(0, at))
      else this.jar.set(pair.slice(0, at), pair.slice(at + 1))
    }
  }

  async get(path) { return this.page = await this.request('GET', path) }

  // Sends a form of the page shown last: its hidden fields, then ours; follows the 303 unless told not to.
  async send(path, fields = [], { encode = urlencoded, follow = true } = {}) {
    const answer = await this.request('POST', path, encode([...this.hidden(path), ...fields]))
    this.page = answer
    return follow && answer.code === 303 ? this.get(answer.to.split('#')[0]) : answer
  }

  hidden(path) {
    const form = [...this.page.text.matchAll(/<form[^>]*?>[\s\S]*?<\/form>/g)].map(m => m[0]).filter(f => /^<form[^>]*method="?post/.test(f))
      .find(f => plain(f.match(/action="?([^"\s>]*)/)?.[1] ?? '').split('?')[0] === path.split('?')[0]) ?? this.page.text
    return [...form.matchAll(/<input[^>]*>/g)].map(m => m[0]).filter(i => /type="?hidden/.test(i))
      .map(i => [i.match(/name="?([^"\s>]*)/)[1], plain(i.match(/value=("[^"]*"|[^\s>]*)/)?.[1].replace(/^"|"$/g, '') ?? '')])
  }

  // A call of the API.
  api(path, value, headers = {}) { return this.request('POST', path, { ...json(value), headers }) }
  apiForm(path, fields, headers = {}) { return this.request('POST', path, { ...multipart(fields), headers }) }
}

// The code on the page of the child.
export const codeOn = page => {
  const found = page.text.match(/id="?access-code"?[^>]*>([\s\S]*?)<\/output>/)
  return found ? found[1].replace(/<[^>]*>/g, '').replace(/\s/g, '') : null
}

// -- an authenticator (RFC 6238) --------------------------------------------------------------------------------------------------

const base32 = text => {
  let bits = ''
  for (const c of text.replace(/\s/g, '')) bits += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')
  return Buffer.from(bits.match(/.{8}/g).map(b => parseInt(b, 2)))
}

export function totp(secret, ms = Date.now()) {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(ms / 30000)))
  const mac = createHmac('sha1', base32(secret)).update(counter).digest(), at = mac[19] & 15
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, '0')
}

// -- people of the house --------------------------------------------------------------------------------------------------------

// Signs a member of the demo's staff in; a step of the authenticator is never used twice.
export function entrance(server, now = Date.now) {
  const used = new Map()
  return async user => {
    const { password, totp_secret } = server.accounts().find(a => a.user === user)
    const step = Math.max(Math.floor(now() / 30000), (used.get(user) ?? 0) + 1)
    used.set(user, step)
    while (Math.floor(now() / 30000) < step - 1) await sleep(500)
    const b = new Browser(server)
    await b.get('/sign-in')
    await b.send('/sign-in', [['user', user], ['password', password], ['totp', totp(totp_secret, step * 30000)]])
    return b
  }
}

// Of a page with many forms only what keeps forgers out is taken.
export async function act(who, path, fields, encode = urlencoded) {
  await who.get(path)
  const keep = who.hidden('/none').filter(([n]) => n === 'csrf' || n === 'token').slice(0, 2)
  const answer = await who.request('POST', path, encode([...keep, ...fields]))
  return answer.code === 303 ? { ...await who.get(answer.to), to: answer.to } : answer
}

export const words = page => plain(page.text.replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ')

export async function until(what, seconds = 60) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(200)) { const got = await what(); if (got) return got }
  return null
}

// -- TAP --------------------------------------------------------------------------------------------------------------------------

let number = 0, bad = 0
export function check(good, sentence, why = '') {
  if (!good && why) console.log(`# ${String(why).slice(0, 1500).replace(/\n/g, '\n# ')}`)
  console.log(`${good ? 'ok' : 'not ok'} ${++number} - ${sentence}`)
  bad += !good
  return good
}

// From where two texts differ.
const shown = (text, from) => JSON.stringify(text)?.slice(Math.max(0, from - 60), from + 200)
export function same(is, want, sentence) {
  const [a, b] = [String(is), String(want)]
  let at = 0
  while (at < a.length && a[at] === b[at]) at++
  return check(is === want, sentence, `is ${shown(is, at)}, not ${shown(want, at)}`)
}
export function finish() { console.log(`1..${number}`); process.exitCode = bad ? 1 : 0 }
