// What people and programs really type: long, broken, strange, too much, twice. Nothing that a child types is refused or lost;
// every refusal of the API names the field. Usage: node input.mjs PROGRAM; LACHAN_TEST_POSTGRES names a database, else SQLite.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Browser, Server, check, codeOn, finish, json, multipart, plain, same, urlencoded } from './client.mjs'

const folder = mkdtempSync(join(tmpdir(), 'lachan-journey-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const server = await new Server(process.argv[2], join(folder, 'data'), { verb: 'demo' }).start()
const child = () => new Browser(server)
const key = n => `idempotency-key-${n}`

// Tells by the form and gives what the conversation then holds of the child's words.
async function tell(fields, encode = multipart) {
  const b = child()
  await b.get('/speak')
  await b.send('/speak/send', fields, { encode })
  const code = codeOn(b.page)
  if (!code) return { page: b.page, text: null }
  const talk = JSON.parse((await child().api('/api/v1/talk', { code })).text)
  return { code, page: b.page, talk, text: talk.messages.filter(m => m.from === 'child').map(m => m.text).join('') }
}

// -- words -----------------------------------------------------------------------------------------------------------------------

const words = 'Chữ Việt đủ dấu. '
const cases = [
  ['an empty story is accepted', '', ''],
  ['10,000 characters arrive whole', words.repeat(600).slice(0, 10000), null],
  ['60,000 characters arrive whole, in order', [...Array(10000).keys()].map(i => String(i).padStart(5, '0') + ' ').join('').slice(0, 60000), null],
  ['decomposed Vietnamese is composed', 'Chữ Việt'.normalize('NFD'), 'Chữ Việt'],
  ['a NUL is dropped and what follows it stays', 'trước\0sau', 'trướcsau'],
  ['emoji stay', 'buồn 😢👨‍👩‍👧 quá', null],
  ['lines stay lines', 'một\r\nhai\r\n\r\nba', 'một\nhai\n\nba'],
  ['markup is text', '<b>&amp;</b><script>1</script>"\'', null],
]
for (const encode of [multipart, urlencoded]) for (const [sentence, story, want] of cases)
  same((await tell([['story', story]], encode)).text, want ?? story, `${sentence} (${encode.name})`)
for (const encode of [multipart, urlencoded]) {
  const { text } = await tell([['story', Buffer.from([0x61, 0xff, 0xc3, 0x28, 0x62])]], encode)
  check(/^a\ufffd+\(b$/.test(text ?? ''), `broken UTF-8 is mended, never refused (${encode.name})`, text)
}
const odd = await tell([['who', 'dragon'], ['danger', 'perhaps'], ['age', '-1'], ['harm', 'x'], ['province', '??'], ['unknown', 'field'], ['story', 'ok']])
same(odd.text, 'ok', 'answers that no form offers are accepted')
const wide = await tell([['story', 'ok'], ['where', 'nơi '.repeat(900)]])
check(wide.talk.messages.map(m => m.text).join('').includes('nơi'), 'what does not fit elsewhere becomes part of what was told', JSON.stringify(wide.talk))
const none = child()
const bare = await none.request('POST', '/speak/send', { type: 'application/x-www-form-urlencoded', body: '' })
same(bare.code, 303, 'a form without a single field is a report')

// -- files -----------------------------------------------------------------------------------------------------------------------------

const file = (name, size) => ['files', { name, type: 'image/png', bytes: Buffer.alloc(size, 65) }]
const eleven = await tell([['story', 'nhiều ảnh'], ...[...Array(11).keys()].map(i => file(`${i}.png`, 100))])
check(eleven.code && /\b11\b/.test(plain(eleven.page.text)), 'an eleventh file becomes a notice with its number', eleven.page.text)
check(eleven.talk?.messages.some(m => m.from === 'system' && m.text.includes('10')), 'and the ten others are there', JSON.stringify(eleven.talk))
const large = await tell([['story', 'phim dài'], file('lon.mp4', 26 << 20), file('nho.png', 10)])
check(large.code && large.text === 'phim dài', 'a file of 26 MB does not stop the report', large.page.code + large.page.text.slice(0, 300))
check(large.talk?.messages.some(m => m.from === 'system' && m.text.includes('1')), 'and the small one beside it is kept', JSON.stringify(large.talk))
same(readdirSync(join(folder, 'data', 'files'), { recursive: true }).filter(n => n.includes('.tmp/')).length, 0, 'nothing is left half-written')

// -- a program ---------------------------------------------------------------------------------------------------------------------------

const api = child(), told = { story: 'qua máy', harm: ['scam'], age: '12-15' }
const first = await api.api('/api/v1/speak', told, { 'Idempotency-Key': key(1) })
same(first.code, 201, 'a report by JSON is 201')
const again = await api.api('/api/v1/speak', told, { 'Idempotency-Key': key(1) })
same(again.text, first.text, 'the same key with the same body gives the same code')
const other = await api.api('/api/v1/speak', { ...told, story: 'khác' }, { 'Idempotency-Key': key(1) })
same(other.code, 422, 'the same key with another body is 422')
const short = [await api.api('/api/v1/speak', told, { 'Idempotency-Key': 'short' }), await api.api('/api/v1/speak', told, { 'Idempotency-Key': 'short' })]
check(short[0].text !== short[1].text, 'a key under 16 characters is ignored')
const race = await Promise.all([...Array(8)].map(() => child().api('/api/v1/speak', told, { 'Idempotency-Key': key(2) })))
check(race.every(r => r.code === 201 && r.text === race[0].text), 'eight at once with one key make one report', race.map(r => r.code + r.text).join(' '))
const parts = await api.apiForm('/api/v1/speak', [['story', 'có tệp'], file('a.png', 5000)], { 'Idempotency-Key': key(3) })
const parts2 = await api.apiForm('/api/v1/speak', [['story', 'có tệp'], file('a.png', 5000)], { 'Idempotency-Key': key(3) })
check(parts.code === 201 && parts.text === parts2.text, 'so too with files', parts.code + parts.text + parts2.text)

const { code } = JSON.parse(first.text)
const talk = JSON.parse((await api.api('/api/v1/talk', { code })).text)
same(`${talk.status} ${talk.messages[0].from} ${talk.messages[0].text}`, 'waiting child qua máy', 'the conversation begins with the story')
check(/^\d{4}-\d\d-\d\d$/.test(talk.messages[0].at_day), 'and tells the day alone')
const bearer = { Authorization: `Bearer ${talk.token}` }
same((await api.api('/api/v1/talk/messages', { text: 'thêm lời' }, bearer)).code, 201, 'the token writes')
same(JSON.parse((await api.api('/api/v1/talk', { code })).text).messages.at(-1).text, 'thêm lời', 'and what it wrote is there')
same((await api.api('/api/v1/talk/messages', { text: 'x' }, { Authorization: 'Bearer nonsense' })).code, 401, 'a wrong token is 401')
const unknown = [...'0123456789ABCDEFGHJKMNPQRSTVWXYZ'].map(c => `ABCDEFGHJKMNPQR${c}`)
const answers = await Promise.all(unknown.map(code => api.api('/api/v1/talk', { code }).then(r => r.code)))
same(answers.filter(c => c === 404).length, 1, 'one of 32 last characters is a right check character: that code is unknown (404)')
same(answers.filter(c => c === 422).length, 31, 'the others are mistakes (422)')

// Every refusal is a problem that names the field.
const refusals = [
  ['a code of wrong shape', '/api/v1/talk', json({ code: '12' }), 'code'],
  ['no code', '/api/v1/talk', json({}), 'code'],
  ['a code that is a number', '/api/v1/talk', json({ code: 12 }), 'code'],
  ['a story that is a list', '/api/v1/speak', json({ story: ['a', 'b'] }), 'story'],
  ['a story that is an object', '/api/v1/speak', json({ story: { a: 1 } }), 'story'],
  ['a kind of harm that is an object', '/api/v1/speak', json({ story: 'a', harm: [{}] }), 'harm'],
  ['a story over its length', '/api/v1/speak', json({ story: 'a'.repeat(20001) }), 'story'],
  ['a story in broken UTF-8', '/api/v1/speak', urlencoded([['story', Buffer.from([0x61, 0xff])]]), 'story'],
]
for (const [what, path, body, field] of refusals) {
  const r = await api.request('POST', path, body)
  let problem = {}
  try { problem = JSON.parse(r.text) } catch { /* said below */ }
  const named = problem.errors?.find(e => e.field === field)
  check(r.code === 422 && named?.detail?.length > 5 && /problem\+json/.test(r.headers['content-type'] ?? ''),
    `${what} is refused and the field named`, `${r.code} ${r.text}`)
}
for (const [what, type, body, want] of [['broken JSON', 'application/json', '{"story":', 400], ['JSON that is no object', 'application/json', '[1]', 400],
  ['an unknown type', 'text/csv', 'a,b', 415], ['broken UTF-8 in JSON', 'application/json', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 400]]) {
  const r = await api.request('POST', '/api/v1/speak', { type, body })
  check([want, 400, 422].includes(r.code) && /problem\+json/.test(r.headers['content-type'] ?? ''), `${what} is a problem`, `${r.code} ${r.text}`)
}
const deep = await api.request('POST', '/api/v1/speak', json('['.repeat(200000)))
check(deep.code >= 400 && deep.code < 500, 'JSON of 200,000 brackets is refused', deep.code)

// -- the server is well after all this ------------------------------------------------------------------------------------------------------

same((await child().get('/readyz')).code, 200, 'the server is ready after all this')
await server.stop()
const audit = server.run('audit verify')
same(audit.status, 0, `audit verify is content: ${audit.stdout.trim()}${audit.stderr.trim()}`)
check(!/ERROR|Sanitizer|runtime error/.test(server.said), 'and nothing broke', server.said.slice(-1500))
finish()
