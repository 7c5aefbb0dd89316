// The pictures of the README, from a demo server: node screenshots.mjs BASE ACCOUNTS.json FOLDER. Everything shown is made up.
import { execFileSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { chromium } from 'playwright-core'

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

// The sign-in of a member of staff, made outside the browser: its cookie is all that the page needs.
const cookie = execFileSync('node', [new URL('../../bench/sign_in.mjs', import.meta.url).pathname, base, accounts, 'counsellor'], { encoding: 'utf8' }).trim()
const staff = await browser.newContext({ viewport: { width: 1200, height: 700 }, locale: 'vi-VN', extraHTTPHeaders: { cookie } })
const desk = await staff.newPage()
await desk.goto(base + '/desk')
const first = await desk.locator('a[href^="/desk/"]').first().getAttribute('href')
if (first) await desk.goto(base + first)
await shot(desk, 'desk')
await browser.close()
process.exit(bad ? 1 : 0)
