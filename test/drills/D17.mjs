// D17: the log and its rows edited offline. With the server stopped, somebody with the whole database and no key flips a byte,
// deletes a row, puts in a copy, exchanges sealed values, cuts the log's tail, and puts an older copy of everything in its place.
// `lachan audit verify` must name each, start-up must refuse where the kept head says so, and afterwards all must be well again.
import { copyFileSync, existsSync, rmSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { Browser, Server, sleep, totp } from '../journeys/client.mjs'
import { data, hexOf, program, result, rows, small } from './drill.mjs'

const address = process.env.LACHAN_TEST_POSTGRES, broken = [], said = {}
const psql = (sql, to = address) => spawnSync('psql', ['-X', '-At', '-v', 'ON_ERROR_STOP=1', '-c', sql, to.replace(/^postgres:/, 'postgresql:')], { encoding: 'utf8' })

// Past all checks of the database: foreign keys are for those who play by the rules.
function edit(sql) {
  const run = address ? psql(`SET session_replication_role = replica; ${sql}`)
    : spawnSync('sqlite3', ['-batch', '-bail', join(data, 'lachan.db'), `PRAGMA foreign_keys = OFF; ${sql}`], { encoding: 'utf8' })
  if (run.status !== 0) throw new Error(`${sql}: ${run.stderr}`)
}

// -- an instance with some history -------------------------------------------------------------------------------------------

const server = await new Server(program, data, { verb: 'demo' }).start()
server.verb = 'serve'
for (let i = 0; i < 8; i++) await new Browser(server).api('/api/v1/speak', { story: `chuyện ${i}`, danger: 'soon' }, { 'Idempotency-Key': `offline-${i}-00000000` })
await server.stop()
const verify = (...more) => server.run('audit verify', ...more)
const fine = verify()
if (fine.status !== 0) broken.push(`before anything was touched: ${fine.stdout}`)

// An older copy of everything, taken while nothing is wrong.
const old = address ? address.replace(/^(postgres(?:ql)?:\/\/[^/]*\/)([^?]*)/, '$1$2_old') : join(data, 'older.db')
function copy() {
  if (!address) return copyFileSync(join(data, 'lachan.db'), old)
  const [[name]] = rows('SELECT current_database()')
  const run = psql(`CREATE DATABASE "${name}_old" TEMPLATE "${name}"`, address.replace(/^(postgres(?:ql)?:\/\/[^/]*\/)([^?]*)/, '$1postgres'))
  if (run.status !== 0) throw new Error(run.stderr)
}
copy()

// More acts after it, so that the kept head knows more than the copy.
await server.start()
for (const a of server.accounts()) {
  const b = new Browser(server)
  await b.get('/sign-in')
  await b.send('/sign-in', [['user', a.user], ['password', a.password], ['totp', totp(a.totp_secret)]])
}
await sleep(1500)
await server.stop()
await server.start()                        /* the head is kept at the start */
await sleep(500)
await server.stop()

// -- what a thief of the database might do -------------------------------------------------------------------------------------

const columns = address
  ? rows("SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, ordinal_position")
  : rows("SELECT m.name, p.name, p.type, CASE p.\"notnull\" WHEN 1 THEN 'NO' ELSE 'YES' END FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table' ORDER BY m.name, p.cid")
const keys = address
  ? rows("SELECT k.table_name, k.column_name FROM information_schema.table_constraints c JOIN information_schema.key_column_usage k ON k.constraint_name = c.constraint_name AND k.table_name = c.table_name WHERE c.constraint_type = 'PRIMARY KEY' AND c.table_schema = 'public' ORDER BY k.table_name, k.ordinal_position")
  : rows("SELECT m.name, p.name FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table' AND p.pk > 0 ORDER BY m.name, p.pk")
const bytes = type => /bytea|blob/i.test(type), text = type => /text/i.test(type)
const literal = hex => address ? `'\\x${hex}'::bytea` : `x'${hex}'`

const tables = [...new Set(columns.map(c => c[0]))].filter(t => ['kgen', 'mac'].every(n => columns.some(c => c[0] === t && c[1] === n)))
  .map(name => ({ name, columns: columns.filter(c => c[0] === name).map(([, column, type]) => ({ column, type })), key: keys.filter(k => k[0] === name).map(k => k[1]) }))

const q = column => `"${column}"`
const asHex = ({ column, type }) => bytes(type) ? hexOf(q(column)) : text(type) ? hexOf(address ? `convert_to(${q(column)}, 'UTF8')` : `CAST(${q(column)} AS BLOB)`) : `CAST(${q(column)} AS text)`
const value = c => `'v' || CASE WHEN ${q(c.column)} IS NULL THEN 'NULL' ELSE ${asHex(c)} END`
const written = ({ type }, v) => v === 'NULL' ? 'NULL' : bytes(type) ? literal(v) : text(type) ? (address ? `convert_from(${literal(v)}, 'UTF8')` : `CAST(${literal(v)} AS TEXT)`) : v

// The first row of a table, as values that can be written again.
function first(t, where = '') {
  const [all] = rows(`SELECT ${t.columns.map(value).join(', ')} FROM ${t.name} ${where} ORDER BY ${t.key.map(q).join(', ')} LIMIT 1`)
  return all ? Object.fromEntries(t.columns.map((c, i) => [c.column, all[i].slice(1)])) : null
}
const at = (t, row) => t.key.map(k => { const c = t.columns.find(x => x.column === k); return `${q(k)} = ${written(c, row[k])}` }).join(' AND ')
const insert = (t, row) => `INSERT INTO ${t.name} (${t.columns.map(c => q(c.column)).join(', ')}) VALUES (${t.columns.map(c => written(c, row[c.column])).join(', ')})`
const put = (t, c, row, v) => `UPDATE ${t.name} SET ${q(c.column)} = ${written(c, v)} WHERE ${at(t, row)}`

// verify must fail and say this; then the edit is taken back and verify must be content.
// What the schema itself refuses (a second row of a unique index, a flag that is neither 0 nor 1) is counted and passed over.
let passed = 0
function named(what, want, edits, back) {
  try { edit(edits) } catch (e) {
    if (!/UNIQUE constraint|CHECK constraint|duplicate key|violates check/.test(e.message)) throw e
    passed++
    return
  }
  const run = verify()
  if (run.status === 0 || !want.test(run.stdout)) broken.push(`${what}: ${run.stdout.trim() || run.stderr.trim()}`)
  said[what.split(' ')[0]] = (said[what.split(' ')[0]] ?? 0) + 1
  edit(back)
}

const flipped = hex => (parseInt(hex.slice(0, 2), 16) ^ 1).toString(16).padStart(2, '0') + hex.slice(2)
const anything = row => new RegExp(`^bad: row ${row}`)
let empty = 0
for (const t of tables) {
  const row = first(t)
  if (!row) { empty++; continue }
  const c = t.columns.filter(x => !t.key.includes(x.column) && !['kgen', 'mac'].includes(x.column) && row[x.column] !== 'NULL' && (bytes(x.type) || text(x.type) ? row[x.column].length > 1 : true))
    .filter(x => !(t.name === 'casefiles' && x.column === 'open') && !(t.name === 'referrals' && x.column === 'against')).at(-1) ?? t.columns.find(x => x.column === 'mac')
  const other = /int/i.test(c.type) ? String(BigInt(row[c.column]) + 1n) : text(c.type) ? `61${row[c.column]}` : flipped(row[c.column])
  named(`flip in ${t.name}.${c.column}`, anything(t.name), put(t, c, row, other), put(t, c, row, row[c.column]))
  named(`delete of a row of ${t.name}`, t.name === 'instance' ? /^bad: |instance/ : anything(t.name), `DELETE FROM ${t.name} WHERE ${at(t, row)}`, insert(t, row))
  const copied = { ...row }, unique = { organisations: 'code', users: 'login', cases: 'ref', compartments: 'no', records: 'no', tokens: 'hash', casefiles: 'no', blocklist: 'key' }[t.name]
  for (const name of [t.key.at(-1), unique].filter(Boolean)) {
    const k = t.columns.find(x => x.column === name)
    copied[name] = /int/i.test(k.type) ? String(BigInt(row[name]) + 1000n) : text(k.type) ? `${row[name]}61` : flipped(row[name])
  }
  named(`copy of a row of ${t.name}`, anything(t.name), insert(t, copied), `DELETE FROM ${t.name} WHERE ${at(t, copied)}`)
}
if (passed > tables.length / 4) broken.push(`the schema refused ${passed} edits: the drill has shown little`)
if (empty > tables.length / 2) broken.push(`${empty} of ${tables.length} tables were empty: the drill has shown little`)

// Two sealed values of one type change places.
for (const [name, column] of [['records', 'body'], ['grants', 'sealed'], ['member_keys', 'sealed'], ['user_secrets', 'bundle'], ['user_secrets', 'totp'], ['dormant_grants', 'sealed']]) {
  const t = tables.find(x => x.name === name), c = t.columns.find(x => x.column === column), one = first(t), two = first(t, `WHERE ${q(column)} <> ${written(c, one[column])}`)
  if (!two) { broken.push(`${name}: no second row`); continue }
  named(`swap of ${name}.${column}`, anything(name), `${put(t, c, one, two[column])}; ${put(t, c, two, one[column])}`, `${put(t, c, one, one[column])}; ${put(t, c, two, two[column])}`)
}

// -- the log itself --------------------------------------------------------------------------------------------------------------

const [[size]] = rows('SELECT max(size) FROM log_head')
const entry = { name: 'log', key: ['id'], columns: columns.filter(c => c[0] === 'log').map(([, column, type]) => ({ column, type })) }
const head = { name: 'log_head', key: ['size'], columns: columns.filter(c => c[0] === 'log_head').map(([, column, type]) => ({ column, type })) }
const column = name => entry.columns.find(c => c.column === name), tail = first(entry, `WHERE seq = ${size - 1}`), middle = first(entry, 'WHERE seq = 3')
named('entry: a byte of one', /^bad: entry 3: altered/, put(entry, column('entry'), middle, flipped(middle.entry)), put(entry, column('entry'), middle, middle.entry))
named('entry: the name it is listed under', /^bad: entry 3: listed under/, put(entry, column('act'), middle, `${middle.act}61`), put(entry, column('act'), middle, middle.act))
named('entry: deleted', /^bad: entry 3: missing/, `DELETE FROM log WHERE seq = 3`, insert(entry, middle))
named('tail: the last entry cut off', new RegExp(`^bad: entry ${size - 1}: missing`), `DELETE FROM log WHERE seq = ${size - 1}`, insert(entry, tail))
named('head: deleted', /^bad: entry 0: numbered, but behind/, 'DELETE FROM log_head', insert(head, first(head)))
const content = verify()
if (content.status !== 0) broken.push(`after all was put back: ${content.stdout}`)

// -- an older copy of everything -------------------------------------------------------------------------------------------------

async function starts() {
  try { await server.start(10); await server.stop(); return '' } catch (e) { return String(e.message) }
}
if (await starts()) broken.push('the untouched instance does not start')
if (address) server.options[server.options.indexOf('--db') + 1] = old
else {
  copyFileSync(join(data, 'lachan.db'), join(data, 'newer.db'))
  for (const end of ['-wal', '-shm']) if (existsSync(join(data, `lachan.db${end}`))) rmSync(join(data, `lachan.db${end}`))
  copyFileSync(old, join(data, 'lachan.db'))
}
const rolled = verify()
if (rolled.status === 0 || !/^bad: head: the log was rolled back/.test(rolled.stdout)) broken.push(`an older copy: ${rolled.stdout}${rolled.stderr}`)
const refused = await starts()
if (!/rolled back|does not extend/.test(refused)) broken.push(`the server starts on an older copy: ${refused}`)
result('D17', broken, { tables: tables.length - empty, empty, entries: Number(size), named: said })
