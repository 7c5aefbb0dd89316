// Two counsellors at one desk, without script: who has it open, a ready-made answer, hand over, two reports of one child made
// one and separated again, a prank that comes back, closed and opened by the child's own words.
// Usage: node desk.mjs PROGRAM; LACHAN_TEST_POSTGRES names a database, else it is SQLite.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Browser, Server, check, codeOn, finish, multipart, plain, same, totp, urlencoded } from './client.mjs'

const folder = mkdtempSync(join(tmpdir(), 'lachan-journey-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const server = await new Server(process.argv[2], join(folder, 'data'), { verb: 'demo' }).start()
const accounts = server.accounts()

async function signIn(user) {
  const b = new Browser(server), who = accounts.find(a => a.user === user)
  await b.get('/sign-in')
  await b.send('/sign-in', [['user', user], ['password', who.password], ['totp', totp(who.totp_secret)]])
  return b
}

async function tell(story, more = []) {
  const b = new Browser(server)
  await b.get('/speak')
  await b.send('/speak/send', [['story', story], ...more])
  return codeOn(b.page)
}

async function comeBack(code) {
  const b = new Browser(server)
  await b.get('/talk')
  await b.send('/talk', [['code', code]])
  return b
}

const reads = async (code, words) => (await comeBack(code)).page.text.includes(words)
async function writes(code, text, files = []) {
  const b = await comeBack(code)
  await b.send('/talk/messages', [['text', text], ...files], { encode: files.length ? multipart : undefined })
  return b.page
}
const refOf = page => page.text.match(/<h1>(PA-\w{5})/)[1]

const hanh = await signIn('hanh.mau'), minh = await signIn('minh.mau')

// The newest report of a story: found by opening those that wait, as a person would.
async function find(who, words) {
  for (const show of ['unclaimed', 'all']) {
    let next = `/desk?show=${show}`
    while (next) {
      const list = await who.get(next)
      for (const [, path] of list.text.matchAll(/class="?go"? href="?(\/desk\/[a-z0-9]{26})/g))
        if ((await who.get(path)).text.includes(words)) return path
      next = plain(list.text.match(/href="?([^"\s>]*)"? rel="?next/)?.[1] ?? '')
    }
  }
}

// -- one report, two people -----------------------------------------------------------------------------------------------------

const codeA = await tell('bi-doi-tien-lan-dau', [['harm', 'scam']])
const A = await find(hanh, 'bi-doi-tien-lan-dau')
check(A, 'the report stands in the queue')
check((await minh.get(A)).text.includes('Hạnh (mẫu) cũng đang mở'), 'a colleague sees who has it open')
await minh.get(A)
check(JSON.parse((await hanh.get(`${A}/presence`)).text).open_by.includes('Minh (mẫu)'), 'and the script is told so too')
await hanh.get(A)
await hanh.send(`${A}/claim`)
const before = hanh.page.text
check(before.indexOf('value="no-pay"') > 0 && before.indexOf('value="no-pay"') < before.indexOf('value="welcome"'), 'answers that fit stand first')
const inserted = await hanh.request('POST', `${A}/insert`, urlencoded([...hanh.hidden(`${A}/reply`), ['text', 'Chào em.'], ['answer', 'no-pay']]))
await hanh.get(inserted.to.split('#')[0])
const box = plain(hanh.page.text.match(/<textarea[^>]*>([\s\S]*?)<\/textarea>/)[1])
check(box.startsWith('Chào em.') && box.includes('Em đừng chuyển tiền'), 'without script the chosen answer stands behind what was typed', box)
await hanh.send(`${A}/reply`, [['text', box]])
check(await reads(codeA, 'Em đừng chuyển tiền'), 'the child reads it')

await hanh.get(`${A}/hand-over`)
const minhId = hanh.page.text.match(/<option value="?([a-z0-9]{26})"?[^>]*>Minh/)[1]
same((await hanh.send(`${A}/hand-over`, [['reason', minhId]])).code, 422, 'a hand-over wants words')
await hanh.send(`${A}/hand-over`, [['reason', minhId], ['words', 'het ca']])
check(hanh.page.text.includes('Đã giao cho đồng nghiệp') && hanh.page.text.includes('Minh (mẫu) đang giữ'), 'then the colleague holds it')
check((await minh.get('/desk?show=mine')).text.includes(A), 'and finds it among their own work')

// -- two reports of one child ----------------------------------------------------------------------------------------------------

const codeB = await tell('em-mat-ma-nen-ke-lai')
const B = await find(minh, 'em-mat-ma-nen-ke-lai'), refB = refOf(minh.page)
await minh.get(`${A}/merge?ref=${refB.toLowerCase()}`)
check(minh.page.text.includes('bi-doi-tien-lan-dau') && minh.page.text.includes('em-mat-ma-nen-ke-lai'), 'both stand side by side before anybody decides')
await minh.send(`${A}/merge`, [['words', 'em noi mat ma, ten giong nhau']])
check(minh.page.text.includes('Đã gộp hai lời kể'), 'a person decides that it is one child', minh.page.text.slice(-1500))
await writes(codeA, 'em-viet-ma-mot')
await writes(codeB, 'em-viet-ma-hai', [['files', { name: 'a.txt', type: 'text/plain', bytes: 'mot tep' }], ['files_private', { name: 'b.txt', type: 'text/plain', bytes: 'tep rieng' }]])
await minh.get(A)
check(minh.page.text.includes('em-viet-ma-mot') && minh.page.text.includes('em-viet-ma-hai'), 'staff read both in one conversation')
await minh.send(`${A}/reply`, [['text', 'chi-tra-loi-mot-cho']])
check(await reads(codeA, 'chi-tra-loi-mot-cho') && await reads(codeB, 'chi-tra-loi-mot-cho'), 'the answer reaches both codes')
check(!await reads(codeA, 'em-mat-ma-nen-ke-lai') && !await reads(codeB, 'bi-doi-tien-lan-dau'), 'old words stay with the code that wrote them')
check((await minh.get(`${B}/summary`)).text.includes('Niêm phong'), 'a private file of the second code is sealed to the police')

const renew = await comeBack(codeB)
await renew.send('/talk', [['do', 'new-code']])
const codeB2 = codeOn(renew.page)
check(codeB2 && codeB2 !== codeB, 'the second code can be renewed')
check(!await reads(codeB, 'chi-tra-loi-mot-cho'), 'the old one opens nothing')
check(await reads(codeB2, 'em-viet-ma-hai') && await reads(codeB2, 'em-mat-ma-nen-ke-lai'), 'the new one opens what the old one did')

await server.stop()
await server.start()
await minh.get(B)
await minh.get(`${B}/unmerge`)
await minh.send(`${B}/unmerge`, [['words', 'hai em khac nhau']])
check(minh.page.text.includes('Đã tách ra'), 'they can be separated again')
check(await reads(codeA, 'em-viet-ma-mot') && !await reads(codeA, 'em-viet-ma-hai'), 'the first keeps its own words and loses sight of the other')
check(await reads(codeB2, 'em-viet-ma-hai') && !await reads(codeB2, 'em-viet-ma-mot') && await reads(codeB2, 'chi-tra-loi-mot-cho'), 'so does the second')
await writes(codeB2, 'rieng-cua-hai')
check((await minh.get(B)).text.includes('rieng-cua-hai') && !(await minh.get(A)).text.includes('rieng-cua-hai'), 'new words go their own ways')

// -- a prank, and the end ----------------------------------------------------------------------------------------------------------

const codeP = await tell('thu-xem-co-ai-khong')
const P = await find(hanh, 'thu-xem-co-ai-khong')
await hanh.get(`${P}/prank`)
same((await hanh.send(`${P}/prank`, [['reason', 'joke']])).code, 422, 'a prank wants words')
await hanh.send(`${P}/prank`, [['reason', 'joke'], ['words', 'chi viet thu']])
check(!(await hanh.get('/desk?show=unclaimed')).text.includes(P) && (await hanh.get('/desk?show=prank')).text.includes(P), 'it leaves the queue for its own list')
await writes(codeP, 'em-can-giup-that')
check((await minh.get('/desk?show=all')).text.includes(P) || await find(minh, 'em-can-giup-that') === P, 'and comes back when the child writes')
await hanh.get(`${P}/unprank`)
await hanh.send(`${P}/unprank`, [['words', 'chuyen that']])
check(hanh.page.text.includes('Đã bỏ đánh dấu'), 'the mark can be taken away')

await minh.get(`${A}/close`)
await minh.send(`${A}/close`, [['reason', 'helped']])
check(minh.page.text.includes('Đã đóng lời kể'), 'a report is closed with a reason')
const api = await new Browser(server).api('/api/v1/talk', { code: codeA })
same(JSON.parse(api.text).status, 'closed', 'the child is told so')
await writes(codeA, 'em-viet-lai-sau-khi-dong')
check((await minh.get(A)).text.includes('em-viet-lai-sau-khi-dong'), 'and may still write')
same(JSON.parse((await new Browser(server).api('/api/v1/talk', { code: codeA })).text).status, 'waiting', 'which opens it again')

await server.stop()
const audit = server.run('audit verify')
same(audit.status, 0, `audit verify is content: ${audit.stdout.trim()}${audit.stderr.trim()}`)
check(!/bi-doi-tien|em-viet|het ca|hai em khac/.test(server.said), 'no word of it was printed')
finish()
