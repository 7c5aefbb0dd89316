// A child tells, the server dies, the child comes back, a counsellor answers: one story of several people over the socket.
// Usage: node story.mjs PROGRAM; LACHAN_TEST_POSTGRES names a database, else it is SQLite.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Browser, Server, check, codeOn, finish, multipart, plain, same, totp, urlencoded } from './client.mjs'

const folder = mkdtempSync(join(tmpdir(), 'lachan-journey-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const server = await new Server(process.argv[2], join(folder, 'data'), { verb: 'demo' }).start()
const words = 'Có bạn trong lớp lấy ảnh của em để doạ. Em không biết nói với ai.'

// -- the child tells -----------------------------------------------------------------------------------------------------------

const child = new Browser(server)
await child.get('/speak')
same(child.jar.size, 0, 'no cookie before something is sent')
const told = [['who', 'self'], ['danger', 'soon'], ['harm', 'threat'], ['harm', 'images'], ['story', words],
  ['where', 'nhóm chat của lớp'], ['age', '12-15'], ['province', ''],
  ['files', { name: 'man-hinh.png', type: 'image/png', bytes: Buffer.alloc(70000, 7) }],
  ['files_private', { name: 'rieng.jpg', type: 'image/jpeg', bytes: Buffer.alloc(1000, 9) }]]
const hidden = child.hidden('/speak/send')
const sent = await child.request('POST', '/speak/send', multipart([...hidden, ...told]))
same(`${sent.code} ${sent.to}`, '303 /speak/code', 'a report is answered by 303, never by a page')
same(sent.raw.length, 0, 'the answer to the POST carries nothing')
await child.get('/speak/code')
const code = codeOn(child.page)
check(/^(\w{4}-){3}\w{4}$/.test(code ?? ''), 'the code page shows the code', child.page.text)
same(child.page.headers['cache-control'], 'no-store', 'the code page is stored nowhere')

const tapped = await child.request('POST', '/speak/send', multipart([...hidden, ...told]))
same(tapped.code, 303, 'a second tap is answered like the first')
same(codeOn(await child.get('/speak/code')), code, 'a second tap shows the same code')

await child.send('/speak/code', [['last', '0000']])
same(codeOn(child.page), code, 'a wrong last group shows the code again')

// -- the server dies -------------------------------------------------------------------------------------------------------------

await server.kill()
server.verb = 'serve'
await server.start()
same(codeOn(await child.get('/speak/code')), code, 'after kill -9 the same device still sees its code')
await child.send('/speak/code', [['last', code.slice(-4).toLowerCase()]])
same(codeOn(child.page), null, 'once the last group is typed back the code is gone from this device')
same(codeOn(await child.get('/speak/code')), null, 'and it stays gone')

// -- and comes back ---------------------------------------------------------------------------------------------------------------

const later = new Browser(server)
await later.get('/talk')
const swapped = code[1] + code[0] + code.slice(2)
if (code[0] !== code[1]) {
  await later.send('/talk', [['code', swapped]])
  check(later.page.text.includes(swapped), 'a mistyped code is shown again to be corrected', later.page.text)
}
const back = await later.send('/talk', [['code', code.toLowerCase().replaceAll('-', ' ')]], { follow: false })
same(`${back.code} ${back.to}`, '303 /talk', 'coming back is answered by 303')
await later.get('/talk')
check(plain(later.page.text).includes(words), 'the child reads its own words after kill -9', later.page.text)
check(!later.page.text.includes('man-hinh.png'), 'a file that was sent does not come back')

// -- a counsellor signs in ---------------------------------------------------------------------------------------------------------

const account = server.accounts().find(a => a.role === 'counsellor')
const staff = new Browser(server)
await staff.get('/desk')
same(`${staff.page.code} ${staff.page.to}`, '303 /sign-in', 'the desk is closed to those who are not signed in')
await staff.get('/sign-in')
const supervisor = server.accounts().find(a => a.role === 'supervisor')
const failures = []
for (const [user, password, number] of [[account.user.replace(/^./, 'z'), account.password, '123456'], [account.user, account.password, '000000'],
  [supervisor.user, 'wrong-wrong-wrong-wrong', totp(supervisor.totp_secret)]]) {
  const b = new Browser(server), f = await b.request('POST', '/sign-in', urlencoded([['user', user], ['password', password], ['totp', number]]))
  const cookie = [...b.jar.values()].map(v => v.length).join()
  const shown = await b.get(f.to)
  check(f.code === 303 && !f.text && shown.text.includes(`value="${user}"`), 'a failed sign-in is answered by 303, and its page keeps the name')
  failures.push(`${f.code} ${JSON.stringify(Object.keys(f.headers))} ${cookie} ${shown.text.replaceAll(user, 'USER').replace(/value="?[0-9a-f]{32}"?/g, '')}`)
}
failures.slice(1).forEach((f, i) => same(f, failures[0], `${['wrong digits are', 'a wrong password is'][i]} answered by the same bytes as an unknown name`))
const digits = totp(account.totp_secret)
await staff.send('/sign-in', [['user', account.user], ['password', account.password], ['totp', digits]], { follow: false })
same(`${staff.page.code} ${staff.page.to}`, '303 /desk', 'right password and digits open the desk')
const again = new Browser(server)
await again.get('/sign-in')
await again.send('/sign-in', [['user', account.user], ['password', account.password], ['totp', digits]])
same((await again.get('/desk')).code, 303, 'digits count once')

// -- sees it, claims, replies, notes --------------------------------------------------------------------------------------------------

const opened = []
await staff.get('/desk?show=unclaimed')
for (const path of new Set([...staff.page.text.matchAll(/href="?(\/desk\/[a-z0-9]{26})/g)].map(m => m[1]))) {
  await staff.get(path)
  if (plain(staff.page.text).includes(words)) opened.push(path)
}
same(opened.length, 1, 'the report stands in the queue exactly once')
if (!opened.length) throw new Error('nothing to go on with')
const path = opened[0]
await staff.get(path)
check(plain(staff.page.text).includes('nhóm chat của lớp'), 'the answers stand beside the story', staff.page.text)
check(staff.page.text.includes('69 KB'), 'the file stands in the case by its kind and size')
check(!plain(staff.page.text).includes('rieng.jpg'), 'a file for the police alone is not shown by name')
await staff.send(`${path}/reply`, [['text', 'trước khi nhận']])
check(!(await later.get('/talk')).text.includes('trước khi nhận'), 'nobody replies to a report that nobody has claimed')
await staff.get(path)
await staff.send(`${path}/claim`)
const reply = 'Cảm ơn em đã kể. Em đang ở chỗ an toàn không?', note = 'Ghi chú riêng: gọi lại buổi chiều.'
await staff.send(`${path}/reply`, [['text', reply]])
check(plain(staff.page.text).includes(reply), 'the reply stands in the case', staff.page.text)
await staff.get(`${path}/note`)
await staff.send(`${path}/note`, [['text', note]])
check(plain((await staff.get(path)).text).includes(note), 'the note stands in the case')
const empty = await staff.send(`${path}/reply`, [['text', '']], { follow: false })
check(empty.code === 422 && /aria-invalid/.test(empty.text), 'an empty reply is refused at its field', empty.code)

// -- another organisation sees nothing ------------------------------------------------------------------------------------------------

const worker = server.accounts().find(a => a.role === 'caseworker'), other = new Browser(server)
await other.get('/sign-in')
await other.send('/sign-in', [['user', worker.user], ['password', worker.password], ['totp', totp(worker.totp_secret)]])
const foreign = await other.get(path), missing = await other.get(`/desk/${'0'.repeat(26)}`)
same(foreign.code, 404, 'a case of others is not found')
check(foreign.text === missing.text, 'and by the same bytes as one that does not exist')
const auditor = server.accounts().find(a => a.role === 'auditor'), log = new Browser(server)
await log.get('/sign-in')
await log.send('/sign-in', [['user', auditor.user], ['password', auditor.password], ['totp', totp(auditor.totp_secret)]])
same(`${(await log.get(path)).code} ${(await log.get('/desk/nonsense')).code}`, '403 403', 'the wrong role is refused before any look-up')

// -- the child reads, sends more, takes a new code, ends ----------------------------------------------------------------------------------

await later.get('/talk')
check(plain(later.page.text).includes(reply), 'the child reads the reply', later.page.text)
check(!plain(later.page.text).includes(note), 'and not the note')
const more = 'Dạ em đang ở nhà bà ngoại.'
await later.send('/talk/messages', [['text', more], ['files', { name: 'them.txt', type: 'text/plain', bytes: 'thêm' }]], { encode: multipart })
check(plain(later.page.text).includes(more), 'what the child adds stands in the conversation', later.page.text)
check(plain((await staff.get(path)).text).includes(more), 'and reaches the counsellor')
await later.send('/talk/messages', [['text', `mã của em là ${code}`]], { encode: multipart })
check(plain(later.page.text).includes(`mã của em là ${code}`) && !plain((await staff.get(path)).text).includes(code),
  'a message that holds the code comes back with a warning and is not sent', later.page.text)
await later.get('/talk')
await later.send('/talk', [['do', 'new-code']])
const fresh = codeOn(later.page)
check(fresh && fresh !== code, 'a new code is shown', later.page.text)
const thief = new Browser(server)
same((await thief.api('/api/v1/talk', { code })).code, 404, 'the old code opens nothing')
same((await thief.api('/api/v1/talk', { code: fresh })).code, 200, 'the new one does')
await later.send('/speak/code', [['last', fresh.slice(-4)]])
const end = new Browser(server)
await end.get('/talk')
await end.send('/talk', [['code', fresh]])
await end.send('/talk', [['do', 'end']])
check(!plain(end.page.text).includes(words) && !plain((await end.get('/talk')).text).includes(words), 'after the end this device shows nothing')

// -- a browser that keeps no cookie ----------------------------------------------------------------------------------------------------------

const bare = new Browser(server, { cookies: false })
await bare.get('/speak')
const form = [...bare.hidden('/speak/send'), ['story', 'không giữ bánh']]
const first = await bare.request('POST', '/speak/send', multipart(form))
same(first.code, 303, 'without cookies too the first answer is 303')
const asks = await bare.get('/speak/code')
same(codeOn(asks), null, 'no cookie, no code')
const retry = await bare.request('POST', '/speak/send', multipart(form))
check(codeOn(retry), 'the retry without a cookie gets its code at once', retry.text)
const mine = JSON.parse((await bare.api('/api/v1/talk', { code: codeOn(retry) })).text)
same(mine.messages?.[0]?.text, 'không giữ bánh', 'and that code opens the report')

// -- the log ------------------------------------------------------------------------------------------------------------------------------------

await server.stop()
const audit = server.run('audit verify')
same(audit.status, 0, `audit verify is content: ${audit.stdout.trim()}${audit.stderr.trim()}`)
check(!server.said.includes(words) && !server.said.includes(code), 'the server has said nothing of all this')
finish()
