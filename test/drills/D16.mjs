// D16: scanners of others. ffuf over a list of paths, sqlmap over every parameter of docs/openapi.json and of the public forms, wapiti over the site. Full form
// only, and only where Debian's packages wapiti, sqlmap and ffuf are installed: they take long and are not worth it at every test. Holds: 0 confirmed
// findings that d16/triage.json does not explain, 0 answers of 500, the server lives.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Browser, Server } from '../journeys/client.mjs'
import { data, folder, program, random, result, rows, small } from './drill.mjs'

const missing = ['wapiti', 'sqlmap', 'ffuf'].filter(t => spawnSync('sh', ['-c', `command -v ${t}`]).status !== 0)
if (small || missing.length) { console.log(JSON.stringify({ drill: 'D16', result: 'skipped', why: small ? 'full form only' : `needs ${missing.join(', ')}` })); process.exit(0) }
const broken = [], figures = {}
const server = await new Server(program, data, { verb: 'demo' }).start(), at = `http://127.0.0.1:${server.port}`
const triage = JSON.parse(readFileSync(new URL('./d16/triage.json', import.meta.url), 'utf8'))
const explained = text => triage.find(t => new RegExp(t.finding).test(text))
const found = (tool, text) => { const t = explained(`${tool}: ${text}`); if (t) figures.explained = (figures.explained ?? 0) + 1; else broken.push(`${tool}: ${text}`) }
const run = (tool, args, minutes) => spawnSync(tool, args, { encoding: 'utf8', cwd: folder, timeout: minutes * 60000, maxBuffer: 1 << 28 })

// -- paths: what others leave lying about, by names made of the usual words -----------------------------------------------------------

const words = ['admin', 'api', 'backup', 'config', '.git', '.env', 'db', 'data', 'keys', 'inst', 'log', 'logs', 'test', 'tmp', 'old', 'server-status', 'metrics', 'debug', 'static', 'upload', 'files', 'private', 'internal', 'console', 'health', 'swagger', 'graphql', 'wp-admin', 'phpmyadmin', 'lachan', 'users', 'cases', 'desk', 'reports', 'export', 'dump', 'id_rsa', 'robots', 'sitemap', 'index']
const ends = ['', '/', '.bak', '.old', '.zip', '.tar.gz', '.sql', '.db', '.db-wal', '.json', '.xml', '.txt', '.html', '.php', '.c', '~', '.swp', '/config', '/HEAD', '/..', '%00', '%2e%2e/', ';a', '//']
const list = words.flatMap(w => ends.flatMap(e => ['', 'api/', 'api/v1/', 'assets/', 'admin/', 'v1/'].flatMap(p => [`${p}${w}${e}`, `${p}${w.toUpperCase()}${e}`, `${p}../${w}${e}`, `${p}%2e%2e/${w}${e}`, `${p}${w}-2026${e}`, `${p}${w}1${e}`, `${p}.${w}${e}`])))
writeFileSync(join(folder, 'paths'), list.join('\n'))
run('ffuf', ['-u', `${at}/FUZZ`, '-w', join(folder, 'paths'), '-mc', 'all', '-of', 'json', '-o', join(folder, 'ffuf.json'), '-s', '-t', '20'], 15)
const answers = existsSync(join(folder, 'ffuf.json')) ? JSON.parse(readFileSync(join(folder, 'ffuf.json'), 'utf8')).results : []
figures.paths = answers.length
if (answers.length < list.length * 0.9) broken.push(`ffuf asked ${answers.length} of ${list.length} paths`)
for (const a of answers) {
  if (a.status >= 500) found('ffuf', `${a.status} ${a.url.replace(at, '')}`)
  if (a.status === 200) found('ffuf', `200 ${a.url.replace(at, '')}`)
}

// -- parameters ---------------------------------------------------------------------------------------------------------------------------

const targets = [['/sign-in', 'user=a&password=b&totp=000000'], ['/talk', 'code=0123456789ABCDEF'], ['/recovery', 'user=a&recovery=b&password=c&totp=&new_password=&again='], ['/api/v1/talk', 'code=0123456789ABCDEF&before=1'],
  ['/api/v1/speak', 'story=a&danger=no&harm=threat&where=b&age=12-15&province=92&commune=1'], ['/blocked/appeal', 'name=a&words=b'], ['/api/v1/services?province=92&kind=a', null], ['/help?province=92', null], ['/speak?lang=en', null]]
figures.sqlmap = 0
for (const [path, form] of targets) {
  const r = run('sqlmap', ['-u', at + path, ...(form ? ['--data', form] : []), '--batch', '--level', process.env.DRILL_LEVEL ?? '5', '--risk', '3', '--smart', '--threads', '4', '--output-dir', join(folder, 'sqlmap'), '--flush-session', '--disable-coloring'], 10)
  figures.sqlmap++
  if (/is vulnerable|sqlmap identified the following injection/.test(r.stdout)) found('sqlmap', `${path}: ${r.stdout.match(/Parameter: [^\n]*/)?.[0]}`)
}

// -- the site --------------------------------------------------------------------------------------------------------------------------------

run('wapiti', ['-u', `${at}/`, '--scope', 'folder', '-m', 'all', '--flush-session', '-f', 'json', '-o', join(folder, 'wapiti.json'), '--max-scan-time', '600', '--max-attack-time', '120', '-v', '0', '--no-bugreport'], 15)
if (existsSync(join(folder, 'wapiti.json'))) {
  const report = JSON.parse(readFileSync(join(folder, 'wapiti.json'), 'utf8'))
  for (const [kind, list] of [...Object.entries(report.vulnerabilities), ...Object.entries(report.anomalies ?? {})]) for (const one of list) found('wapiti', `${kind}: ${one.info} (${one.path})`)
  figures.wapiti = Object.values(report.vulnerabilities).flat().length
} else broken.push('wapiti left no report')

if ((await new Browser(server).get('/healthz')).code !== 200) broken.push('not healthy afterwards')
const faults = server.said.split('\n').filter(l => /^error request/.test(l))
if (faults.length) broken.push(`answered ${faults.length} times with a fault: ${faults[0]}`)
await server.stop()
if (server.run('audit verify').status !== 0) broken.push('the log does not verify')
result('D16', [...new Set(broken)], figures)
