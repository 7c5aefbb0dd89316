// The whole demo without scripts: signs in as every role, follows every link that a page shows, and looks at one page of each
// kind with axe, at 320 px, in the dark and in English. Usage: node walk.mjs PROGRAM [FOLDER for screenshots]
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { chromium } from 'playwright-core'
import { Server, check, finish, totp } from '../journeys/client.mjs'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const quiet = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
const KIND_MAX = 2          // pages of one kind that one role visits
const data = mkdtempSync(`${tmpdir()}/walk-`), shots = process.argv[3]
const server = await new Server(process.argv[2], data, { verb: 'demo' }).start(300)
const base = `http://127.0.0.1:${server.port}`
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: quiet })

// "/cases/:id/tasks?edit": ids, codes and values are forgotten.
function kindOf(url) {
  const u = new URL(url)
  const path = u.pathname.replace(/\/[0-9a-z]{26}(?=\/|$)/g, '/:id').replace(/\/act\/[a-z]+/, '/act/:act')
  return `${path}?${[...u.searchParams.keys()].filter(k => k !== 'lang').sort().join('&')}`
}

const hrefs = page => page.evaluate(() => [...document.querySelectorAll('a[href]')].map(a => a.href))
const dead = [], violations = [], sideways = [], unfilled = [], seen = new Set(), langs = []

// axe needs scripts and timers, so it looks through a second window of the same person.
async function look(context, url, kind, who) {
  const seeing = await browser.newContext({ storageState: await context.storageState(), locale: 'vi-VN' })
  const page = await seeing.newPage()
  await page.goto(url)
  await page.evaluate(axe)
  for (const [width, colorScheme] of shots ? [[1280, 'light'], [360, 'light'], [1280, 'dark'], [360, 'dark']] : [[1280, 'dark'], [360, 'light']]) {
    await page.setViewportSize({ width, height: width === 360 ? 740 : 800 })
    await page.emulateMedia({ colorScheme })
    const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }))
    violations.push(...found.violations.flatMap(v => v.nodes.map(n => `${who} ${kind} ${width} ${colorScheme} ${v.id}: ${n.target} ${n.failureSummary?.split('\n')[1] ?? ''}`)))
    if (shots) await page.screenshot({ path: `${shots}/${who}${kind.replace(/[^a-z0-9]+/g, '-')}-${width}-${colorScheme}.png`, fullPage: true })
  }
  for (const width of [320, 961]) {
    await page.setViewportSize({ width, height: 740 })
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    if (over > 0) sideways.push(`${who} ${kind} at ${width}: ${over} px`)
  }
  const fills = await page.evaluate(() => document.body.innerText.match(/\{\d\}/g) ?? [])
  unfilled.push(...fills.map(f => `${who} ${kind}: ${f}`))
  const english = await page.goto(`${url}${url.includes('?') ? '&' : '?'}lang=en`)
  const left = await page.evaluate(() => document.querySelectorAll('main span[lang=vi], nav span[lang=vi]').length)
  if (english.status() !== 200 || left) langs.push(`${who} ${kind}: ${english.status()}, ${left} texts are not translated`)
  await seeing.close()
}

async function walk(account) {
  const context = await browser.newContext({ javaScriptEnabled: false, locale: 'vi-VN', viewport: { width: 1280, height: 800 } })
  const page = await context.newPage()
  const counts = new Map(), known = new Set(), queue = []
  const add = (url, from) => {
    const u = new URL(url, base)
    u.hash = ''
    u.searchParams.delete('lang')
    if (u.origin !== base || known.has(u.href) || /^\/(exit|assets)/.test(u.pathname)) return
    known.add(u.href)
    queue.push([u.href, from])
  }
  if (account) {
    await page.goto(`${base}/sign-in`)
    await page.fill('[name=user]', account.user)
    await page.fill('[name=password]', account.password)
    await page.fill('[name=totp]', totp(account.totp_secret))
    await page.click('main form button')
    if (page.url().includes('sign-in')) return check(false, `${account.user} signs in`)
  }
  const who = account ? account.role : 'child'
  add(account ? page.url() : `${base}/`, 'the start')
  for (const href of await hrefs(page)) add(href, 'the start')
  while (queue.length) {
    const [url, from] = queue.shift(), kind = kindOf(url)
    const n = counts.get(kind) ?? 0
    if (n >= KIND_MAX) continue
    counts.set(kind, n + 1)
    const answer = await page.goto(url).catch(error => ({ status: () => `no page: ${error.message.split('\n')[0]}` }))
    if (/Download is starting/.test(answer.status())) continue
    if (answer.status() !== 200) { dead.push(`${who} ${url} from ${from}: ${answer.status()}`); continue }
    for (const href of await hrefs(page)) add(href, url)
    if (!seen.has(kind)) {
      seen.add(kind)
      await look(context, url, kind, who)
    }
  }
  await context.close()
  return counts.size
}

await walk(null)
const roles = new Map()
for (const account of server.accounts()) if (!roles.has(account.role + account.organisation)) roles.set(account.role + account.organisation, account)
let kinds = 0
for (const account of roles.values()) kinds += await walk(account) ?? 0
console.log(`# ${seen.size} kinds of pages`)
check(kinds > 20 && seen.size > 20, 'the walk went somewhere', `${kinds} ${seen.size}`)
check(dead.length === 0, 'every link that a page shows leads somewhere for whom it is shown', dead.join('\n'))
check(violations.length === 0, 'axe finds nothing, narrow and wide, light and dark', violations.join('\n'))
check(sideways.length === 0, 'no page scrolls sideways at 320 px', sideways.join('\n'))
check(unfilled.length === 0, 'every text is whole', unfilled.join('\n'))
check(langs.length === 0, 'every page is there in English, whole', langs.join('\n'))
await browser.close()
await server.stop()
rmSync(data, { recursive: true, force: true })
finish()
