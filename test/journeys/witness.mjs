// A witness of the log: it signs what grows, and names the first entry of what does not, also where the whole database was
// replaced by an older one and every signature of the house is right.
// Usage: node witness.mjs PROGRAM
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Browser, Server, check, finish, same, sleep } from './client.mjs'

const program = process.argv[2], folder = mkdtempSync(join(tmpdir(), 'lachan-witness-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const data = join(folder, 'data'), state = join(folder, 'witness'), tokenFile = join(folder, 'token')
const server = await new Server(program, data, { verb: 'demo' }).start()
await server.stop()
server.verb = 'serve'

// -- a token for it --------------------------------------------------------------------------------------------------------------

const key = spawnSync(program, ['audit', 'witness', 'key', '--state', state], { encoding: 'utf8' }).stdout.trim()
check(/^[A-Za-z0-9+/]{43}=$/.test(key), 'a witness tells its public key', key)
const make = (...more) => server.run('token make', '--org', 'police', '--scope', 'witness', ...more)
same(make().status, 1, 'a witness without a public key gets no token')
same(server.run('token make', '--org', 'nowhere', '--scope', 'witness', '--public-key', key).status, 1, 'nor does one of an organisation that is not there')
const token = make('--public-key', key).stdout.trim()
check(/^[A-Za-z0-9_-]{43}$/.test(token), 'its token is 256 bits')
writeFileSync(tokenFile, `${token}\n`)

await server.start()
const url = `http://127.0.0.1:${server.port}`
const witness = (...more) => spawnSync(program, ['audit', 'witness', '--url', url, '--name', 'police', '--token-file', tokenFile, '--state', state, ...more], { encoding: 'utf8', timeout: 60000 })
const ask = (path, t = token) => new Browser(server, { headers: t ? { Authorization: `Bearer ${t}` } : {} }).get(path)
const size = async () => Number((await ask('/api/v1/log/head')).text.split('\n')[1])
// An act that gets its number within a second: a sign-in that fails is counted; a look at the log by its token is none.
const grow = async n => {
  const from = await size()
  for (let i = 0; i < n; i++) server.run('token make', '--org', 'police', '--scope', 'witness', '--public-key', key)
  for (let i = 0; i < 100 && await size() < from + n; i++) await sleep(100)
  return size()
}

same((await ask('/api/v1/log/head', '')).code, 401, 'without a token the head is not shown')
same((await ask('/api/v1/log/growth?old=0', `${token.slice(0, 42)}${token[42] === 'A' ? 'B' : 'A'}`)).code, 401, 'nor with another')
same((await ask('/api/v1/log/growth?old=x')).code, 422, 'what is no number is refused')
same((await ask('/desk')).code, 303, 'the token opens no page')
same((await ask('/metrics')).code, 404, 'and nothing else')

// -- it grows ---------------------------------------------------------------------------------------------------------------------

let w = witness()
check(w.status === 0 && /^ok: \d+ entries, \d+ new, signed/.test(w.stdout), 'the first round takes the whole log', w.stdout + w.stderr)
check((await ask('/api/v1/log/head')).text.includes('\n— police '), "the head carries the witness's signature")
const old = await grow(3)
w = witness()
check(w.status === 0 && +w.stdout.match(/(\d+) new, signed/)?.[1] >= 3, 'the second takes what is new', w.stdout + w.stderr)

// Its own memory of the hashes, lost: it says so, and takes no hash that does not make the head it has kept.
const leaves = join(state, 'leaves'), seen = readFileSync(leaves)
rmSync(leaves)
w = witness()
check(w.status === 0 && /leaves was missing.*anew/.test(w.stderr) && readFileSync(leaves).subarray(0, seen.length).equals(seen), 'lost hashes are noticed and proved anew', w.stdout + w.stderr)
writeFileSync(leaves, Buffer.alloc(seen.length))
w = witness()
check(w.status === 0 && /leaves was missing or damaged/.test(w.stderr) && readFileSync(leaves).subarray(0, seen.length).equals(seen), 'and so are other ones', w.stdout + w.stderr)
w = witness('--url', `${url}//`)
check(w.status === 0 && w.stderr === '', 'an address may end with a slash', w.stdout + w.stderr)
w = witness('--name', 'polic')
check(w.status === 1 && w.stdout === '' && /another name than "polic"/.test(w.stderr), 'a wrong name is told', w.stdout + w.stderr)
w = witness('--url', `${url}/nowhere`)
check(w.status === 1 && w.stdout === '' && /address/.test(w.stderr) && !/</.test(w.stderr), 'and a wrong address, without the page that lies there', w.stdout + w.stderr)

// A head with a signature of somebody else is not kept.
const head = (await ask('/api/v1/log/head')).text
const post = text => new Browser(server, { headers: { Authorization: `Bearer ${token}` } }).request('POST', '/api/v1/log/cosignatures',
  { type: 'application/x-www-form-urlencoded', body: `head=${encodeURIComponent(text)}` })
same((await post(head)).code, 200, 'the same signature may come twice')
same((await post(head.replace(/— police (.)/, (all, c) => `— police ${c === 'A' ? 'B' : 'A'}`))).code, 422, 'a signature of another key is refused')
same((await post(head.replace(/\n(\d+)\n/, (all, n) => `\n${+n - 1}\n`))).code, 422, 'and a head that is not ours')

// -- it does not -------------------------------------------------------------------------------------------------------------------

if (process.env.LACHAN_TEST_POSTGRES) {
  await server.stop()
  finish()
  process.exit()
}
// A copy of the whole folder, K_inst included; then the log goes on, and then the copy comes back.
await server.stop()
cpSync(data, join(folder, 'old'), { recursive: true })
await server.start()
await grow(4)
same(witness().status, 0, 'the witness knows four more')
await server.stop()
rmSync(data, { recursive: true })
cpSync(join(folder, 'old'), data, { recursive: true })
await server.start()
w = witness()
same(w.status, 1, "last week's database is found")
check(w.stdout.startsWith(`bad: entry ${old} and what follows it are gone`), 'the first missing entry is named', w.stdout + w.stderr)
check(readdirSync(state).some(f => f.startsWith('evidence-')), 'what was known and what the server says are kept')
await grow(6)
const known = readFileSync(leaves)
rmSync(leaves)
w = witness()
check(w.status === 1 && /^bad: .*cannot be said.*leaves is missing/.test(w.stdout) && !/entry 0/.test(w.stdout), 'without its hashes it gives the alarm and names no entry falsely', w.stdout + w.stderr)
writeFileSync(leaves, known)
w = witness()
check(w.status === 1 && w.stdout.startsWith(`bad: entry ${old} was rewritten`), 'also after it has grown beyond what was known: the first entry of the new story', w.stdout + w.stderr)

// Its own memory, damaged: it says so, and accuses nobody.
const kept = readFileSync(join(state, 'head'))
writeFileSync(join(state, 'head'), kept.subarray(0, 60))
w = witness()
check(w.status === 1 && w.stdout === '' && /damaged|checkpoint/.test(w.stderr), 'a witness whose own head is damaged says that', w.stdout + w.stderr)
writeFileSync(join(state, 'head'), kept)

// Another house at the same address.
await server.stop()
rmSync(data, { recursive: true })
const other = await new Server(program, data, { verb: 'demo', port: server.port }).start()
await other.stop()
writeFileSync(tokenFile, other.run('token make', '--org', 'police', '--scope', 'witness', '--public-key', key).stdout)
other.verb = 'serve'
await other.start()
w = witness()
check(w.status === 1 && /^bad: .*another key/.test(w.stdout), 'another house at the same address is another log', w.stdout + w.stderr)

// -- a token ends -------------------------------------------------------------------------------------------------------------------

const id = other.run('token list').stdout.match(/^(\S+) +witness /m)[1]
same(other.run('token end', id).status, 0, 'a token is ended')
w = witness()
check(w.status === 1 && w.stdout === '' && /token/.test(w.stderr), 'with an ended token the server is not asked again', w.stdout + w.stderr)
same(other.run('token end', id).status, 1, 'it cannot be ended twice')
same(other.run('audit verify').status, 0, 'all of it stands in the log')
await other.stop()
finish()
