// The pictures of the README, from a demo server: node screenshots.mjs BASE ACCOUNTS.json FOLDER. Everything shown is made up.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { chromium } from 'playwright-core'
import { totp } from '../journeys/client.mjs'

const [base, accounts, folder] = process.argv.slice(2)
const PNG_MAX = 150_000
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] })
let bad = 0

async function shot(page, name) {
  const path = `${folder}/${name}.png`
  await page.screenshot({ path })
  const { size } = statSync(path)
  console.log(`${size < PNG_MAX ? 'ok' : 'not ok'} - ${name}.png, ${size} bytes`)
  bad += size >= PNG_MAX
}

const child = await browser.newPage({ viewport: { width: 360, height: 740 }, javaScriptEnabled: false, locale: 'vi-VN' })
await child.goto(base + '/')
await shot(child, 'child')

async function signedIn(role) {
  const account = JSON.parse(readFileSync(accounts)).find(a => a.role === role)
  const page = await browser.newPage({ viewport: { width: 1200, height: 620 }, javaScriptEnabled: false, locale: 'vi-VN' })
  await page.goto(`${base}/sign-in`)
  await page.fill('[name=user]', account.user)
  await page.fill('[name=password]', account.password)
  await page.fill('[name=totp]', totp(account.totp_secret))
  await page.click('main form button')
  return page
}

const desk = await signedIn('counsellor')
await desk.goto(base + '/desk')
const first = await desk.locator('.tasks tr', { hasNotText: 'làm đau mình' }).locator('a[href^="/desk/"]').first().getAttribute('href')
if (first) await desk.goto(base + first)
await shot(desk, 'desk')

// The commune's first case of law with a form that is half filled in: the case, then the form's page of rated rows.
const commune = await signedIn('caseworker')
await commune.goto(base + '/cases')
const cases = await commune.locator('.tasks a.go').evaluateAll(links => links.map(a => a.getAttribute('href')))
for (const href of cases) {
  await commune.goto(`${base}${href}/papers`)
  const half = commune.locator('.rows a.go[href*="/papers/"]:not([href$="/read"])').first()
  if (!await half.count()) continue
  const paper = await half.getAttribute('href')
  await commune.goto(base + href)
  await commune.setViewportSize({ width: 1200, height: 560 })
  await shot(commune, 'case')
  await commune.goto(base + paper)
  for (let page = 0; page < await commune.locator('.pages-list li').count() && !await commune.locator('.ticks.scale').count(); page++)
    await commune.locator('.pages-list .link').nth(page).click()
  await shot(commune, 'form')
  break
}
bad += !existsSync(`${folder}/case.png`) || !existsSync(`${folder}/form.png`)
await browser.close()
process.exit(bad ? 1 : 0)
