// A picture from a child to the police, over the socket: covered, opened with a reason, blurred, clear, taken away by the button.
// Usage: node evidence.mjs PROGRAM; LACHAN_TEST_POSTGRES names a database, else SQLite.
import { deflateSync, crc32 as crcOf } from 'node:zlib'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Browser, Server, check, codeOn, finish, multipart, plain, same, totp, urlencoded } from './client.mjs'

const folder = mkdtempSync(join(tmpdir(), 'lachan-journey-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const decoder = join(dirname(process.argv[2]), 'decode', 'lachan-decode')
if (!process.env.LACHAN_DECODE && existsSync(decoder)) process.env.LACHAN_DECODE = decoder
const server = await new Server(process.argv[2], join(folder, 'data'), { verb: 'demo' }).start()
const accounts = server.accounts()

async function enter(user) {
  const account = accounts.find(a => a.user === user), b = new Browser(server)
  await b.get('/sign-in')
  await b.send('/sign-in', [['user', user], ['password', account.password], ['totp', totp(account.totp_secret)]])
  return b
}
const text = page => plain(page.text.replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ')

// -- a picture: coloured squares, with a remark in the file ----------------------------------------------------------------------

const crc = crcOf ?? (bytes => {
  let c = ~0
  for (const b of bytes) { c ^= b; for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1 }
  return ~c >>> 0
})
function chunk(name, bytes) {
  const body = Buffer.concat([Buffer.from(name), bytes]), head = Buffer.alloc(4), tail = Buffer.alloc(4)
  head.writeUInt32BE(bytes.length)
  tail.writeUInt32BE(crc(body))
  return Buffer.concat([head, body, tail])
}
function png(width, height) {
  const rows = Buffer.alloc((width * 3 + 1) * height), head = Buffer.alloc(13)
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) rows.fill((x >> 2 ^ y >> 2) & 1 ? 220 : 20, y * (width * 3 + 1) + 1 + x * 3, y * (width * 3 + 1) + 4 + x * 3)
  head.writeUInt32BE(width, 0); head.writeUInt32BE(height, 4); head.set([8, 2, 0, 0, 0], 8)
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head), chunk('tEXt', Buffer.from('Comment\0DAU-VET-VI-TRI')),
    chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))])
}
const picture = png(320, 240)

// -- the child sends it, the counsellor sees a covered tile -----------------------------------------------------------------------------

const child = new Browser(server)
await child.get('/speak')
await child.send('/speak/send', [['story', 'có một bức ảnh'], ['province', '48'], ['files', { name: 'ten-rieng.png', type: 'image/png', bytes: picture }]], { encode: multipart })
check(codeOn(child.page)?.length > 15, 'the child has a code', child.page.text.slice(0, 500))
const hanh = await enter('hanh.mau'), minh = await enter('minh.mau'), tuan = await enter('tuan.mau'), lan = await enter('lan.mau')
let report
for (const [, id] of (await hanh.get('/desk?show=unclaimed')).text.matchAll(/href="\/desk\/([0-9a-z]{26})"/g)) {
  if ((await hanh.get(`/desk/${id}`)).text.includes('có một bức ảnh')) { report = id; break }
}
check(report, 'the report is in the queue')
const files = `/desk/${report}/files`
await hanh.get(files)
const file = hanh.page.text.match(new RegExp(`${files}/([0-9a-z]{26})"`))?.[0].slice(0, -1)
check(file && !/<img|ten-rieng/.test(hanh.page.text), 'the file is a covered tile without name or picture', hanh.page.text.slice(-1500))
same((await hanh.get(`${file}/view`)).to, file, 'without a reason the way leads to the page that asks for one')
same((await hanh.get(`${file}/blurred`)).code, 404, 'and no picture is given')
same((await lan.get(file)).code, 404, 'another unit finds nothing')

// -- a reason, a blurred picture, a clear one, the original --------------------------------------------------------------------------------

await hanh.get(file)
await hanh.send(file, [['reason', 'evidence'], ['words', 'xem có số điện thoại không']])
same(hanh.page.code, 200, 'with a reason it opens')
const shows = /<img/.test(hanh.page.text)
if (!shows) console.log(`# no sandbox here: ${text(hanh.page).match(/Bộ giải mã[^.]*/)?.[0] ?? text(hanh.page).slice(-600)}`)
if (shows) {
  check(hanh.page.text.includes(`${file}/blurred`) && !hanh.page.text.includes(`src="${file}/clear`), 'blurred first')
  const blurred = await hanh.request('GET', `${file}/blurred`)
  check(blurred.code === 200 && blurred.headers['content-type'] === 'image/jpeg' && blurred.raw.length < 2000, 'a small grey picture', blurred.code)
  same(blurred.headers['cache-control'], 'no-store', 'which no cache keeps')
  same((await hanh.request('GET', `${file}/blurred`, { headers: { 'Sec-Fetch-Site': 'cross-site' } })).code, 404, 'and no other site gets')
  same((await hanh.request('GET', `${file}/clear`)).code, 404, 'the clear one is not there yet')
  await hanh.send(`${file}/clear`)
  check(hanh.page.text.includes(`${file}/clear`), 'seeing it clear is a step of its own')
  const clear = await hanh.request('GET', `${file}/clear`)
  check(clear.code === 200 && clear.raw[0] === 0xff && clear.raw[1] === 0xd8 && !clear.raw.includes('DAU-VET'), 'drawn anew, without what the file carried', clear.code)
  check(/rõ: 1 phút/.test(text(await hanh.get(`${file}/view`))), 'the time of viewing is shown', text(hanh.page).slice(0, 900))
}
await hanh.get(`${file}/view`)
const original = await hanh.request('POST', `${file}/download`, urlencoded(hanh.hidden(`${file}/download`)))
check(original.code === 200 && original.raw.equals(picture) && /^attachment/.test(original.headers['content-disposition']), 'the original leaves as a file', original.code)

// -- a colleague adds a paper ------------------------------------------------------------------------------------------------------------------

await minh.get(files)
await minh.send(files, [['words', 'đơn của trường'], ['files', { name: 'don.txt', type: 'text/plain', bytes: 'nội dung đơn' }]], { encode: multipart })
check(/Minh \(mẫu\) thêm vào/.test(text(minh.page)), 'a colleague adds a file', text(minh.page).slice(-800))

// -- to the police alone -----------------------------------------------------------------------------------------------------------------------

same((await tuan.get(`/desk/${report}`)).code, 404, 'the police unit finds nothing yet')
await hanh.get(`${file}/police`)
check(/35 ngày/.test(text(hanh.page)) && /có thể đã xem/.test(text(hanh.page)), 'the page says what sealing cannot undo')
await hanh.send(`${file}/police`, [['class', 'suspected'], ['words', 'nghi ngờ, cần công an']])
check(/Đã niêm phong/.test(text(hanh.page)) && /Nghi là tư liệu/.test(text(hanh.page)), 'it is sealed, with hash, class and status for others', text(hanh.page).slice(-900))
for (const path of ['', '/view', '/blurred', '/clear', '/police']) same((await hanh.get(file + path)).code, 404, `the counsellor opens it no more (${path || 'the file'})`)
same((await minh.get(file)).code, 404, 'nor does the supervisor')
await tuan.get(file)
await tuan.send(file, [['reason', 'police']])
same(tuan.page.code, 200, 'the police unit opens it with a reason', tuan.page.text.slice(0, 300))
if (shows) same((await tuan.request('GET', `${file}/blurred`)).code, 200, 'blurred first, there too')
await tuan.get(`${file}/view`)
const theirs = await tuan.request('POST', `${file}/download`, urlencoded(tuan.hidden(`${file}/download`)))
check(theirs.raw.equals(picture), 'and has the original')

await server.stop()
const audit = server.run('audit verify')
same(audit.status, 0, `audit verify is content: ${audit.stdout.trim()}${audit.stderr.trim()}`)
check(!/ten-rieng|DAU-VET|xem có số/.test(server.said), 'nothing of it was printed')
finish()
