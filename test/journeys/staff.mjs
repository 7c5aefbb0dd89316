// From nothing to an account: init, the one-time link, password, phone, recovery sheet, sign-in, and both roads of recovery.
// Usage: node staff.mjs PROGRAM; LACHAN_TEST_POSTGRES names a database, else SQLite.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Browser, Server, check, finish, plain, same, sleep, totp, urlencoded } from './client.mjs'

const folder = mkdtempSync(join(tmpdir(), 'lachan-journey-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const server = new Server(process.argv[2], join(folder, 'data'))
const made = server.run('init', '--json')
same(made.status, 0, 'init makes an instance')
const links = made.stdout.trim().split('\n').map(l => JSON.parse(l))
check(links.some(l => l.role === 'system_admin') && links.some(l => l.role === 'coordinator'), 'and links for an administrator and a coordinator', made.stdout)
same(server.run('init', '--json').stdout, '', 'a second init makes nothing')
await server.start()

const secretOn = page => plain(page.text.replace(/<[^>]*>/g, ' ')).match(/(?:[A-Z2-7]{4}\s+){7}[A-Z2-7]{4}/)?.[0].replace(/\s/g, '')
const sheetOn = page => plain(page.text.replace(/<[^>]*>/g, ' ')).match(/(?:[0-9A-Z]{4}\s*-\s*){6}[0-9A-Z]{2}\b/)?.[0].replace(/\s/g, '')
const link = links.find(l => l.role === 'coordinator'), password = 'giay-thuyen-mua-ha-2026'
const person = new Browser(server)

// -- the link --------------------------------------------------------------------------------------------------------------------

same((await person.get('/welcome/nonsense')).code, 404, 'a link that nobody made is gone')
same((await person.get(link.path)).code, 200, 'the link opens')
for (const [bad, again, why] of [['short', 'short', 'a short password'], [`${link.user}-1234567`, `${link.user}-1234567`, 'a password like the name'],
  [password, password + 'x', 'two different passwords'], ['', '', 'no password']]) {
  await person.get(link.path)
  await person.send(link.path, [['password', bad], ['again', again]])
  check(/aria-invalid/.test(person.page.text), `${why} is refused at its field`, person.page.code)
}
await person.get(link.path)
await person.send(link.path, [['password', password], ['again', password]])
const secret = secretOn(person.page)
check(secret, 'the page shows the secret of the second factor', person.page.text.slice(-2500))
await person.send('/account/phone', [['totp', '000000']])
check(/aria-invalid/.test(person.page.text) && secretOn(person.page) === secret, 'wrong digits are refused and the secret stays')
await person.send('/account/phone', [['totp', totp(secret)]])
const sheet = sheetOn(person.page)
check(sheet, 'then the recovery sheet is shown', person.page.text.slice(-2500))
await person.send('/account/sheet', [['last', sheet.slice(-2)]])
same((await person.get('/account')).code, 200, 'and the account is open')
same((await new Browser(server).get(link.path)).code, 404, 'the link works once')

// -- signing in and out ----------------------------------------------------------------------------------------------------------

async function enter(pass, digits) {
  const b = new Browser(server)
  await b.get('/sign-in')
  await b.send('/sign-in', [['user', link.user], ['password', pass], ['totp', digits]], { follow: false })
  return b
}
const signed = await enter(password, totp(secret))
check(signed.page.code === 303 && signed.page.to !== '/sign-in', 'password and digits open it')
await signed.get('/account')
const forged = await signed.request('POST', '/sign-out', urlencoded([['csrf', 'x']]))
check(forged.code >= 400, 'signing out needs the token of the page', forged.code)
await signed.get('/account')
await signed.send('/sign-out')
same((await signed.get('/account')).code, 303, 'signed out is out')

// -- recovery ----------------------------------------------------------------------------------------------------------------------

async function recover(fields) {
  const b = new Browser(server)
  await b.get('/recovery')
  await b.send('/recovery', [['user', link.user], ...fields])
  return b
}
const one = await recover([['recovery', sheet]])
check(!secretOn(one.page) && !sheetOn(one.page), 'the recovery code alone opens nothing', one.page.code)
const wrong = await recover([['recovery', 'A'.repeat(26)], ['password', password]])
check(!secretOn(wrong.page), 'a wrong code with the right password opens nothing')
const phone = await recover([['recovery', sheet], ['password', password]])
const secret2 = secretOn(phone.page)
check(secret2 && secret2 !== secret, 'code and password give a new second factor', phone.page.text.slice(-1500))
await phone.send('/account/phone', [['totp', totp(secret2)]])
const sheet2 = sheetOn(phone.page)
check(sheet2 && sheet2 !== sheet, 'and a new sheet')
same((await enter(password, totp(secret, Date.now() + 30000))).page.to, '/sign-in', 'the old phone opens nothing')
check(!secretOn((await recover([['recovery', sheet], ['password', password]])).page), 'the old sheet opens nothing')
const fresh = 'nui-cao-song-dai-2026'
// A step of the second factor counts once for a person: each use takes the next one, and the server grants one ahead.
let used = Math.floor(Date.now() / 30000)
const next = async () => {
  used++
  while (Math.floor(Date.now() / 30000) < used - 1) await sleep(500)
  return totp(secret2, used * 30000)
}
const lost = await recover([['recovery', sheet2], ['totp', await next()], ['new_password', fresh], ['again', fresh]])
check(sheetOn(lost.page), 'code and phone give a new password', plain(lost.page.text.replace(/<[^>]*>/g, ' ')))
same((await enter(password, await next())).page.to, '/sign-in', 'the old one does not sign in')
check((await enter(fresh, await next())).page.to !== '/sign-in', 'the new one does')

await server.stop()
const audit = server.run('audit verify')
same(audit.status, 0, `audit verify is content: ${audit.stdout.trim()}${audit.stderr.trim()}`)
check(![password, fresh, secret, secret2, sheet, sheet2, link.path.slice(9)].some(s => server.said.includes(s)), 'no secret was printed')
finish()
