// Invariants that can be seen from outside: V6, V7, V8, V13. Usage: node promises.mjs PROGRAM; LACHAN_TEST_POSTGRES or SQLite.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Browser, Server, check, finish, same } from './client.mjs'

const folder = mkdtempSync(join(tmpdir(), 'lachan-journey-')), data = join(folder, 'data'), address = process.env.LACHAN_TEST_POSTGRES
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
function sql(text) {
  const run = address ? spawnSync('psql', ['-X', '-At', '-v', 'ON_ERROR_STOP=1', '-c', text, address.replace(/^postgres:/, 'postgresql:')], { encoding: 'utf8' })
    : spawnSync('sqlite3', ['-batch', '-cmd', '.timeout 5000', join(data, 'lachan.db'), text], { encoding: 'utf8' })
  if (run.status !== 0) throw new Error(run.stderr)
  return run.stdout.trim()
}
const server = await new Server(process.argv[2], data, { verb: 'demo' }).start()
const child = new Browser(server)
const file = name => [name, { name: 'a.txt', type: 'text/plain', bytes: 'tệp' }]
const old = "(SELECT id FROM old_cases)"
sql('CREATE TABLE old_cases AS SELECT id FROM cases')

// -- V8: a unit of an excluded organisation is named by no grant, live or dormant ---------------------------------------------------

const kinds = sql('SELECT DISTINCT o.kind FROM organisations o JOIN units u ON u.org = o.id').split('\n')
const provinces = ['', ...sql("SELECT DISTINCT area FROM routes WHERE area <> '*'").split('\n').filter(Boolean)]
let named = 0
for (const kind of kinds) for (const area of provinces) {
  sql('DELETE FROM old_cases')
  sql('INSERT INTO old_cases SELECT id FROM cases')
  const r = await child.apiForm('/api/v1/speak', [['story', `không gửi ${kind}`], ['exclude', kind], ['province', area.slice(0, 2)], ['commune', area], file('files'), file('files_private')])
  if (r.code !== 201) check(false, `a report that excludes ${kind} is taken`, r.code + r.text)
  const fresh = `compartments c ON c.id = g.comp AND c.case_id NOT IN ${old} JOIN units u ON u.id = g.unit JOIN organisations o ON o.id = u.org`
  for (const table of ['grants', 'dormant_grants']) {
    const n = Number(sql(`SELECT count(*) FROM ${table} g JOIN ${fresh} WHERE o.kind = '${kind}' AND u.kind <> 'national'`))
    named += n
    if (n) check(false, `V8: no grant names ${kind}, which was excluded`, `${n} in ${table}, area ${area}`)
  }
  if (!Number(sql(`SELECT count(*) FROM grants g JOIN ${fresh} WHERE c.letter = 'C'`))) check(false, `somebody can read the report that excludes ${kind}`)
}
same(named, 0, `V8: no grant, live or dormant, names a unit of an excluded organisation (${kinds.length} kinds, ${provinces.length} places)`)

// -- V7: the reporter's grants ---------------------------------------------------------------------------------------------------------

same(sql("SELECT DISTINCT c.letter FROM grants g JOIN compartments c ON c.id = g.comp WHERE g.unit IS NULL"), 'C', 'V7: the reporter holds C and nothing else')
same(sql("SELECT count(*) FROM grants g JOIN compartments c ON c.id = g.comp JOIN units u ON u.id = g.unit WHERE c.letter = 'P' AND u.kind NOT IN ('police', 'national')"),
  '0', 'P is sealed to the police alone, or to the national unit where the police was left out')

// -- V13: no content without an entry ------------------------------------------------------------------------------------------------------

for (const table of ['cases', 'reporters', 'compartments', 'grants', 'dormant_grants', 'records', 'files']) {
  const rows = Number(sql(`SELECT count(*) FROM ${table}`)), entries = Number(sql(`SELECT count(*) FROM log_rows r JOIN log l ON l.id = r.log WHERE r.tbl = '${table}'`))
  check(rows > 0 && entries >= rows, `V13: every row of ${table} is named by a committed entry`, `${rows} rows, ${entries} entries`)
}
for (let i = 0; i < 5; i++) {
  const key = { 'Idempotency-Key': `promise-${i}-00000000` }, told = { story: `vừa xong ${i}` }
  const r = await child.api('/api/v1/speak', told, key)
  await server.kill()
  server.verb = 'serve'
  await server.start()
  const { code } = JSON.parse(r.text)
  same(JSON.parse((await child.api('/api/v1/talk', { code })).text).messages?.[0]?.text, told.story, `V13: a 201 outlives a kill right behind it (${i + 1})`)
  same((await child.api('/api/v1/speak', told, key)).text, r.text, 'V13: and a retry shows the same code')
}
await server.stop()
sql('DROP TABLE old_cases')
const audit = server.run('audit verify')
same(audit.status, 0, `audit verify is content: ${audit.stdout.trim()}${audit.stderr.trim()}`)

// -- V6: speak and talk with every secret of a person gone (the house is left with K_inst alone) ---------------------------------------------

sql('DELETE FROM user_secrets')
sql('DELETE FROM sessions')
await server.start()
const r = await child.api('/api/v1/speak', { story: 'không ai đăng nhập' })
same(r.code, 201, 'V6: a report is taken when no person has a secret')
const talk = JSON.parse((await child.api('/api/v1/talk', JSON.parse(r.text))).text)
same(talk.messages?.[0]?.text, 'không ai đăng nhập', 'V6: and its writer comes back')
same((await child.api('/api/v1/talk/messages', { text: 'thêm' }, { Authorization: `Bearer ${talk.token}` })).code, 201, 'V6: and writes')
await server.stop()
finish()
