// A picture that stays with the child: chosen in Debian's Chromium behind a proxy that keeps every byte that leaves it. Only hashes
// and words may be among them, and the hashes are those that the program itself makes of the file. Usage: node more.mjs PROGRAM
// [FOLDER of further pictures]
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { chromium } from 'playwright-core'
import { Server, check, finish, same, sleep } from '../journeys/client.mjs'

const program = process.argv[2], shared = process.argv[3]
const data = mkdtempSync(`${tmpdir()}/more-`), profile = `${data}/profile`
const server = await new Server(program, `${data}/site`, { verb: 'demo' }).start(300)

// -- what leaves the browser ------------------------------------------------------------------------------------------------------

let left = []
const proxy = createServer(from => {
  const to = connect(server.port, '127.0.0.1')
  from.on('data', d => { left.push(d); to.write(d) }).on('error', () => to.destroy()).on('end', () => to.end())
  to.on('data', d => from.write(d)).on('error', () => from.destroy()).on('end', () => from.end())
})
await new Promise(done => proxy.listen(0, '127.0.0.1', done))
const base = `http://127.0.0.1:${proxy.address().port}`

// Any 24 bytes in a row of the picture, as they are or in base64 at any of its three shifts.
function holds(stream, picture) {
  const windows = new Set()
  for (let i = 0; i + 24 <= stream.length; i++) windows.add(stream.toString('latin1', i, i + 24))
  for (const text of [picture.toString('latin1'), ...[0, 1, 2].map(s => picture.subarray(s).toString('base64'))])
    for (let i = 0; i + 24 <= text.length; i += 24) for (let k = 0; k < 24 && i + k + 24 <= text.length; k += 8) if (windows.has(text.slice(i + k, i + k + 24))) return true
  return false
}

const quiet = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1']
const launch = more => chromium.launchPersistentContext(profile, { executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: quiet, locale: 'vi-VN', viewport: { width: 360, height: 740 }, ...more })

// -- made-up pictures ---------------------------------------------------------------------------------------------------------------

let context = await launch()
let page = context.pages()[0] ?? await context.newPage()
async function drawn(width, height, type) {
  const url = await page.evaluate(async ([width, height, type]) => {
    const c = document.createElement('canvas')
    c.width = width; c.height = height
    const g = c.getContext('2d')
    for (let i = 0; i < 400; i++) {
      g.fillStyle = `hsl(${(i * 137) % 360} 60% ${20 + (i * 7) % 60}%)`
      g.beginPath(); g.arc((i * 7919) % width, (i * 104729) % height, 10 + (i * 31) % (width / 8), 0, 7); g.fill()
    }
    return c.toDataURL(type, 0.9)
  }, [width, height, type])
  return Buffer.from(url.split(',')[1], 'base64')
}
const put = (name, bytes) => { writeFileSync(`${data}/${name}`, bytes); return `${data}/${name}` }
const large = put('lon.jpg', await drawn(4000, 3000, 'image/jpeg'))
const small = put('nho.png', await drawn(640, 480, 'image/png'))
const film = put('phim.mp4', createHash('sha512').update('film').digest())
const native = file => execFileSync(program, ['hash', file], { encoding: 'utf8' }).split(' ')[0]
const bits = (a, b) => [...a].reduce((n, c, i) => { let x = parseInt(c, 16) ^ parseInt(b[i], 16); while (x) { n += x & 1; x >>= 1 } return n }, 0)
const fields = text => Object.fromEntries(text.split(' ').map(w => w.split('=')))
const digest = (kind, file) => createHash(kind).update(readFileSync(file)).digest('hex')

// -- the report of its own -----------------------------------------------------------------------------------------------------------

async function hashes(files) {
  await page.setInputFiles('#pic', files)
  await page.waitForFunction(n => document.querySelectorAll('#list li').length === n && !document.getElementById('pic').disabled, files.length, { timeout: 120000 })
  return page.$$eval('#list input', all => all.map(e => e.value))
}

await page.goto(`${base}/speak`)
await page.goto(`${base}/speak/more`)
check(await page.title() === 'Ghi chú', 'the page has the neutral title')
check((await context.cookies()).length === 0, 'no cookie before anything is sent')
check(await page.isVisible('#yes') && !await page.isVisible('#no'), 'a browser that can hash is offered to')
const weight = +(await page.textContent('#h')).match(/(\d+) kB/)[1]
let loaded = 0
page.on('response', async r => { if (r.url().endsWith('.wasm')) loaded = +(await r.headerValue('content-length')) })
left = []
const [a, b, c] = (await hashes([large, small, film])).map(fields)
same(loaded <= weight * 1024 && loaded > (weight - 1) * 1024, true, 'what is loaded weighs what the page said before')
const far = [[a, large], [b, small]].map(([h, f]) => bits(h.pdq, native(f)))
check(far.every(n => n <= 31), `the hashes are those of the program (${far.join(' and ')} bits away)`)
check(a.md5 === digest('md5', large) && a.sha256 === digest('sha256', large) && c.sha256 === digest('sha256', film), 'the hashes of the files are exact')
check(a.kind === 'picture' && c.kind === 'file' && c.pdq === undefined, 'what no browser opens has the hashes of its file')
check(a.turned.split(',').length === 7, 'the seven turns are hashed, too')
check(await page.$eval('#list canvas', e => e.width === 24 && e.height === 24 && getComputedStyle(e).filter.includes('blur')), 'the preview has 24 by 24 points and is blurred')
check(await page.$eval('#pic', e => e.files.length === 0 && e.name === '' && e.form === null), 'the field of the files is empty again, has no name and is in no form')
await page.click('#list li:nth-child(2) button')
await page.fill('#w', 'chuyện mẫu')
await page.click('#b .btn')
await page.waitForURL('**/speak/code')
const code = (await page.textContent('#access-code')).trim()
check(/^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/.test(code), 'the report is sent and has its code')
await sleep(200)
const stream = Buffer.concat(left)
check(![large, small, film].some(f => holds(stream, readFileSync(f))), 'no 24 bytes of a picture left the browser')
check(holds(Buffer.concat([Buffer.from('x'), readFileSync(large).subarray(5000, 5060)]), readFileSync(large)), 'such bytes would have been seen')
const body = new URLSearchParams(stream.toString('latin1').split('\r\n\r\n').find(p => /^(hash|token)=/.test(p)).split(/(?=(?:GET|POST) \/)/)[0])
same([...new Set(body.keys())].sort().join(), 'harm,hash,story,token,url', 'the form holds words and hashes and nothing else')
same(body.getAll('hash').length, 2, 'what was removed is not sent')
check(stream.length < 12000, `${stream.length} bytes left for ${statSync(large).size + statSync(film).size} of pictures`)
const asked = [...stream.toString('latin1').matchAll(/(GET|POST) (\/\S*) HTTP/g)].map(m => m[2].replace(/\.[0-9a-f]{16}\./, '.'))
same([...new Set(asked)].sort().join(), '/assets/more.wasm,/speak/code,/speak/send', 'nothing else was asked for')

// -- in the conversation -----------------------------------------------------------------------------------------------------------------

await page.fill('[name=last]', code.slice(-4)); await page.click('.btn'); await page.goto(`${base}/talk`)
await page.fill('#code', code); await page.click('.btn')
check((await page.textContent('main')).includes('Mã của 2 ảnh đã gửi'), 'the conversation says how many were sent')
await page.goto(`${base}/talk/more`)
same((await page.$$eval('ol.many li b', all => all.map(e => e.textContent))).join(), 'Ảnh số 1,Tệp số 2', 'each is listed with its kind')
await hashes([small]); await page.click('#b .btn'); await page.waitForURL('**/talk')
await page.goto(`${base}/talk/more`)
same(await page.$$eval('ol.many li', all => all.length), 3, 'one more can be added later')
await page.click('ol.many li:nth-child(1) button')
await page.waitForURL('**/talk/more')
check((await page.textContent('ol.many li:nth-child(1)')).includes('đã rút lại') && await page.$$eval('ol.many button', all => all.length) === 2, 'the child takes one back')
await page.goto(`${base}/talk`)
check((await page.textContent('main')).includes('Mã ảnh số 1 đã rút lại'), 'the conversation says so')
await context.close()

// -- what stays behind, and the browsers that cannot -----------------------------------------------------------------------------------

const kept = readdirSync(profile, { recursive: true }).map(f => `${profile}/${f}`).filter(f => existsSync(f) && statSync(f).isFile())
const picture = readFileSync(large).subarray(3000, 3040), wasm = Buffer.from('lachan_pdq')
check(!kept.some(f => readFileSync(f).includes(picture)), 'no part of a picture lies in the profile')
check(!kept.some(f => /Cache/.test(f) && readFileSync(f).includes(wasm)), 'the program that hashes lies in no cache')

context = await launch({ javaScriptEnabled: false })
page = context.pages()[0] ?? await context.newPage()
await page.goto(`${base}/speak/more`)
check(!await page.isVisible('#yes') && await page.isVisible('#no'), 'without scripts the other ways are told')
await page.fill('#w', 'không có mã'); await page.click('#b .btn'); await page.waitForURL('**/speak/code')
check(true, 'without scripts the words are sent all the same')
await context.close()

// -- an old phone: six times slower -------------------------------------------------------------------------------------------------------

context = await launch()
page = await context.newPage()
await (await context.newCDPSession(page)).send('Emulation.setCPUThrottlingRate', { rate: 6 })
await page.goto(`${base}/speak/more`)
const began = Date.now()
await hashes([large])
console.log(`# a picture of 12 million points: ${Date.now() - began} ms on a processor six times slower, everything counted`)
const more = shared && existsSync(shared) ? readdirSync(shared).filter(f => /\.(jpe?g|png)$/.test(f)) : []
const distances = []
for (const f of more) {
  await page.goto('about:blank'); await page.goto(`${base}/speak/more`)
  distances.push(bits(fields((await hashes([`${shared}/${f}`]))[0]).pdq, native(`${shared}/${f}`)))
}
if (more.length) check(distances.every(n => n <= 31), `${more.length} further pictures are at most ${Math.max(...distances)} bits away`, distances)

await context.close()
proxy.close()
await server.stop()
rmSync(data, { recursive: true, force: true })
finish()
process.exit()
