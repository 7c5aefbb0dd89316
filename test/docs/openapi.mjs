// node openapi.mjs OPENAPI ROUTES BASE: every API route is described and back, examples fit their schemas, and what a demo
// server answers is what the document says: a status that is listed, its type, its schema.
import { readFileSync } from 'node:fs'

const [file, routesFile, base, tokensFile] = process.argv.slice(2)
const doc = JSON.parse(readFileSync(file, 'utf8'))
let bad = 0, good = 0

function say(right, sentence) {
  right ? good++ : bad++
  if (!right) console.log(`not ok - ${sentence}`)
}

const follow = s => s?.$ref ? s.$ref.slice(2).split('/').reduce((at, key) => at?.[key], doc) : s

// The part of JSON Schema that the document uses; what it does not know is an error, so that nothing passes unread.
const known = new Set(['type', 'description', 'properties', 'required', 'items', 'enum', 'pattern', 'minimum', 'minLength',
  'maxLength', 'maxItems', 'format', 'contentMediaType'])
const kind = v => Array.isArray(v) ? 'array' : v === null ? 'null' : Number.isInteger(v) ? 'integer' : typeof v

function misfits(value, schema, at = '$') {
  const s = follow(schema)
  if (s === undefined) return [`${at}: no schema`]
  const found = Object.keys(s).filter(k => !known.has(k)).map(k => `${at}: the test does not know "${k}"`)
  if (s.type && kind(value) !== s.type && !(s.type === 'number' && kind(value) === 'integer')) return [...found, `${at} is ${kind(value)}, not ${s.type}`]
  if (s.enum && !s.enum.includes(value)) found.push(`${at} is ${value}`)
  if (s.pattern && !new RegExp(s.pattern).test(value)) found.push(`${at} does not fit ${s.pattern}`)
  if (s.minimum !== undefined && value < s.minimum) found.push(`${at} is below ${s.minimum}`)
  if (s.minLength !== undefined && value.length < s.minLength) found.push(`${at} is too short`)
  for (const name of s.required ?? []) if (!(name in value)) found.push(`${at}.${name} is missing`)
  if (s.type === 'object' && s.properties)
    for (const [name, v] of Object.entries(value))
      found.push(...name in s.properties ? misfits(v, s.properties[name], `${at}.${name}`) : [`${at}.${name} is not described`])
  if (s.type === 'array') value.forEach((v, i) => found.push(...misfits(v, s.items, `${at}[${i}]`)))
  return found
}

// -- routes, both ways
const isApi = p => p.startsWith('/api/v1/') || ['/healthz', '/readyz', '/metrics'].includes(p)
const routes = JSON.parse(readFileSync(routesFile, 'utf8')).map(r => [r.method, r.path.replace(/:(\w+)/g, '{$1}')])
const program = new Set(routes.filter(([, p]) => isApi(p)).map(r => r.join(' ')))
const described = new Set(Object.entries(doc.paths).flatMap(([p, ops]) => Object.keys(ops).map(m => `${m.toUpperCase()} ${p}`)))
say(program.size > 4, 'the program has API routes')
for (const r of program) say(described.has(r), `${r} is in the document`)
for (const r of described) say(program.has(r), `${r} of the document is a route`)

// -- the document by itself: references lead somewhere, examples fit
const walk = (v, see) => { if (v && typeof v === 'object') { see(v); Object.values(v).forEach(x => walk(x, see)) } }
walk(doc, v => {
  if (typeof v.$ref === 'string') say(follow(v) !== undefined, `${v.$ref} exists`)
  if (v.schema && v.example !== undefined && kind(v.example) === 'object' && v.example.openapi === undefined) {
    const why = misfits(v.example, v.schema)
    say(why.length === 0, `example: ${why.join('; ')}`)
  }
})

// -- a live server
async function call(method, path, { expect, json, form, headers = {}, query = '' }) {
  const body = json !== undefined ? (typeof json === 'string' ? json : JSON.stringify(json)) : form
  const type = json !== undefined ? { 'content-type': 'application/json' } : {}
  const answer = await fetch(base + path + query, { method, body, headers: { ...type, ...headers } })
  const name = `${method} ${path} ${expect}`
  const response = follow(doc.paths[path][method.toLowerCase()].responses[answer.status])
  say(answer.status === expect, `${name}: answered ${answer.status}`)
  say(response !== undefined, `${name}: ${answer.status} is in the document`)
  const media = answer.headers.get('content-type')?.split(';')[0]
  const text = await answer.text()
  say(response?.content?.[media] !== undefined, `${name}: ${media} is in the document`)
  if (!media?.endsWith('json')) return text
  const value = JSON.parse(text)
  const why = misfits(value, response?.content?.[media]?.schema)
  say(why.length === 0, `${name}: ${why.join('; ')}`)
  say(!/\\u/.test(text) || path.endsWith('openapi.json'), `${name}: letters are not escaped`)
  if (media === 'application/problem+json') say(value.status === answer.status, `${name}: status in the body`)
  return value
}

const example = doc.paths['/api/v1/speak'].post.requestBody.content['application/json'].example
const key = { 'Idempotency-Key': 'openapi-test-0123456789' }
const told = await call('POST', '/api/v1/speak', { expect: 201, json: example, headers: key })
const again = await call('POST', '/api/v1/speak', { expect: 201, json: example, headers: key })
say(told.code === again.code, 'a retry gives the same code')
await call('POST', '/api/v1/speak', { expect: 422, json: { ...example, story: 'Chuyện khác' }, headers: key })
await call('POST', '/api/v1/speak', { expect: 201, json: {} })
await call('POST', '/api/v1/speak', { expect: 422, json: '{"story":' })
const form = new FormData()
form.append('story', 'Chuyện bịa kèm tệp')
form.append('files', new Blob(['made-up bytes']), 'a.txt')
await call('POST', '/api/v1/speak', { expect: 201, form })
for (let i = 0; i < 10; i++) form.append('files_private', new Blob(['x']), `b${i}.txt`)
const many = await call('POST', '/api/v1/speak', { expect: 422, form })
say(many.errors?.[0]?.field === 'files_private', 'an eleventh file is refused by the name of its field')
const talk = await call('POST', '/api/v1/talk', { expect: 200, json: { code: told.code.toLowerCase() } })
say(talk.messages[0]?.text === example.story, 'the first message is the story')
await call('POST', '/api/v1/talk', { expect: 422, json: { code: 'ABCD' } })
await call('POST', '/api/v1/talk', { expect: 404, json: { code: '123456789ABCDEFP' } })
const bearer = { Authorization: `Bearer ${talk.token}` }
await call('POST', '/api/v1/talk/messages', { expect: 201, json: { text: 'Em ở nhà bà rồi ạ.' }, headers: bearer })
await call('POST', '/api/v1/talk/messages', { expect: 422, json: { text: told.code }, headers: bearer })
await call('POST', '/api/v1/talk/messages', { expect: 401, json: { text: 'x' } })
const services = await call('GET', '/api/v1/services', { expect: 200, query: '?province=01&need=legal' })
say(services.services[0]?.phone === '111', '111 stands first')
await call('GET', '/api/v1/services', { expect: 200, query: '?lang=en' })
const partner = JSON.parse(readFileSync(tokensFile, 'utf8')).find(t => t.environment === 'production' && t.scopes.includes('match'))
const platform = { Authorization: `Bearer ${partner.token}` }
await call('POST', '/api/v1/match', { expect: 200, json: doc.paths['/api/v1/match'].post.requestBody.content['application/json'].example, headers: platform })
await call('POST', '/api/v1/match', { expect: 200, json: { text: 'đừng nói với mẹ nhé', urls: ['https://la-do-mau.example/'] }, headers: platform })
await call('POST', '/api/v1/match', { expect: 422, json: { pqd: [] }, headers: platform })
await call('POST', '/api/v1/match', { expect: 401, json: { text: 'a' } })
await call('POST', '/api/v1/match/stream', { expect: 422, json: {}, headers: platform })
const shown = await call('GET', '/api/v1/openapi.json', { expect: 200 }).catch(() => null)
say(JSON.stringify(shown) === JSON.stringify(doc), 'the program serves this very document')
say(await call('GET', '/healthz', { expect: 200 }) === 'ok\n', '/healthz')
say(await call('GET', '/readyz', { expect: 200 }) === 'ready\n', '/readyz')
const away = await fetch(base + '/metrics')
say(away.status === 404, '/metrics is not on the public address')

console.log(`${good} right, ${bad} wrong`)
process.exit(bad ? 1 : 0)
