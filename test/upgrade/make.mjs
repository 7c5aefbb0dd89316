// Makes a fixture of drill D23 (README.md): made-up data as it lay under earlier schemas, as one compressed file.
// Usage: node make.mjs PROGRAM UPGRADE NAME [--release]: with --release the database is as the program made it, under its own schema alone.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants } from 'node:zlib'
import { everyFileOf, keep, logged } from './fixture.mjs'

const [program, upgrade, name] = process.argv.slice(2), release = process.argv.includes('--release')
const root = fileURLToPath(new URL('../..', import.meta.url)), folder = mkdtempSync(join(tmpdir(), 'lachan-fixture-')), data = join(folder, 'data')
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
function run(what, ...args) {
  const r = spawnSync(what, args, { encoding: 'utf8', maxBuffer: 1 << 30 })
  if (r.status !== 0) throw new Error(`${what} ${args.join(' ')}: ${r.error ?? r.stderr}`)
  return r.stdout
}
const sqlite = (dir, ...sql) => run('sqlite3', '-batch', '-bail', join(dir, 'lachan.db'), ...sql)

// -- a small demo: every eighth report, all that hangs on cases, one child whose code is known ------------------------------------------

mkdirSync(join(data, 'content/demo'), { recursive: true })
writeFileSync(join(data, 'content/demo/more.txt'), '# none\n')
const told = readFileSync(join(root, 'content/demo/reports.txt'), 'utf8').split('\n[report]\n').slice(1)
writeFileSync(join(data, 'content/demo/reports.txt'), told.filter((_, i) => i % 8 === 1).map(r => `[report]\n${r}\n`).join('\n'))
run(program, 'demo', '--data', data, '--no-serve')
const story = 'Chuyện bịa để thử nâng cấp'
writeFileSync(join(folder, 'request'), `POST /api/v1/speak HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\r\n${JSON.stringify({ story })}`)
const { code } = JSON.parse(run(program, 'request', '--data', data, join(folder, 'request')).split(/\r?\n\r?\n/).at(-1))
const opened = JSON.parse(run(upgrade, 'open', data))

// -- as it stood under each schema --------------------------------------------------------------------------------------------------------

const head = Number(sqlite(data, 'SELECT max(n) FROM schema'))
const tables = dir => sqlite(dir, "SELECT name FROM sqlite_schema WHERE type = 'table'").split('\n').filter(Boolean)
function cut(n) {
  const dir = join(folder, `schema-${n}`)
  run(upgrade, 'cut', String(n), data, dir)
  const columns = t => sqlite(dir, `SELECT name FROM pragma_table_info('${t}')`).split('\n').filter(Boolean)
  const plain = tables(dir).filter(t => keep(t) && !logged(columns(t)))
  sqlite(dir, `PRAGMA foreign_keys = OFF; ATTACH '${join(data, 'lachan.db')}' AS old; ${plain.map(t => `DELETE FROM main.${t}; INSERT INTO main.${t} SELECT ${columns(t).map(c => `"${c}"`)} FROM old.${t};`).join(' ')}`)
  return sqlite(dir, '.dump')
}
const schemas = release ? [{ n: head, sql: sqlite(data, '.dump') }] : [...Array(head - 4).keys()].map(i => ({ n: i + 5, sql: cut(i + 5) }))

const file = path => readFileSync(join(data, path), 'base64')
const fixture = { name, told: { code, story }, opened, schemas, files: Object.fromEntries(['keys/inst.key', 'demo-accounts.json',
  ...everyFileOf(data, 'files'), ...everyFileOf(data, 'content')].map(p => [p, file(p)])) }
const bytes = brotliCompressSync(JSON.stringify(fixture), { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 } })
writeFileSync(join(root, 'test/upgrade', `${name}.br`), bytes)
console.log(`${name}.br: ${schemas.length} schemas, ${opened.records} sealed records, ${bytes.length} bytes`)
