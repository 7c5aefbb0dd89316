// A platform's program over a real socket: hashes, texts, addresses, pictures, and a stream of thousands of lines, also one that is read
// slowly while others ask. Usage: node match.mjs PROGRAM; LACHAN_TEST_POSTGRES names a database, else SQLite.
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Server, check, finish, same, sleep } from './client.mjs'

const folder = mkdtempSync(join(tmpdir(), 'lachan-journey-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const data = join(folder, 'data')
const server = await new Server(process.argv[2], data, { verb: 'demo' }).start(180)
const tokens = JSON.parse(readFileSync(join(data, 'demo-tokens.json'), 'utf8'))
const token = tokens.find(t => t.environment === 'production' && t.scopes.includes('match')).token
const agent = new http.Agent({ keepAlive: true, maxSockets: 16 })

// One request on a kept connection; `slow`: the answer is left unread for so many ms.
function ask(path, body, { type = 'application/json', bearer = token, slow = 0 } = {}) {
  return new Promise((done, bad) => {
    const r = http.request({ host: '127.0.0.1', port: server.port, method: 'POST', path, agent,
      headers: { Authorization: `Bearer ${bearer}`, 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) } }, answer => {
      const parts = []
      const read = () => answer.on('data', d => parts.push(d)).on('end', () => done({ code: answer.statusCode, headers: answer.headers, text: Buffer.concat(parts).toString() }))
      answer.on('error', bad).on('aborted', () => bad(new Error('the answer was cut')))
      if (slow) { answer.pause(); setTimeout(() => { read(); answer.resume() }, slow) } else read()
    })
    r.on('error', bad).end(body)
  })
}
const match = async (question, more) => { const a = await ask('/api/v1/match', JSON.stringify(question), more); return { ...a, value: JSON.parse(a.text) } }
const hash = n => n.toString(16).padStart(4, '0').repeat(16)

// -- one question ---------------------------------------------------------------------------------------------------------------

const nothing = await match({ pdq: [hash(1), hash(2)], ref: 'bài 7' })
same(nothing.code, 200, 'a hash that nobody knows is answered')
same(nothing.value.matches.length === 0 && nothing.value.ref, 'bài 7', 'with an empty list and the reference that came with it')
const listed = await match({ urls: ['https://la-do-mau.example/x', 'https://example.com/'] })
check(listed.value.matches.length === 1 && listed.value.matches[0].bank === 'blocklist' && listed.value.matches[0].index === 0, 'an address on the blocklist is known', listed.text)
check((await match({ text: 'đừng nói với mẹ nhé, bí mật của hai đứa mình thôi' })).value.text.signals.some(s => s.name === 'secrecy'), 'a text has its signals')
const images = join(import.meta.dirname, '../../docs/images')
const picture = readFileSync(join(images, readdirSync(images).find(f => f.endsWith('.png'))))
const seen = await ask('/api/v1/match?ref=anh', picture, { type: 'image/png' })
check(seen.code === 200 && /"pdq":"[0-9a-f]{64}","quality":\d+,"md5":"[0-9a-f]{32}"/.test(seen.text), 'a picture has its hashes', seen.text)
same((await ask('/api/v1/match', picture.subarray(0, picture.length / 3), { type: 'image/png' })).code, 422, 'one that was cut off is refused')
const twenty = await Promise.all(Array.from({ length: 20 }, () => ask('/api/v1/match', picture, { type: 'application/octet-stream' })))
check(twenty.every(a => a.code === 200 && a.text === seen.text.replace(',"ref":"anh"', '')), 'twenty at once are all answered alike', twenty.map(a => a.code).join())
same((await match({ text: 'a' }, { bearer: 'x'.repeat(43) })).code, 401, 'another token opens nothing')
same((await match({ texts: 'a' })).value.errors[0].field, 'texts', 'a misspelt field is named')

// -- streams -------------------------------------------------------------------------------------------------------------------------

const LINES = 20000
const body = Array.from({ length: LINES }, (_, i) => i % 500 === 9 ? 'x' : JSON.stringify(i % 50 === 3 ? { urls: ['https://la-do-mau.example/'] } : { pdq: [hash(i)], ref: String(i) })).join('\n')
const right = text => {
  const lines = text.trimEnd().split('\n').map(l => JSON.parse(l))
  return lines.length === LINES && lines.every((l, i) => l.line === i + 1 && (i % 500 === 9 ? l.error === 'invalid' : i % 50 === 3 ? l.matches.length === 1 : l.ref === String(i)))
}
const stream = more => ask('/api/v1/match/stream', body, { type: 'application/x-ndjson', ...more })
const first = await stream()
check(first.code === 200 && first.headers['transfer-encoding'] === 'chunked' && right(first.text), `${LINES} lines are answered in order, the wrong ones too`, first.text.slice(0, 300))
const slow = stream({ slow: 3000 })
await sleep(500)
const began = Date.now(), quick = await Promise.all(Array.from({ length: 50 }, (_, i) => match({ pdq: [hash(i)] })))
check(quick.every(a => a.code === 200) && Date.now() - began < 2500, 'who reads a stream slowly holds up nobody', Date.now() - began)
check(right((await slow).text), 'and gets all of it')
check((await Promise.all([stream(), stream(), stream()])).every(a => right(a.text)), 'three at once')

// -- the end of a token, and of the server -------------------------------------------------------------------------------------------------

const made = server.run('token make', '--org', 'platform', '--scope', 'match')
const other = made.stdout.trim(), id = made.stderr.match(/Token ([0-9a-z]{26})/)?.[1]
same((await match({ text: 'a' }, { bearer: other })).code, 200, 'a new token asks')
const huge = Array.from({ length: 80000 }, (_, i) => JSON.stringify({ pdq: [hash(i)], ref: 'x'.repeat(200) })).join('\n')
const long = ask('/api/v1/match/stream', huge, { type: 'application/x-ndjson', bearer: other, slow: 4000 })
await sleep(2000)
same(server.run('token end', id).status, 0, 'it is ended while its stream is being read')
const cut = (await long).text.trimEnd().split('\n')
check(JSON.parse(cut.at(-1)).status === 401 && cut.length < 80000, 'and the stream ends with that', `${cut.length} ${cut.at(-1)}`)
same((await match({ text: 'a' }, { bearer: other })).code, 401, 'at once nothing is answered any more')
const last = stream().catch(() => null)
await sleep(100)
await server.stop()
const ended = await last
check(ended === null || right(ended.text) || !ended.text.endsWith('\n'), 'a stream that the server\'s end cut off is no whole answer')
finish()
process.exit()
