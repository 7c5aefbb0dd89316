// D18: no trace of the child. On the server no address, agent, language or fine time of an anonymous act lies in any file, row or
// line. In the child's browser neither story, answer, code nor file name lies in any file of the profile after the quick exit and
// after finishing, and its history holds only the paths of the contract under the neutral title.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import http from 'node:http'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { Server, codeOn, multipart, sleep } from '../journeys/client.mjs'
import { data, everyFile, fileTime, folder, hexOf, program, random, result, rows, search, small } from './drill.mjs'

const REPORTS = small ? 60 : 1000, HOUR = 3600000, broken = []
const server = await new Server(program, data, { verb: 'demo' }).start()
await server.stop()                         /* the made-up staff acts end here; what follows is anonymous */
server.verb = 'serve'
await server.start()
const quiet = server.said.length, began = Date.now()
const ids = sql => new Set(rows(sql).map(r => r[0])), before = ids(`SELECT ${hexOf('id')} FROM log`)
// what staff made before (a case of their own, what was referred) may tell its time; what the children make now may not
const keyed = ['cases', 'records', 'files', 'compartments', 'grants']
const made = new Set(keyed.flatMap(t => rows(`SELECT ${hexOf('id')} FROM ${t}`).map(([id]) => t + id)))

// -- the server's side -----------------------------------------------------------------------------------------------------------

const letters = n => [...Array(n)].map(() => 'abcdefghijklmnopqrstuvwxyz'[Math.floor(random() * 26)]).join('')
const agent = `Agent-${letters(12)}`, tongue = `x-${letters(8)}`
const addresses = []

const ask = (from, path, { type, body } = {}) => new Promise((done, bad) => {
  const headers = { 'User-Agent': agent, 'Accept-Language': `${tongue},vi`, 'X-Forwarded-For': from, ...(body ? { 'Content-Type': type, 'Content-Length': Buffer.from(body).length } : {}) }
  http.request({ host: '127.0.0.1', port: server.port, localAddress: from, path, method: body ? 'POST' : 'GET', headers, agent: false }, r => {
    let text = ''
    r.on('data', d => { text += d }).on('end', () => done({ code: r.statusCode, text }))
  }).on('error', bad).end(body)
})
for (let i = 0; i < REPORTS; i++) {
  const from = `127.${17 + Math.floor(random() * 200)}.${17 + Math.floor(random() * 200)}.${17 + Math.floor(random() * 200)}`
  addresses.push(from)
  const told = multipart([['story', `chuyện ${i}`], ['files', { name: 'a.txt', type: 'text/plain', bytes: `tệp ${i}` }]])
  const sent = await ask(from, i % 2 ? '/api/v1/speak' : '/speak/send', told)
  if (![201, 303].includes(sent.code)) broken.push(`a report was answered by ${sent.code}`)
  if (i % 2) await ask(from, '/api/v1/talk', { type: 'application/json', body: JSON.stringify({ code: JSON.parse(sent.text).code }) })
  if (i % 10 === 0) { await ask(from, `/missing-${letters(6)}`); await ask(from, '/api/v1/speak', { type: 'application/json', body: '{"broken' }) }
}
const ended = Date.now()
writeFileSync(join(folder, 'said'), server.said)
broken.push(...search(everyFile(folder), [agent, tongue, ...addresses]).map(f => `server: ${f}`))

// A line of the log that names a moment of these minutes names the moment of a child.
const lines = server.said.slice(quiet).split('\n').filter(Boolean)
for (const line of lines) if (/\d\d:\d\d:\d\d|\b1[0-9]{9,12}\b/.test(line)) broken.push(`a line of the log tells a time: ${line.slice(0, 80)}`)

// Rows: no number of these minutes that is finer than the hour (ten minutes for the ladder's clock).
const columns = process.env.LACHAN_TEST_POSTGRES
  ? rows("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' AND data_type = 'bigint'")
  : rows("SELECT m.name, p.name FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table' AND p.type = 'INTEGER'")
const system = new Set(['jobs', 'outbox', 'totp_used'])     /* acts of the house, not of a child */
for (const [table, column] of columns) {
  if (system.has(table)) continue
  const step = table === 'dormant_grants' && column === 'due' ? 600000 : HOUR
  for (const ahead of [0, 24 * HOUR, HOUR / 2]) {     /* also where a fixed time was added */
    const [[n]] = rows(`SELECT count(*) FROM ${table} WHERE "${column}" BETWEEN ${began + ahead} AND ${ended + ahead} AND "${column}" % ${step} <> 0`)
    if (Number(n)) broken.push(`${table}.${column}: ${n} fine times`)
  }
}

// Entries of anonymous acts, and bodies: no 8 bytes that are a moment of these minutes.
function tellsTime(hex) {
  const b = Buffer.from(hex, 'hex')
  for (let i = 0; i + 8 <= b.length; i++) for (const t of [b.readBigInt64LE(i), b.readBigInt64BE(i)])
    if (t >= BigInt(began) && t <= BigInt(ended) && Number(t) % HOUR) return true
  return false
}
const fresh = rows(`SELECT ${hexOf('id')}, anonymous, ${hexOf('entry')} FROM log`).filter(r => !before.has(r[0]))
if (fresh.length < REPORTS) broken.push(`only ${fresh.length} entries: the drill has shown nothing`)
for (const [id, anonymous, entry] of fresh) {
  if (anonymous !== '1') broken.push('an act of a child is logged as one of the staff')
  if (tellsTime(entry)) broken.push('an entry tells a moment')
  if (id[12] !== '4') broken.push(`an entry's id is of version ${id[12]}`)
}
for (const table of keyed) {
  const timed = rows(`SELECT ${hexOf('id')} FROM ${table} WHERE substr(${hexOf('id')}, 13, 1) <> '4'`).filter(([id]) => !made.has(table + id))
  if (timed.length) broken.push(`${table}: ${timed.length} ids are not random`)
}
const dayStart = ms => (ms + 7 * HOUR) % (24 * HOUR) === 0       /* Asia/Ho_Chi_Minh */
for (const path of everyFile(join(data, 'files'))) if (!dayStart(fileTime(path))) broken.push('a file tells when it came')

// -- the child's side ----------------------------------------------------------------------------------------------------------------

const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium', shelf = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../browser/package.json')
let profiles = 0, pages = []
const playwright = (() => { try { return createRequire(shelf)('playwright-core') } catch { return null } })()
const browsed = existsSync(chromium) && playwright !== null

async function browse(name, walk) {
  const profile = join(folder, name), word = letters(14)
  const evidence = join(folder, `evidence-${name}`)
  mkdirSync(evidence)
  const file = join(evidence, `anh-${word}.txt`)
  writeFileSync(file, `ruot-${word}`)
  const context = await playwright.chromium.launchPersistentContext(profile, { executablePath: chromium, javaScriptEnabled: false,
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] })
  const page = context.pages()[0]
  // The neutral site of the quick exit lies outside: here it is answered by a blank page.
  await context.route(url => !url.href.startsWith(`http://127.0.0.1:${server.port}`), r => r.fulfill({ body: 'blank', contentType: 'text/html' }))
  const words = await walk(page, { word, file })
  await sleep(1500)
  await context.close()
  profiles++
  broken.push(...search(everyFile(profile), words).map(f => `${name}: ${f.replace(/^.*profile[^/]*/, '')}`))
  const seen = spawnSync('sqlite3', ['-batch', '-separator', '|', join(profile, 'Default/History'), 'SELECT url, title FROM urls'], { encoding: 'utf8' })
  const allowed = /^\/(speak(\/send|\/code)?|talk(\/messages)?|help|learn|exit)?(#[\w-]*)?$/
  for (const line of seen.stdout.split('\n').filter(Boolean)) {
    const [url, title] = line.split('|'), path = url.replace(`http://127.0.0.1:${server.port}`, '')
    if (!url.startsWith('http://127.0.0.1')) continue
    pages.push(path)
    if (!allowed.test(path)) broken.push(`${name}: the history holds ${path}`)
    if (title !== '' && title !== 'Ghi chú') broken.push(`${name}: the history holds the title ${title}`)
  }
  if (seen.status !== 0) broken.push(`${name}: no history to look at: ${seen.stderr}`)
}

const url = path => `http://127.0.0.1:${server.port}${path}`
// The step of the form that holds a field, reached as a child reaches it: by its fragment, without a script.
async function step(page, selector) {
  const id = await page.locator(selector).last().evaluate(e => { while (e && !(e.id && e.tagName === 'SECTION')) e = e.parentElement; return e?.id })
  if (id) await page.goto(url(`/speak#${id}`))
}
async function fill(page, { word, file }) {
  await page.goto(url('/'))
  await page.goto(url('/speak'))
  for (const [selector, text] of [['#story', `chuyen ${word}`], ['#where', `noi ${word}`], ['#url', `http://${word}.vi`]]) {
    await step(page, selector)
    await page.fill(selector, text)
  }
  await step(page, '#files')
  await page.setInputFiles('#files', file)
}
async function send(page) {
  await step(page, 'form#b button')
  await page.locator('form#b button').last().click()
  await page.waitForURL(/\/speak\/code/)
}

if (browsed) {
  await browse('profile-exit', async (page, mine) => {
    await fill(page, mine)
    await page.goto(url('/exit'))
    await page.waitForTimeout(500)
    return [mine.word]
  })
  await browse('profile-finish', async (page, mine) => {
    await fill(page, mine)
    await send(page)
    const code = codeOn({ text: await page.content() })
    await page.fill('#last', code.slice(-4))
    await page.locator('form[action^="/speak/code"] button').click()
    await page.goto(url('/talk'))
    await page.fill('#code', code)
    await page.locator('form[action^="/talk"] button').click()
    await page.waitForSelector('#text')
    if (!(await page.content()).includes(mine.word)) broken.push('the conversation does not show the story')
    await page.fill('#text', `them ${mine.word}`)
    await page.locator('form[action^="/talk/messages"] button').click()
    await page.goto(`${url('/talk')}#end`)
    await page.locator('button[value=end]').click()
    await page.waitForURL(/\/speak\/code/)
    return [mine.word, code, code.replaceAll('-', '')]
  })
}
await server.stop()
broken.push(...search(everyFile(data), [agent, tongue, ...addresses]).map(f => `server, stopped: ${f}`))
result('D18', [...new Set(broken)], { reports: REPORTS, entries: fresh.length, lines: lines.length, profiles, pages: [...new Set(pages)].sort(),
  ...(browsed ? {} : { skipped: 'no browser, or its package is not installed' }) })
