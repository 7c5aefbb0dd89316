// An office that fills up: links are opened, an administrator adds people and sets things, a coordinator confirms.
import { Browser, plain, sleep, totp, urlencoded } from './client.mjs'

export const words = page => plain(page.text.replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ')

// A step of the second factor counts once for a person: each sign-in takes the next one, and the server grants one ahead.
const used = new Map()
async function digits(secret) {
  const step = Math.max(Math.floor(Date.now() / 30000), (used.get(secret) ?? 0) + 1)
  used.set(secret, step)
  while (Math.floor(Date.now() / 30000) < step - 1) await sleep(500)
  return totp(secret, step * 30000)
}
export async function enter(server, { user, password, totp_secret }) {
  const b = new Browser(server)
  await b.get('/sign-in')
  await b.send('/sign-in', [['user', user], ['password', password], ['totp', await digits(totp_secret)]])
  b.login = user
  return b
}

// The one-time link: password, phone, printed code.
export async function open(server, link, user) {
  const b = new Browser(server), password = `mot-mat-khau-dai-cua-${user}`
  await b.get(link)
  await b.send(link, [['password', password], ['again', password]])
  const secret = words(b.page).match(/(?:[A-Z2-7]{4}\s+){7}[A-Z2-7]{4}/)?.[0].replace(/\s/g, '')
  await b.send('/account/phone', [['totp', totp(secret)]])
  const sheet = words(b.page).match(/(?:[0-9A-Z]{4}\s*-\s*){6}[0-9A-Z]{2}\b/)?.[0].replace(/\s/g, '')
  await b.send('/account/sheet', [['last', sheet.slice(-2)]])
  used.set(secret, Math.floor(Date.now() / 30000))
  await b.get('/account')
  return Object.assign(b, { account: { user, password, totp_secret: secret }, number: b.page.text.match(/<b class=mono>([0-9A-F-]{9})/)?.[1] })
}

// What an administrator and a coordinator do together.
export const office = (admin, coordinator) => ({
  async add(name, login) {
    await admin.get('/admin/people')
    await admin.send('/admin/people', [['name', name], ['login', login]])
    const path = admin.page.text.match(/action="?(\/admin\/people\/[0-9a-z]{26})"?/)[1]
    return { path, link: admin.page.text.match(/(\/welcome\/[A-Za-z0-9_-]{43})/)[1] }
  },

  // One of several forms of a person's page.
  async to(person, fields) {
    await admin.get(person.path)
    const tokens = admin.hidden(person.path).filter(([name]) => name === 'csrf' || name === 'token')
    const { to: next } = await admin.request('POST', person.path, urlencoded([...tokens, ...fields]))
    return admin.get(next)
  },

  async unit(name, kind) {
    await admin.get('/admin/units')
    await admin.send('/admin/units', [['name', name], ['kind', kind]])
    return admin.page.text.match(/action="?\/admin\/units\/([0-9a-z]{26})/)[1]
  },

  async route(kind, unit, province = '*') {
    await admin.get('/admin/routes')
    return admin.send('/admin/routes', [['kind', kind], ['unit', unit], ['province', province], ['commune', ''], ['rank', '0']])
  },

  // The coordinator opens what waits under these words, and confirms.
  async confirm(what) {
    await coordinator.get('/admin/confirm')
    const row = [...coordinator.page.text.matchAll(/<a href="?(\/admin\/confirm\/[0-9a-z]{26})"?>([^<]*)</g)].find(m => plain(m[2]).includes(what))
    if (!row) return { code: 0 }
    await coordinator.get(row[1])
    const shown = words(coordinator.page)
    await coordinator.send(row[1], [])
    return { code: coordinator.page.code, shown, text: coordinator.page.text }
  },
})
