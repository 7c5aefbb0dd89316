// The staff pages in Debian's Chromium: accessibility, narrow and wide screens, large text, paper, and what must never be
// mistaken or reachable. Usage: node staff.mjs FOLDER, which `render_staff` filled.
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const folder = process.argv[2]
const files = readdirSync(folder).filter(f => f.endsWith('.html')).sort()
const quiet = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
const launch = (more = []) => chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: [...quiet, ...more] })
const browser = await launch()
let number = 0, bad = 0

function say(good, sentence, why = []) {
  for (const line of why) console.log(`# ${line}`)
  console.log(`${good ? 'ok' : 'not ok'} ${++number} - ${sentence}`)
  bad += !good
}

async function open(file, { width = 1280, height = 800, in: where = browser, ...more } = {}) {
  const context = await where.newContext({ viewport: { width, height }, ...more })
  const page = await context.newPage()
  await page.goto(`file://${folder}/${file}`)
  return { page, close: () => context.close() }
}

// One window for many files: a fresh one for each costs more than the look.
async function each(where, list, more, look) {
  const context = await where.newContext({ viewport: { width: 1280, height: 800 }, ...more })
  const page = await context.newPage()
  for (const file of list) {
    await page.goto(`file://${folder}/${file}`)
    await look(page, file)
  }
  await context.close()
}

// Both languages at the narrow width, where words break; colours are those of either language.
for (const colorScheme of ['light', 'dark']) {
  const found = []
  await each(browser, files.filter(f => colorScheme === 'light' || f.includes('.vi.')), { colorScheme }, async (page, file) => {
    await page.evaluate(axe)
    for (const width of file.includes('.vi.') ? [360, 1280] : [360]) {
      await page.setViewportSize({ width, height: 800 })
      const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }))
      found.push(...violations.flatMap(v => v.nodes.map(n => `${file} ${width} ${v.id}: ${n.target} ${n.failureSummary?.split('\n')[1] ?? ''}`)))
    }
  })
  say(found.length === 0, `axe finds nothing on any staff page, ${colorScheme}`, found)
}

async function sideways(where, widths) {
  const wide = []
  await each(where, files, {}, async (page, file) => {
    for (const width of widths) {
      await page.setViewportSize({ width, height: 800 })
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      if (over > 0) wide.push(`${file} at ${width}: ${over} px`)
    }
  })
  return wide
}
{
  const wide = await sideways(browser, [320, 360, 959, 961, 1280, 1600])
  say(wide.length === 0, 'no staff page scrolls sideways from 320 to 1600 px', wide)
  const large = await launch(['--blink-settings=defaultFontSize=32'])
  const clipped = await sideways(large, [360, 1280])
  say(clipped.length === 0, 'nor with text twice as large', clipped)
  await large.close()
}
{
  const small = []
  for (const [width, least] of [[360, 44], [1280, 28]]) await each(browser, files, { viewport: { width, height: 800 } }, async (page, file) => {
    small.push(...await page.evaluate(([file, width, least]) => [...document.querySelectorAll('.btn,.link,.modes a,.nav li a,.panes a,.pages a,input:not([type=hidden]),select,textarea')]
      .map(e => e.matches('[type=checkbox],[type=radio]') ? e.closest('label') ?? e : e)      // the whole label is what one hits
      .filter(e => e.getClientRects().length && e.getBoundingClientRect().height < least - 0.5)
      .map(e => `${file} ${width} ${e.tagName} ${e.textContent.trim().slice(0, 20)} ${e.getBoundingClientRect().height}`), [file, width, least]))
  })
  say(small.length === 0, 'controls are 44 px high on a narrow screen, 28 px on a wide one', small)
}
{
  const wrong = []
  await each(browser, files, {}, async (page, file) => {
    wrong.push(...await page.evaluate(file => {
      const posts = [...document.querySelectorAll('form[method=post]')]
      const signedIn = document.querySelector('header.nav') !== null
      const lacks = posts.filter(f => signedIn && !(f.querySelector('[name=token]') && f.querySelector('[name=csrf]')))
      const demo = document.querySelector('.demo') === null ? ['no mark of made-up data'] : []
      const fills = document.body.innerText.match(/\{\d\}/g) ?? []
      return [...lacks.map(f => `${file}: ${f.getAttribute('action')} has no token`), ...demo.map(d => `${file}: ${d}`), ...fills.map(f => `${file}: ${f} is not filled`)]
    }, file))
  })
  say(wrong.length === 0, 'every form of a session carries its tokens, every page says that the data is made up, every text is whole', wrong)
}
{
  const { page, close } = await open('sign-in-failed.vi.html')
  say(await page.inputValue('#user') === '"><script>alert(1)</script>' && await page.locator('main script').count() === 0, 'what was typed comes back as text')
  say((await page.title()).startsWith('Lỗi: '), 'a page with an error says so in its title')
  await close()
}
{
  const { page, close } = await open('case.vi.html')
  const sealed = page.locator('.ev.sealed')
  say(await sealed.count() === 1 && await page.locator('.ev a, .ev img, .ev button').count() === 0, 'evidence is covered, and a sealed file has no way in')
  say(await page.locator('.summary dd a').count() === 0, 'an address that a report names is no link')
  say((await page.locator('.thread .note').evaluate(e => getComputedStyle(e).borderTopStyle)) === 'dashed', 'a private note is dashed')
  await close()
}
{
  const { page, close } = await open('files.vi.html')
  say(await page.locator('main img, main video, main object, main iframe').count() === 0, 'a list of files shows nothing of them')
  say(await page.locator('.ev.sealed a').count() === 0 && await page.locator('.ev:not(.sealed) a').count() === 6, 'a sealed file has no way in, the others ask for a reason')
  await close()
  const blurred = await open('file-blurred.vi.html')
  say((await blurred.page.locator('main img').evaluateAll(all => all.map(i => i.getAttribute('src')))).join() === 'blurred.svg', 'before it is asked for, the clear picture is not even named')
  say(await blurred.page.locator('form[action$="/clear"] button').count() === 1, 'and asking for it is a button of its own')
  await blurred.close()
}
{
  const reply = await open('case.vi.html'), note = await open('case-note.vi.html')
  const form = p => p.locator('.composer form').evaluate(f => [f.getAttribute('action').split('/').pop(), f.querySelector('button').innerText.trim()].join(': '))
  say(await form(reply.page) === 'reply: Gửi cho trẻ' && await form(note.page) === 'note: Lưu ghi chú riêng', 'reply and note are two forms with two names')
  await reply.close(); await note.close()
}
{
  const { page, close } = await open('case-waiting.vi.html')
  say(await page.locator('textarea').count() === 0 && await page.locator('form[action$="/claim"]').count() > 0, 'a report that nobody took cannot be answered before it is taken')
  await close()
}
{
  const { page, close } = await open('desk.vi.html')
  say(await page.locator('tr:has-text("PA-0413D") a, tr:has-text("PA-0413D") form').count() === 0, 'a row that was changed behind the program is shown and cannot be opened')
  await page.keyboard.press('Tab')
  say(await page.evaluate(() => document.activeElement.className) === 'skip', 'the skip link is the first stop of the keyboard')
  await page.keyboard.press('Tab')
  await page.keyboard.press('j')
  say(await page.evaluate(() => document.activeElement.className) === 'go', 'J goes to the list')
  await close()
}
{
  const { page, close } = await open('desk-keys-off.vi.html')
  await page.keyboard.press('j')
  say(await page.evaluate(() => document.activeElement === document.body), 'shortcuts can be switched off')
  await close()
}
{
  const { page, close } = await open('account.vi.html', { javaScriptEnabled: false })
  say(await page.locator('form[action^="/account/keys"] button').isVisible(), 'the switch of the shortcuts works without scripts')
  await close()
}
{
  const { page, close } = await open('case.vi.html')
  await page.fill('#text', 'Chào em.')
  await page.keyboard.press('j')
  say((await page.inputValue('#text')).endsWith('j'), 'inside a field a letter is a letter')
  await page.fill('#text', 'Chào em.')
  await page.selectOption('#answer', 'no-pay')
  await page.click('.insert button')
  await page.click('.canned summary')
  await page.click('.canned li:nth-child(2) a')
  const text = await page.inputValue('#text')
  say(text.startsWith('Chào em.\n\nEm đừng chuyển tiền') && text.includes('khi chưa sẵn sàng') && page.url().startsWith('file:'), 'ready-made answers go behind what was typed', [text])
  say(await page.locator('.canned[open]').count() === 0, 'and their list closes')
  await close()
}
{
  const { page, close } = await open('recovery-sheet.vi.html')
  await page.emulateMedia({ media: 'print' })
  const shown = await page.evaluate(() => [...document.querySelectorAll('body *')].filter(e => e.children.length === 0 && e.getClientRects().length && e.innerText?.trim() && !e.closest('.sheet')).map(e => e.innerText))
  say(shown.length === 0 && await page.locator('.sheet .big').isVisible(), 'paper shows the sheet with the recovery code and nothing else', shown)
  await close()
}
{
  const { page, close } = await open('case.vi.html')
  await page.emulateMedia({ media: 'print' })
  const hidden = await page.evaluate(() => ['.nav', '.composer', '.acts', '.queue', '.panes'].filter(s => [...document.querySelectorAll(s)].some(e => e.getClientRects().length)))
  say(hidden.length === 0 && (await page.locator('.printed').innerText()).includes('DỮ LIỆU GIẢ') && await page.locator('.summary').isVisible(), 'paper shows the report, who printed it and when, and that it is made up', hidden)
  await close()
}

await browser.close()
console.log(`1..${number}`)
process.exit(bad ? 1 : 0)
