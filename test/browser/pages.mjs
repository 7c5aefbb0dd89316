// The child pages in Debian's Chromium, scripts off as the pages are made for it: accessibility, narrow screens, the way out
// first, and the form that shows one question at a time. Usage: node pages.mjs FOLDER, which `render` filled.
import { readdirSync, readFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const folder = process.argv[2]
const files = readdirSync(folder).filter(f => f.endsWith('.html')).sort()
const quiet = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: quiet })
let number = 0, bad = 0

function say(good, sentence, why = []) {
  if (!good) for (const line of why) console.log(`# ${line}`)
  console.log(`${good ? 'ok' : 'not ok'} ${++number} - ${sentence}`)
  bad += !good
}

// The pages ask for nothing else than themselves: whatever else is requested is an error.
async function open(file, { width = 360, height = 740, colorScheme = 'light', ...more } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, ...more })
  const page = await context.newPage()
  const asked = []
  page.on('request', r => { if (!r.url().startsWith('data:')) asked.push(r.url()) })
  await page.goto(`file://${folder}/${file}`)
  return { page, asked, close: () => context.close() }
}

// Every page, and every state of it that an address shows, in one tab: about:blank between, so that nothing carries over.
async function each(options, look) {
  const { page, close } = await open(files[0], options)
  for (const file of files) for (const hash of hashes(file)) {
    await page.goto('about:blank')
    await page.goto(`file://${folder}/${file}${hash}`)
    await look(page, file + hash)
  }
  await close()
}

const hashes = file => file.startsWith('speak.') ? ['', '#b2', '#b3', '#b4', '#b5', '#b8', '#b9', '#b'] : file.startsWith('thread.') ? ['', '#end', '#new-code'] : ['']

for (const colorScheme of ['light', 'dark']) {
  const found = []
  await each({ colorScheme }, async (page, name) => {
    await page.evaluate(axe)
    const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }))
    found.push(...violations.flatMap(v => v.nodes.map(n => `${name}: ${v.id}: ${n.target} ${n.failureSummary?.split('\n')[1] ?? ''}`)))
  })
  say(found.length === 0, `axe finds nothing on any page, ${colorScheme}`, found)
}

for (const [width, height] of [[320, 640], [360, 740], [1280, 800]]) {
  const wide = []
  await each({ width, height }, async (page, name) => {
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    if (over > 0) wide.push(`${name}: ${over} px`)
  })
  say(wide.length === 0, `no page scrolls sideways at ${width} px`, wide)
}

const notFirst = [], noisy = [], small = []
for (const file of files) {
  const { page, asked, close } = await open(file, { javaScriptEnabled: true })
  await page.keyboard.press('Tab')
  if (await page.evaluate(() => document.activeElement.className) !== 'exit') notFirst.push(file)
  if (asked.length !== 1) noisy.push(`${file}: ${asked}`)
  small.push(...await page.evaluate(() => [...document.querySelectorAll('a.btn,button,input:not([type=hidden]),select,textarea,a.exit,a.call,a.door,summary')]
    .filter(e => e.offsetHeight && !e.closest('label')).filter(e => e.getBoundingClientRect().height < 47.5)
    .map(e => `${document.title} ${e.tagName} ${e.textContent.slice(0, 20)} ${e.getBoundingClientRect().height}`)))
  await close()
}
say(notFirst.length === 0, 'the way out is the first stop of the keyboard', notFirst)
say(noisy.length === 0, 'no page makes a second request', noisy)
say(small.length === 0, 'every control is 48 px high', small)

async function visible(page) {
  return (await page.locator('section:visible').evaluateAll(all => all.map(e => e.id))).join(' ')
}

{
  const { page, close } = await open('speak.vi.html', { javaScriptEnabled: false })
  say(await visible(page) === 'b0', 'the form begins with what is true')
  await page.click('#b0 .btn'); await page.click('text=Chính em'); await page.click('#b1 .btn')
  say(await visible(page) === 'b2', 'one question shows at a time')
  const before = await page.locator('#b2 .urgent').isVisible()
  await page.click('text=Có, ngay bây giờ')
  say(!before && await page.locator('#b2 .urgent').isVisible(), 'numbers to call appear under the answer')
  await page.click('#b2 .btn'); await page.click('text=Bị doạ'); await page.click('text=Chuyện khác')
  await page.click('#b3 .btn'); await page.fill('#story', 'một dòng\nhai dòng')
  await page.goBack(); const back = await visible(page); await page.goForward()
  say(back === 'b3' && await page.inputValue('#story') === 'một dòng\nhai dòng', 'Back keeps what was typed')
  await page.click('#b4 .btn'); await page.fill('#where', 'nhóm lớp'); await page.keyboard.press('Enter')
  say(await visible(page) === 'b5', 'Enter does not send the form half-way')
  await page.click('#b5 .btn'); await page.click('#b6 >> text=12–15'); await page.click('#b6 .btn')
  await page.selectOption('#province', '92'); await page.click('#b7 .btn'); await page.click('text=Trường học'); await page.click('#b8 .btn')
  await page.click('text=Xem lại mọi câu')
  say((await visible(page)).split(' ').length === 10, 'all questions can be seen again')
  const values = await page.evaluate(() => [...new FormData(document.forms[0])].filter(([, v]) => typeof v === 'string').map(([k, v]) => `${k}=${v}`))
  const want = ['who=self', 'danger=now', 'harm=threat', 'harm=other', 'age=12-15', 'province=92', 'exclude=school']
  const missing = want.filter(w => !values.includes(w))
  say(missing.length === 0 && values[0].startsWith('token='), 'the form holds every answer under its name', missing)
  await close()
}
{
  const { page, close } = await open('code.vi.html')
  say(await page.textContent('#access-code') === '7K3M-9QXR-T4VB-2HDN', 'the text of the code is the code with its hyphens')
  await page.emulateMedia({ media: 'print' })
  const shown = await page.evaluate(() => [...document.querySelectorAll('body *')].filter(e => e.offsetHeight && e.innerText?.trim()).map(e => e.innerText.replace(/\s/g, '')))
  say(shown.every(t => '7K3M-9QXR-T4VB-2HDN'.includes(t)), 'paper shows the code and nothing else', shown.slice(0, 3))
  await close()
}
{
  const { page, close } = await open('talk-wrong.vi.html')
  const described = await page.evaluate(() => document.querySelector('#code').getAttribute('aria-describedby').split(' ').map(id => document.getElementById(id).textContent))
  say(described.some(t => t.startsWith('Lỗi: ')), 'a mistyped code is told at its field')
  await close()
}

// A text browser reads the same: the way out first, one answer a line, the code whole.
function lynx(file) {
  const run = spawnSync('lynx', ['-dump', '-nolist', '-width=100', `${folder}/${file}`], { encoding: 'utf8' })
  return run.error ? null : run.stdout.split('\n').map(l => l.trim()).filter(l => l)
}
if (lynx('code.vi.html') === null) {
  say(true, 'a text browser reads the pages # SKIP lynx is not installed')
} else {
  const speak = lynx('speak.vi.html')
  say(speak[0] === 'Thoát nhanh', 'a text browser shows the way out first')
  say(speak.includes('( ) Em không chắc') && speak.includes('113 Gọi công an'), 'a text browser shows one answer and one number a line')
  say(lynx('code.vi.html').includes('7K3M-9QXR-T4VB-2HDN'), 'a text browser shows the code whole')
}

await browser.close()
console.log(`1..${number}`)
process.exit(bad ? 1 : 0)
