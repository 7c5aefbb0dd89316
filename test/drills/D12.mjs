// D12: a hostile partner. Whoever stole a token, or holds one and means harm: the other environment, other scopes, other
// organisations, more than the quota, old and forged signatures, headers that nobody writes, notices that lead inwards. Holds: only
// its own is touched, replays are refused, a revoked token is dead within a second, nothing hinders a child's report.
// Each file of d12/ is one part: a function that adds what broke to `broken` and figures to `figures`.
import { readFileSync, readdirSync } from 'node:fs'
import { createHmac } from 'node:crypto'
import net from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Browser, Server, sleep, totp, urlencoded } from '../journeys/client.mjs'
import { data, program, random, result, rows, small } from './drill.mjs'

const broken = [], figures = {}, signedIn = new Map()
const server = await new Server(program, data, { verb: 'demo' }).start()
const tokens = JSON.parse(readFileSync(join(data, 'demo-tokens.json'), 'utf8'))

const stage = {
  server, broken, figures, random, rows, small, sleep, data,
  token: environment => tokens.find(t => t.environment === environment).token,
  hold: (good, sentence) => { if (!good) broken.push(sentence) },
  bearer: token => ({ Authorization: `Bearer ${token}` }),
  call: (path, headers = {}, { method = 'GET', type, body } = {}) => new Browser(server).request(method, path, { headers, type, body }),
  sign: (secret, body, { id = `msg_${Math.floor(random() * 1e15).toString(36)}`, at = Math.floor(Date.now() / 1000) } = {}) => ({
    'webhook-id': id, 'webhook-timestamp': String(at),
    'webhook-signature': `v1,${createHmac('sha256', Buffer.from(secret.slice(6), 'base64')).update(`${id}.${at}.`).update(body).digest('base64')}`,
  }),
  // Bytes as no client would send them; gives the status, 0 where the connection was closed without one.
  raw: text => new Promise(done => {
    let got = ''
    const socket = net.connect(server.port, '127.0.0.1', () => socket.write(text))
    const end = () => { socket.destroy(); done(Number(got.match(/^HTTP\/1\.1 (\d+)/)?.[1] ?? 0)) }
    socket.on('data', d => { got += d; if (got.includes('\r\n\r\n')) end() }).on('error', end).on('close', end)
    setTimeout(end, 15000)
  }),
  // Once for each person: a step of the second factor counts once, and sessions outlive a restart.
  signIn: async login => {
    if (signedIn.has(login)) return signedIn.get(login)
    const b = new Browser(server), a = server.accounts().find(x => x.user === login)
    await b.get('/sign-in')
    await b.send('/sign-in', [['user', login], ['password', a.password], ['totp', totp(a.totp_secret)]])
    signedIn.set(login, b)
    return b
  },
  // A form of a page with many: of its hidden fields only the form's token.
  fill: (b, path, fields) => b.send(path, fields, { encode: all => urlencoded([...all.filter(([k]) => k === 'csrf').slice(0, 1), ...fields]) }),
}

const folder = fileURLToPath(new URL('./d12/', import.meta.url))
for (const part of readdirSync(folder).filter(f => f.endsWith('.mjs')).sort()) {
  const { default: run } = await import(join(folder, part))
  await run(stage)
}
await server.stop()
if (server.run('audit verify').status !== 0) broken.push('the log does not verify')
result('D12', broken, figures)
