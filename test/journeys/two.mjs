// V20: two servers on one PostgreSQL. One number for each entry, each job once, also where one of them is killed.
// Usage: node two.mjs PROGRAM, with LACHAN_TEST_POSTGRES.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Browser, Server, check, finish, same, sleep, totp } from './client.mjs'

const address = process.env.LACHAN_TEST_POSTGRES
if (!address) { console.log('1..0 # SKIP needs PostgreSQL'); process.exit(0) }
const folder = mkdtempSync(join(tmpdir(), 'lachan-journey-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const rows = sql => spawnSync('psql', ['-X', '-At', '-c', sql, address.replace(/^postgres:/, 'postgresql:')], { encoding: 'utf8' }).stdout.trim()

const first = await new Server(process.argv[2], join(folder, 'data'), { verb: 'demo' }).start()
await first.stop()
first.verb = 'serve'
await first.start()
const second = await new Server(process.argv[2], join(folder, 'data')).start()
const told = Number(rows('SELECT count(*) FROM cases'))

// Staff acts are numbered each second: both servers take them, and both have the job.
const people = first.accounts().filter(a => ['counsellor', 'supervisor', 'caseworker', 'focal_point'].includes(a.role))
const desks = await Promise.all(people.map(async (a, i) => {
  const b = new Browser([first, second][i % 2])
  await b.get('/sign-in')
  await b.send('/sign-in', [['user', a.user], ['password', a.password], ['totp', totp(a.totp_secret)]])
  return b
}))
const codes = []
for (let round = 0; round < 12; round++) {
  await Promise.all(desks.map((b, i) => { b.server = [first, second][(i + round) % 2]; return b.get('/desk').then(async p => {
    const path = p.text.match(/href="?(\/desk\/[a-z0-9]{26})/)?.[1]
    if (path) await b.get(path)
  }).catch(() => {}) }))
  const key = { 'Idempotency-Key': `two-servers-${round}-0000` }
  const both = await Promise.all([first, second].map(s => new Browser(s).api('/api/v1/speak', { story: `vòng ${round}` }, key).catch(() => null)))
  const given = both.filter(r => r?.code === 201).map(r => r.text)
  codes.push(...given)
  if (given.length === 2 && given[0] !== given[1]) check(false, 'one key at two servers is one report', given.join(' '))
  if (round === 6) { await second.kill(); second.start() ; await sleep(1500) }
  await sleep(150)
}
same(Number(rows('SELECT count(*) FROM cases')) - told, 12, 'twelve reports, each told to both servers, are twelve')
check(codes.length > 12, 'both servers have answered', codes.length)
check((await desks[0].get('/desk')).code === 200, 'who signed in at one server is signed in at the other')
await sleep(2500)
same(rows('SELECT count(*) - count(DISTINCT seq) FROM log WHERE seq IS NOT NULL'), '0', 'V20: no number was given twice')
same(rows('SELECT max(seq) + 1 - count(seq) - min(seq) FROM log WHERE seq IS NOT NULL'), '0', 'V20: no number is missing')
same(rows('SELECT count(*) FROM log WHERE seq IS NULL AND anonymous = 0'), '0', 'V20: after the kill the other goes on numbering')
same(rows('SELECT count(*) FROM jobs WHERE lease > extract(epoch FROM now() + interval \'10 minutes\') * 1000'), '0', 'V20: no lease holds a job for long')
await first.stop()
await second.stop()
const audit = first.run('audit verify')
same(audit.status, 0, `audit verify is content: ${audit.stdout.trim()}${audit.stderr.trim()}`)
finish()
