// A platform files what it must: a client as they are built for the protocol (retract first, keep the number, one owner), a server that
// is killed at any moment, and police who read what came. Usage: node platform.mjs PROGRAM; LACHAN_TEST_POSTGRES names a database, else
// SQLite. Everything talks on loopback; every name and picture is made up.
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Server, act, check, entrance, finish, plain, same, sleep, words } from './client.mjs'
import { Client, document, picture } from './ispws.mjs'

const folder = mkdtempSync(join(tmpdir(), 'lachan-journey-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const program = process.argv[2]
let server = await new Server(program, join(folder, 'data'), { verb: 'demo' }).start(180)
const tokens = JSON.parse(readFileSync(join(folder, 'data', 'demo-tokens.json'), 'utf8'))
const token = sandbox => tokens.find(t => t.environment === (sandbox ? 'sandbox' : 'production') && t.scopes.includes('report')).token
// Clients file far more in these seconds than the demo's quota has for a day of one of them.
const quota = server.run('partner quota', '--org', 'platform', '--scope', 'report', '--per-second', '5000', '--burst', '20000', '--per-day', '10000000')
check(quota.status === 0, 'the operator gives the platform a wide quota', quota.stderr)

// -- a client of the protocol: only its base address is ours -------------------------------------------------------------------------

const client = new Client(server.port, 'platform', token(false)), stranger = new Client(server.port, 'platform', 'x'.repeat(43))

// -- one report, as the documents say -------------------------------------------------------------------------------------------------

let a = await stranger.call('GET', '/status')
check(a.status === 401 && a.text === '' && a.headers['request-id'], 'who is not known gets 401 and nothing else')
a = await client.call('GET', '/status')
check(a.status === 200 && a.code === 0 && a.text.includes('Remote User : platform'), 'the platform is greeted by its name')
check((await client.call('GET', '/xsd')).text.includes('<xs:schema'), 'the schema can be fetched')
const bytes = picture(0)
const one = await client.report(document('account-1', 'Placeholder of a reason'))
check(one.code === 0 && /^\d{9,10}$/.test(one.id ?? ''), 'a report is opened and has a number')
const sent = await client.upload(one.id, 'hills.png', 'image/png', bytes)
same(sent.hash, createHash('md5').update(bytes).digest('hex'), 'the hash is that of what arrived')
check((await client.about(one.id, sent.file, '<originalFileName>hills.png</originalFileName><industryClassification>B2</industryClassification>')).code === 0, 'details of the file are taken')
a = await client.finish(one.id)
check(a.text.includes(`<fileId>${sent.file}</fileId>`) && a.code === 0, 'the end names the files')
same((await client.retract(one.id)).code, 5102, 'what is filed cannot be taken back')

// -- killed at any moment: nothing that was acknowledged is lost, and nothing is filed twice -------------------------------------------

const port = server.port
async function killed() {
  await server.kill()
  server = await new Server(program, join(folder, 'data'), { verb: 'serve', port }).start(180)
}

// What a client keeps on its own disk: the number before the upload, what was acknowledged, whether the end was.
async function file(n, kept) {
  const text = Buffer.from(`made-up bytes ${n}`), want = createHash('md5').update(text).digest('hex')
  for (let tries = 0; tries < 200; tries++) {
    try {
      if (kept.id) {
        const back = await client.retract(kept.id)
        if (back.code === 5102) { kept.done = true; return kept }
        if (![0, 5101, 5001].includes(back.code)) throw new Error(`retract: ${back.text}`)
        Object.assign(kept, { id: null, file: null })
      }
      const r = await client.report(document(`many-${n % 7}`))
      if (r.code !== 0) throw new Error(`submit: ${r.status} ${r.text}`)
      kept.id = r.id
      const u = await client.upload(r.id, `note-${n}.txt`, 'text/plain', text)
      if (u.code !== 0) throw new Error(`upload: ${u.status} ${u.text}`)
      if (u.hash !== want) kept.wrong = u.hash
      kept.file = u.file
      const d = await client.about(r.id, u.file)
      if (d.code !== 0) throw new Error(`fileinfo: ${d.status} ${d.text}`)
      const f = await client.finish(r.id)
      if (f.code === 0) { kept.done = true; kept.listed = f.text.includes(u.file); return kept }
      throw new Error(`finish: ${f.status} ${f.text}`)
    } catch (e) {
      kept.why = e.message
      await sleep(50)
    }
  }
  return kept
}

const all = []
let stop = false
const workers = Array.from({ length: 6 }, async (_, w) => {
  for (let n = w; !stop; n += 6) { const kept = {}; all.push(kept); await file(n, kept) }
})
for (let i = 0; i < 4; i++) { await sleep(700 + i * 300); await killed() }
await sleep(1000)
stop = true
await Promise.all(workers)
const done = all.filter(k => k.done)
check(done.length >= 20 && done.length === all.length, `${all.length} reports are filed in spite of four kills`, all.find(k => !k.done)?.why)
check(!all.some(k => k.wrong) && !done.some(k => k.listed === false), 'each has the file that was acknowledged')
let lost = 0
for (const k of done) {
  const r = await fetch(`http://127.0.0.1:${server.port}/api/v1/reports/${k.id}`, { headers: { authorization: `Bearer ${token(false)}` } })
  const is = await r.json()
  if (is.state !== 'finished' || is.files !== 1) lost++
}
same(lost, 0, 'every report that the platform knows as filed is there, finished, with its file')

// -- the sandbox --------------------------------------------------------------------------------------------------------------------------

const trial = new Client(server.port, 'platform', token(true))
const tried = await trial.report(document('trial'))
check(tried.code === 0 && (await trial.finish(tried.id)).code === 0, 'the sandbox takes a report')
same((await client.finish(tried.id)).code, 5001, 'a number of the sandbox is none in production')

// -- police -----------------------------------------------------------------------------------------------------------------------------------

const enter = entrance(server)
const tuan = await enter('tuan.mau'), son = await enter('son.mau'), hanh = await enter('hanh.mau')
let page = await tuan.get('/platform-reports')
check(words(page).includes(`NT-${one.id}`) && words(page).includes('Khẩn cấp'), 'the urgent report stands in the list of the police unit')
check(!page.text.includes(`NT-${tried.id}`), 'what was tried in the sandbox does not')
const path = new RegExp(`href="?(/platform-reports/[a-z0-9]+)[^>]*>NT-${one.id}`).exec(page.text)?.[1]
page = await tuan.get(path)
check(words(page).includes('account-1') && words(page).includes('hills.png') && words(page).includes('Placeholder of a reason'), 'it says what the platform said')
check(!/<img|<video/.test(page.text), 'and shows no picture')
same((await hanh.get(path)).code, 404, 'to another unit there is no such report')
await tuan.get(path)
page = await act(tuan, path, [['do', 'answer'], ['answer', 'taken']])
const api = await (await fetch(`http://127.0.0.1:${server.port}/api/v1/reports/${one.id}`, { headers: { authorization: `Bearer ${token(false)}` } })).json()
same(api.answer, 'taken', 'the platform hears the sentence that was chosen')
page = await act(tuan, path, [['do', 'case'], ['age', '12-15'], ['province', '']])
check(page.to?.startsWith('/cases/') && words(page).includes(`NT-${one.id}`), 'a case is opened of it, and says where it came from')

const second = await client.report(document('account-2'))
await client.finish(second.id)
page = await tuan.get('/platform-reports')
for (let next; !page.text.includes(`NT-${second.id}`) && (next = /href="?([^" >]+)"? rel="?next/.exec(page.text)?.[1]);) page = await tuan.get(plain(next))
const aside = new RegExp(`href="?(/platform-reports/[a-z0-9]+)[^>]*>NT-${second.id}`).exec(page.text)?.[1]
await tuan.get(aside)
page = await act(tuan, aside, [['do', 'ask'], ['decision', 'unfounded'], ['words', 'placeholder of a reason']])
page = await act(tuan, aside, [['do', 'agree']])
check(words(page).includes('Chờ người thứ hai'), 'who asked cannot agree')
await son.get(aside)
page = await act(son, aside, [['do', 'agree']])
check(words(page).includes('Không có căn cứ'), 'a second person sets it aside')

await server.stop()
finish()
