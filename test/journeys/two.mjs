// V20: two servers on one PostgreSQL. One number for each entry, each job once, also where one of them is killed.
// Usage: node two.mjs PROGRAM, with LACHAN_TEST_POSTGRES.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Browser, Server, check, finish, same, sleep, totp, urlencoded } from './client.mjs'

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

// -- one queue, one session ------------------------------------------------------------------------------------------------------

const csrf = b => b.page.text.match(/name="?csrf"? value="([0-9a-f]+)"/)[1]
const hotline = people.map((a, i) => ({ a, b: desks[i] })).filter(p => p.a.organisation === 'hotline').map(p => p.b)
const [one, two] = hotline
one.server = first
two.server = second
await Promise.all([one.get('/desk?show=unclaimed'), two.get('/desk?show=unclaimed')])
const waiting = [...new Set([...one.page.text.matchAll(/\/desk\/([a-z0-9]{26})/g)].map(m => m[1]))].filter(id => two.page.text.includes(id))
check(waiting.length > 0, 'both servers show the same queue', waiting.length)
let both = 0
for (const id of waiting.slice(0, 6)) {
  await Promise.all([one, two].map(b => b.request('POST', `/desk/${id}/claim`, urlencoded([['csrf', csrf(b)]]))))
  const seen = await Promise.all([one, two].map(b => b.get(`/desk/${id}`)))
  both += seen.filter(p => /desk\/[a-z0-9]{26}\/release/.test(p.text)).length
  await Promise.all([one, two].map(b => b.get('/desk?show=unclaimed')))
}
same(both, Math.min(6, waiting.length), 'of two who claim at the same moment at two servers one has it')
check(!waiting.slice(0, 6).some(id => two.page.text.includes(`/desk/${id}/claim`)), 'and what was taken at one is gone from the queue of the other')
await two.get('/account')
two.server = first
await two.request('POST', '/sign-out', urlencoded([['csrf', csrf(two)]]))
two.server = second
same((await two.get('/desk')).code, 303, 'who signs out at one server is signed out at the other')

// -- timed work: once, and again where its server was killed in the middle ---------------------------------------------------------

const run = sql => { const r = spawnSync('psql', ['-X', '-At', '-v', 'ON_ERROR_STOP=1', '-c', sql, address.replace(/^postgres:/, 'postgresql:')], { encoding: 'utf8' }); if (r.status !== 0) throw new Error(r.stderr) }
run(`CREATE TABLE seen_audits (n BIGINT);
  CREATE FUNCTION see_audit() RETURNS trigger AS 'BEGIN IF NEW.kind = ''rows'' THEN INSERT INTO seen_audits VALUES (1); END IF; RETURN NEW; END' LANGUAGE plpgsql;
  CREATE TRIGGER see_audit AFTER INSERT OR UPDATE ON audits FOR EACH ROW EXECUTE FUNCTION see_audit()`)
const runs = () => Number(rows('SELECT count(*) FROM seen_audits'))
async function ran(n, seconds) {
  for (let i = 0; i < seconds * 10 && runs() < n; i++) await sleep(100)
  return runs()
}
const DUE = "UPDATE jobs SET due = 0, lease = 0 WHERE id = 'audit'"
for (let i = 1; i <= 5; i++) { run(DUE); await ran(i, 20) }
await sleep(2500)
same(runs(), 5, 'V20: work that was due five times ran five times, with two servers looking for it each second')

second.child.kill('SIGSTOP')
const holder = spawn('psql', ['-X', address.replace(/^postgres:/, 'postgresql:')], { stdio: ['pipe', 'ignore', 'ignore'] })
holder.stdin.write('BEGIN; LOCK TABLE audits IN ACCESS EXCLUSIVE MODE;\n')
await sleep(500)
run(DUE)
for (let i = 0; i < 100 && rows("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'") === '0'; i++) await sleep(100)
check(rows("SELECT lease > 0 FROM jobs WHERE id = 'audit'") === 't', 'one server is in the middle of a job')
second.child.kill('SIGCONT')
await first.kill()
holder.stdin.end('ROLLBACK;\n')
await sleep(3000)
same(runs(), 5, 'V20: killed in the middle: its lease still holds the job')
run("UPDATE jobs SET lease = 1 WHERE id = 'audit'")         /* as if its half hour were over */
same(await ran(6, 20), 6, 'V20: then the other server does it')
await sleep(2000)
same(runs(), 6, 'V20: and once')
await first.start()
same(rows("SELECT fine FROM audits WHERE kind = 'rows'"), '1', 'and it found nothing altered')

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
