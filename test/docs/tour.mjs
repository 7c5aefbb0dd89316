// Walks docs/tour.md and docs/tour.vi.md. Usage: node tour.mjs PROGRAM [--write]; see tour.sh.
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Browser, Server, check, codeOn, finish, multipart, plain, same, totp } from '../journeys/client.mjs'

const program = process.argv[2], write = process.argv[3] === '--write'
const languages = ['en', 'vi']
const documents = { en: 'docs/tour.md', vi: 'docs/tour.vi.md' }
const notYet = { en: '*Not in this build yet.*', vi: '*Bản này chưa có.*' }

// -- the texts: buttons by their key, acts of the process by their code ---------------------------------------------------------

const texts = {}
for (const lang of languages)
  for (const file of readdirSync(`lang/${lang}`).filter(f => f.endsWith('.po')))
    for (const [, id, lines] of readFileSync(`lang/${lang}/${file}`, 'utf8').matchAll(/^msgid "(.+)"\nmsgstr ((?:".*"\n?)+)/gm))
      (texts[id] ??= {})[lang] = [...lines.matchAll(/"(.*)"/g)].map(m => JSON.parse(`"${m[1]}"`)).join('')
for (const block of readFileSync('content/process/vn-decree-56/2.txt', 'utf8').split('[act]').slice(1)) {
  const value = key => block.match(new RegExp(`^${key}: (.*)$`, 'm'))[1]
  texts[`act.${value('code')}`] = { vi: value('name'), en: value('name_en') }
}

// -- the steps of the documents ----------------------------------------------------------------------------------------------------

const routes = spawnSync(program, ['routes'], { encoding: 'utf8' }).stdout.split('\n').map(l => l.split('\t')[1])
const waits = { 7: '/cases/:id/refer', 8: '/referrals/:id/accept', 9: '/cases/:id/transfer', 12: '/admin/people', 13: '/log' }
const built = n => !waits[n] || routes.includes(waits[n])

const split = text => text.split(/^(?=## )/m)
if (write)
  for (const lang of languages)
    writeFileSync(documents[lang], split(readFileSync(documents[lang], 'utf8')).map(part => {
      const bare = part.replace(`${notYet[lang]}\n\n`, ''), n = bare.match(/^## (\d+)\./)?.[1]
      return n && !built(n) ? `${bare}${notYet[lang]}\n\n` : bare
    }).join(''))

const said = {}
for (const lang of languages)
  said[lang] = Object.fromEntries(split(readFileSync(documents[lang], 'utf8')).map(p => [p.match(/^## (\d+)\./)?.[1], p]))
const steps = Object.keys(said.en).filter(n => n !== 'undefined')
same(Object.keys(said.vi).join(), Object.keys(said.en).join(), 'both documents have the same steps')
for (const n of steps)
  for (const lang of languages)
    same(said[lang][n].includes(notYet[lang]), !built(n), `step ${n} (${lang}) says whether it is built (test/docs/tour.sh --write)`)

let step = 0
const named = {}
// The step names the button, in both languages, and the page shown last has it.
function button(b, key) {
  for (const lang of languages)
    check(said[lang][step].includes(`**${texts[key]?.[lang]}**`), `step ${step} (${lang}) names the button ${key}`, texts[key]?.[lang])
  ;(named[step] ??= new Set()).add(key)
  const shown = [...b.page.text.matchAll(/<(?:button|a|summary)\b[^>]*>([\s\S]*?)<\/(?:button|a|summary)>/g)]
    .map(m => plain(m[1].replace(/<[^>]*>/g, ' ')).replace(/…/g, '').replace(/\s+/g, ' ').trim())
  check(shown.some(s => s.startsWith(texts[key]?.vi)), `step ${step}: the page has the button "${texts[key]?.vi}"`, shown.join(' | '))
}
// The step names who does it.
function by(user) {
  for (const lang of languages) check(said[lang][step].includes(`\`${user}\``), `step ${step} (${lang}) names ${user}`)
}
const at = n => { step = n; return built(n) }
// What stands in bold is a button that was pressed: the document promises no other.
const pressed = () => {
  for (const [n, keys] of Object.entries(named))
    for (const lang of languages)
      for (const [, bold] of said[lang][n].matchAll(/\*\*([^*]+)\*\*/g))
        check([...keys].some(k => texts[k][lang] === bold), `step ${n} (${lang}): "${bold}" is one of its buttons`)
}

// -- the people ----------------------------------------------------------------------------------------------------------------------

const folder = mkdtempSync(join(tmpdir(), 'lachan-tour-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const data = join(folder, 'demo-data')
const server = await new Server(program, data, { verb: 'demo', address: '' }).start()
const people = {}
async function person(user) {
  if (people[user]) return people[user]
  const a = server.accounts().find(x => x.user === user), b = people[user] = new Browser(server)
  await b.get('/sign-in')
  await b.send('/sign-in', [['user', a.user], ['password', a.password], ['totp', totp(a.totp_secret)]])
  check(b.page.code === 200 && !b.page.text.includes('name="totp"'), `${user} signs in`, b.page.code)
  return b
}
const shows = (page, words) => plain(page.text).includes(words)
const words = 'Có người nhắn sẽ đứng chờ em trước cổng trường.'

// -- 1, 2: a child tells ----------------------------------------------------------------------------------------------------------------

at(1)
const child = new Browser(server)
await child.get('/')
button(child, 'speakup.landing.tell')
await child.get('/speak')
same(child.jar.size, 0, 'step 1: nothing was stored before it is sent')
button(child, 'speakup.send.send')
await child.send('/speak/send', [['who', 'self'], ['danger', 'soon'], ['harm', 'threat'], ['age', '12-15'], ['province', '14'],
  ['story', words]], { encode: multipart })

at(2)
const code = codeOn(child.page)
check(/^(\w{4}-){3}\w{4}$/.test(code ?? ''), 'step 2: the code has 16 characters', child.page.text)
button(child, 'speakup.code.done')
await child.send('/speak/code', [['last', code.slice(-4)]])
same(codeOn(await child.get('/speak/code')), null, 'step 2: the code is gone from this device')

// -- 3, 4: the answer ---------------------------------------------------------------------------------------------------------------------

at(3)
by('hanh.mau')
const hanh = await person('hanh.mau')
let path
for (let page = '/desk?show=unclaimed'; page && !path;) {
  await hanh.get(page)
  const links = [...new Set(hanh.page.text.match(/\/desk\/[a-z0-9]{26}/g) ?? [])]
  page = plain(hanh.page.text.match(/<a href="?([^">]*)"? rel="?next/)?.[1] ?? '')
  for (const link of links) if (!path && shows(await hanh.get(link), words)) path = link
}
check(path, 'step 3: the report stands among the new ones')
const id = path.slice(6), note = 'ghi chú riêng của chặng đường'
await hanh.get(path)
button(hanh, 'desk.act.claim')
await hanh.send(`${path}/claim`)
button(hanh, 'desk.reply.go')
await hanh.send(`${path}/reply`, [['text', 'Cảm ơn em đã kể.']])
button(hanh, 'desk.write.note')
await hanh.get(`${path}/note`)
button(hanh, 'desk.note.go')
await hanh.send(`${path}/note`, [['text', note]])

at(4)
const later = new Browser(server)
await later.get('/talk')
button(later, 'speakup.talk.open')
await later.send('/talk', [['code', code]])
check(shows(later.page, 'Cảm ơn em đã kể.') && !shows(later.page, note), 'step 4: the child reads the answer and not the note')
button(later, 'speakup.thread.send')
await later.send('/talk/messages', [['text', 'Dạ em ở nhà ạ.']], { encode: multipart })

// -- 5, 6: the case -------------------------------------------------------------------------------------------------------------------------

at(5)
by('hanh.mau')
await hanh.get(path)
button(hanh, 'cases.from.open')
await hanh.send(`${path}/case`)
check(/TH-\d{4}-\d{4}/.test(hanh.page.text), 'step 5: the case has a number', hanh.page.text)

at(6)
by('hanh.mau')
button(hanh, 'act.verify')
await hanh.send(`/cases/${id}/act/verify`)
button(hanh, 'cases.side.risk')
await hanh.get(`/cases/${id}/risk`)
button(hanh, 'cases.risk.title')
await hanh.send(`/cases/${id}/risk`, [['risk', 'high'], ['words', 'Người nhắn biết trường của em.']])
check(hanh.page.code === 200 && shows(hanh.page, 'Người nhắn biết trường của em.'), 'step 6: the reason stands in the timeline')

// -- 7, 8, 9: other organisations -------------------------------------------------------------------------------------------------------------

const boxes = page => [...page.text.matchAll(/<textarea[^>]*name="?(t\d+)"?[^>]*>([\s\S]*?)<\/textarea>/g)].map(m => [m[1], plain(m[2])])
const inDays = n => new Date(Date.now() + n * 86400e3).toISOString().slice(0, 10)
async function sendOut(kind, unit, share, more, go) {
  button(hanh, `cases.act.${kind}`)
  await hanh.get(`/cases/${id}/${kind}?q=${encodeURIComponent(unit)}`)
  button(hanh, 'referral.choose.pick')
  const form = hanh.page.text.match(new RegExp(`/cases/${id}/${kind}/[a-z0-9]{26}`))?.[0]
  await hanh.get(form)
  button(hanh, 'referral.form.check')
  await hanh.send(form, [...boxes(hanh.page), ...share.map(s => ['share', s]), ...more, ['consent', 'child'], ['consent_words', 'Em nhắn đồng ý'],
    ['expires', inDays(20)], ['do', 'check']])
  button(hanh, go)
  const look = hanh.page
  await hanh.send(`${form}/check`)
  return { look, id: hanh.page.text.match(/\/referrals\/([a-z0-9]{26})/)?.[1] }
}

let police
if (at(7)) {
  by('hanh.mau')
  await hanh.get(`/cases/${id}`)
  police = await sendOut('refer', 'công an tỉnh', ['story/', 'age/'], [['purpose', 'investigate'], ['need', 'Xác minh người nhắn.']], 'referral.check.send')
  check(shows(police.look, words) && !shows(police.look, note), 'step 7: the last look shows what was ticked and no note', plain(police.look.text))
}
if (at(8)) {
  by('tuan.mau')
  const tuan = await person('tuan.mau')
  await tuan.get('/referrals')
  check(tuan.page.text.includes(police.id), 'step 8: it waits in the list')
  await tuan.get(`/referrals/${police.id}`)
  button(tuan, 'referral.show.accept')
  await tuan.send(`/referrals/${police.id}/accept`)
  check(/\/cases\/[a-z0-9]{26}/.test(tuan.page.text), 'step 8: the police have a case of their own')
  const foreign = await tuan.get(`/cases/${id}`), missing = await tuan.get(`/cases/${'0'.repeat(26)}`)
  check(foreign.code === 404 && foreign.text === missing.text, "step 8: the hotline's case is not found, by the same bytes")
}
if (at(9)) {
  by('hanh.mau')
  by('lan.mau')
  await hanh.get(`/cases/${id}`)
  const moved = await sendOut('transfer', 'lá xanh', ['level/', 'place/'], [['purpose', 'handover'], ['need', 'Em ở xã này.']], 'referral.check.offer')
  const lan = await person('lan.mau')
  await lan.get(`/referrals/${moved.id}`)
  check(!shows(lan.page, words), 'step 9: before she accepts she sees the summary alone')
  button(lan, 'referral.show.accept_transfer')
  await lan.send(`/referrals/${moved.id}/accept`)
  check(shows(await lan.get(`/desk/${id}`), words), 'step 9: after it she reads the whole case')
  same((await hanh.get(`/cases/${id}`)).code, 404, 'step 9: the hotline finds it no more')
}

// -- 10, 11: closed and reopened ------------------------------------------------------------------------------------------------------------

const moved = built(9)      // until a case can move, the hotline's people do what the commune's will
at(10)
by('lan.mau')
const worker = await person(moved ? 'lan.mau' : 'hanh.mau')
await worker.get(`/cases/${id}`)
button(worker, 'act.close_early')
await worker.get(`/cases/${id}/act/close_early`)
await worker.send(`/cases/${id}/act/close_early`, [['choice', 'helped'], ['words', 'Người nhà đón em mỗi ngày.']])
check(worker.page.code === 200 && shows(worker.page, 'Người nhà đón em mỗi ngày.'), 'step 10: the reason stands in the timeline', plain(worker.page.text))
by('kien.mau')
const head = await person(moved ? 'kien.mau' : 'minh.mau')
await head.get(`/cases/${id}/act/close_early`)
await head.send(`/cases/${id}/act/close_early`, [['words', 'Đồng ý.']])
check(head.page.text.includes(`/cases/${id}/act/reopen`), 'step 10: a second person closes it', plain(head.page.text))
check(!(await worker.get(`/cases/${id}`)).text.includes(`/cases/${id}/act/reopen`), 'step 11: who is no supervisor cannot reopen')
at(11)
await head.get(`/cases/${id}`)
button(head, 'act.reopen')
await head.get(`/cases/${id}/act/reopen`)
await head.send(`/cases/${id}/act/reopen`, [['words', 'Có tin nhắn mới.']])
check(head.page.code === 200 && shows(head.page, 'Có tin nhắn mới.'), 'step 11: and it is open again', plain(head.page.text))

// -- 12, 13: somebody leaves, and the log -------------------------------------------------------------------------------------------------------

if (at(12)) {
  by('nga.mau')
  by('thao.mau')
  const thao = await person('thao.mau'), nga = await person('nga.mau')
  same((await thao.get('/desk')).code, 200, 'step 12: before it she reads the desk')
  await nga.get('/admin')
  button(nga, 'admin.door.people')
  await nga.get('/admin/people')
  const row = [...nga.page.text.matchAll(/<tr[\s\S]*?<\/tr>/g)].map(m => m[0]).find(r => r.includes('thao.mau'))
  const who = row?.match(/\/admin\/people\/[a-z0-9]{26}/)?.[0]
  await nga.get(who)
  button(nga, 'admin.person.gone')
  await nga.get(`${who}/gone`)
  button(nga, 'admin.sure.gone_go')
  await nga.send(`${who}/gone`)
  same((await thao.get('/desk')).code, 303, 'step 12: she is out at once')
}
if (at(13)) {
  by('khoa.mau')
  const khoa = await person('khoa.mau')
  await khoa.get('/log')
  check(khoa.page.code === 200 && !shows(khoa.page, words), 'step 13: the log tells acts and no words', khoa.page.code)
  same((await khoa.get(`/desk/${id}`)).code, 403, 'step 13: the auditor opens no report')
}

// -- 14: a byte is changed ------------------------------------------------------------------------------------------------------------------------

await server.stop()
same(server.run('audit verify').status, 0, 'step 14: before it the proof holds')
const [en, vi] = languages.map(lang => said[lang][14].match(/```sh\n([\s\S]*?)```/)[1])
same(vi, en, 'step 14: both documents give the same commands')
const ran = spawnSync('sh', ['-c', en.replaceAll('build/lachan', program)], { cwd: folder, encoding: 'utf8' })
check(ran.status === 1 && /records/.test(ran.stdout), 'step 14: the proof ends with 1 and names table and row', `${ran.status} ${ran.stdout} ${ran.stderr}`)
pressed()
finish()
