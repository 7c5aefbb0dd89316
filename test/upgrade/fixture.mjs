// Fixtures of upgrades: read, laid out as an instance, loaded into PostgreSQL, and compared.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliDecompressSync } from 'node:zlib'

const here = fileURLToPath(new URL('.', import.meta.url)), root = join(here, '../..')

// Tables that a fixture takes over as they are; the others are the log's own, or live for minutes.
const left = new Set(['schema', 'sessions', 'jobs', 'idem', 'totp_used', 'presence', 'audits'])
export const keep = table => !left.has(table) && !/^(log|sqlite_)/.test(table)
export const logged = columns => columns.includes('kgen') && columns.includes('mac')

export const everyFileOf = (folder, below) => {
  try {
    return readdirSync(join(folder, below), { recursive: true, withFileTypes: true }).filter(e => e.isFile()).map(e => join(e.path, e.name).slice(folder.length + 1)).sort()
  } catch { return [] }
}

export const fixtures = () => readdirSync(here).filter(f => f.endsWith('.br')).sort().map(f => JSON.parse(brotliDecompressSync(readFileSync(join(here, f)))))

// -- a database of either kind ------------------------------------------------------------------------------------------------------

function run(what, args, input) {
  const r = spawnSync(what, args, { input, encoding: 'utf8', maxBuffer: 1 << 30 })
  if (r.status !== 0) throw new Error(`${what}: ${r.error ?? r.stderr.slice(0, 2000)}`)
  return r.stdout
}
const psql = (address, input, ...more) => run('psql', ['-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1', ...more, address.replace(/^postgres:/, 'postgresql:')], input)
const named = (address, name) => address.replace(/^(postgres(?:ql)?:\/\/[^/]*\/)([^?]*)/, `$1${name}`)

class Lite {
  constructor(dir) { this.dir = dir; this.path = join(dir, 'lachan.db'); this.options = [] }
  load(sql) { run('sqlite3', ['-batch', '-bail', this.path], `PRAGMA synchronous = OFF;\n${sql}`) }
  ask(sql) { return run('sqlite3', ['-batch', '-bail', this.path], sql) }
  copyTo(dir) { const to = new Lite(dir); writeFileSync(to.path, readFileSync(this.path)); return to }
  columns() { return lines(this.ask("SELECT m.name, p.name FROM sqlite_schema m, pragma_table_info(m.name) p WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' ORDER BY m.name, p.cid;")) }
  objects() { return this.ask("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name;") }
  sound() { return this.ask('PRAGMA integrity_check; PRAGMA foreign_key_check;') === 'ok\n' }
  row(table, columns) { return `SELECT '${table}', ${columns.map(c => `quote("${c}")`).join(", ")} FROM ${table} ORDER BY ${columns.map(c => `"${c}"`).join(', ')};` }
  drop() {}
}

class Postgres {
  constructor(address) { this.address = address; this.options = ['--db', address] }
  static make(address, name, template) {
    const [own] = psql(address, 'SELECT current_database();').split('\n'), to = `${own}_${name}`
    psql(named(address, 'postgres'), `CREATE DATABASE "${to}" TEMPLATE "${template ?? 'template0'}";`)
    return new Postgres(named(address, to))
  }
  name() { return psql(this.address, 'SELECT current_database();').trim() }
  // The schema of the migrations as they lie beside the program, up to where the fixture stood; the rows of the dump.
  load(sql, n) {
    const texts = readdirSync(join(root, 'migrations')).filter(f => Number(f.slice(0, 4)) <= n).sort().map(f => readFileSync(join(root, 'migrations', f), 'utf8'))
    const rows = sql.match(/^INSERT INTO [\s\S]*?\);$/gm).map(r => r.replace(/X'([0-9a-fA-F]*)'|'(?:[^']|'')*'/g, (all, hex) => hex === undefined ? all : `'\\x${hex}'`).replaceAll('char(10)', 'chr(10)').replaceAll('char(13)', 'chr(13)'))
    psql(this.address, ['BEGIN; SET session_replication_role = replica;', 'CREATE TABLE schema (n BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL);',
      ...texts, ...rows, 'COMMIT;'].join('\n'))
  }
  ask(sql) { return psql(this.address, sql) }
  copyTo(_, name) { return Postgres.make(this.address, name, this.name()) }
  columns() { return lines(this.ask("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, ordinal_position;")) }
  objects() {
    return this.ask("SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, ordinal_position; " +
      "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexname; SELECT conrelid::regclass, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2;")
  }
  sound() { return true }
  row(table, columns) { return `SELECT '${table}', row FROM (SELECT ROW(${columns.map(c => `"${c}"`).join(', ')})::text AS row FROM ${table}) AS all_rows ORDER BY row COLLATE "C";` }
  drop() { psql(named(this.address, 'postgres'), `DROP DATABASE IF EXISTS "${this.name()}" WITH (FORCE);`) }
}

const lines = text => text.split('\n').filter(Boolean).map(l => l.split('|'))

// The files of an instance, and its database as it lay.
export function layOut(fixture, dir) {
  for (const [path, bytes] of Object.entries(fixture.files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true, mode: 0o700 })
    writeFileSync(join(dir, path), Buffer.from(bytes, 'base64'), { mode: path.startsWith('keys/') ? 0o400 : 0o600 })
  }
}

export function database(dir, name) {
  const address = process.env.LACHAN_TEST_POSTGRES
  return address ? Postgres.make(address, name) : new Lite(dir)
}

// Columns of a database, and all that they say: each value of each row, in an order of its own.
export function shape(db) {
  const tables = new Map()
  for (const [table, column] of db.columns()) if (table !== 'schema') tables.set(table, [...tables.get(table) ?? [], column])
  return tables
}
export const meaning = (db, tables) => createHash('sha256').update(db.ask([...tables].map(([t, c]) => db.row(t, c)).join('\n'))).digest('hex')
