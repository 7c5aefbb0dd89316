// V17 over the socket: the house's key is turned while people write, the server is killed in the middle, and nothing stays shut. On
// PostgreSQL two servers with a key file each share the turn.
// Usage: node rotation.mjs PROGRAM
import { spawn, spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Browser, Server, check, codeOn, entrance, finish, same, sleep, until } from './client.mjs'

const program = process.argv[2], folder = mkdtempSync(join(tmpdir(), 'lachan-rotation-')), postgres = process.env.LACHAN_TEST_POSTGRES
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const data = join(folder, 'data'), keyFile = join(data, 'keys', 'inst.key'), first = join(folder, 'first.key'), repo = join(folder, 'repo')
const run = (...args) => spawnSync(program, args, { encoding: 'utf8' })
const server = await new Server(program, data, { verb: 'demo' }).start()
const key = (...more) => server.run('key', ...more)
const status = () => JSON.parse(key('status', '--json').stdout)
const line = (s, n) => s.lines.find(l => l.line === n)
const moves = ['rows', 'entries', 'boxes', 'hashes', 'names']
const left = (s, n) => moves.reduce((sum, what) => sum + line(s, n)[what], 0)
const lines = path => readFileSync(path, 'utf8').trim().split('\n').map(l => +l.split(' ')[0])
const verified = sentence => { const r = server.run('audit verify'); check(r.status === 0, sentence, r.stdout + r.stderr) }

// -- before --------------------------------------------------------------------------------------------------------------------------

const tell = async story => {
  const b = new Browser(server)
  await b.get('/speak')
  await b.send('/speak/send', [['story', story]])
  return codeOn(b.page)
}
const back = async code => {
  const b = new Browser(server)
  await b.get('/talk')
  await b.send('/talk', [['code', code]])
  return b
}
const before = await tell('Chuyện bịa trước khi xoay khóa')
const enter = entrance(server)
const nga = await enter('nga.mau')
const child = await back(before)
let s = status()
check(s.lines.length === 1 && s.lines[0].current && s.lines[0].rows > 1000 && s.unknown === 0, 'one line is named, and nothing else', JSON.stringify(s))
same(s.servers, 1, 'the running server is known')
same(key('retire', '1').status, 1, 'the only line does not go')
copyFileSync(keyFile, first)

const state = join(folder, 'witness'), tokenFile = join(folder, 'token')
const pub = run('audit', 'witness', 'key', '--state', state).stdout.trim()
writeFileSync(tokenFile, server.run('token make', '--org', 'police', '--scope', 'witness', '--public-key', pub).stdout)
const witness = () => run('audit', 'witness', '--url', `http://127.0.0.1:${server.port}`, '--name', 'police', '--token-file', tokenFile, '--state', state)
same((await until(() => witness().status === 0, 10)) ?? false, true, 'a witness knows the log under the first key')

const secret = join(folder, 'secret'), pubBackup = run('backup', 'key', '--out', secret).stdout.trim()
const backup = to => server.run('backup', '--to', to, '--backup-key', pubBackup)
if (!postgres) same(backup(`${repo}-before`).status, 0, 'a backup is made under the first key')

// -- the turn ----------------------------------------------------------------------------------------------------------------------------

let other, otherKey
if (postgres) {
  otherKey = join(folder, 'other.key')
  copyFileSync(keyFile, otherKey)
  other = await new Server(program, join(folder, 'data'), { options: ['--key-file', otherKey] }).start()
  const r = key('rotate', '--wait', '2')
  check(r.status === 1 && /does not have it/.test(r.stderr), 'a line is not current before every running server has it', r.stdout + r.stderr)
  check(lines(keyFile).join() === '2,1' && line(status(), 1).current, 'it stands in the file, and the old one goes on')
  copyFileSync(keyFile, otherKey)
}
const turned = key('rotate')
check(turned.status === 0 && /^line 2 is current/.test(turned.stdout), 'the key is turned beside running servers', turned.stdout + turned.stderr)
same(lines(keyFile).join(), '1,2', 'the new line is the last of the file')
const during = await tell('Chuyện bịa giữa lúc xoay khóa')
check((await nga.get('/account')).code === 200, 'who was signed in stays so')
check((await child.get('/talk')).text.includes('trước khi xoay'), 'and who came back with a code, too')

let seen
const grow = () => server.run('token make', '--org', 'police', '--scope', 'witness', '--public-key', pub)
await until(async () => { grow(); await sleep(800); seen = witness(); return seen.status !== 0 || seen.stdout.includes('signed with a new key') }, 90)
check(seen.stdout.includes('signed with a new key') && seen.status === 0, 'the witness follows to the new key by the note of the old one', seen.stdout + seen.stderr)
check(witness().status === 0, 'and stays with it')
if (postgres) {             // the other server has the old line as its current one still, and numbers the log as often as this one
  const rounds = []
  for (let i = 0; i < 8; i++) { grow(); await sleep(1200); rounds.push(witness()) }
  const wrong = rounds.find(r => r.status !== 0)
  check(!wrong, 'also where the other server still has the old line', wrong && wrong.stdout + wrong.stderr)
}

// kill -9 while rows move; a page of 200 is the most that one transaction holds.
await until(() => line(status(), 2)?.rows > 0, 20)
await server.kill()
const middle = status()
console.log(`# killed with ${left(middle, 1)} of ${left(middle, 1) + left(middle, 2)} still under line 1`)
same(middle.unknown, 0, 'after kill -9 everything is whole, under one line or the other')
verified('the log is right in the middle')
server.verb = 'serve'
await server.start()
if (postgres) {
  check(key('retire', '1').stderr.includes('still writes with line 1'), 'a line does not go while a server writes with it')
  copyFileSync(keyFile, otherKey)
  check(await until(() => /writes with line 2.*\n.*writes with line 2/.test(key('status').stdout), 20), 'the other server takes the file over without a restart', key('status').stdout)
}
check(await until(() => left(status(), 1) === 0, 60), 'what jobs can move is under the new line', JSON.stringify(status()))
s = status()
check(line(s, 1).passwords > 0 && line(s, 1).reporters > 0 && s.unknown === 0, 'people and children still are under the old one', JSON.stringify(s))
verified('the log is right after')

// -- after --------------------------------------------------------------------------------------------------------------------------------

const codes = line(s, 1).reporters, people = line(s, 1).passwords
const again = await back(before)
check((await again.get('/talk')).text.includes('trước khi xoay'), 'a code of before opens')
await again.send('/talk/messages', [['text', 'con viết thêm']])
check((await (await back(before)).get('/talk')).text.includes('con viết thêm'), 'and goes on opening once it has moved')
check((await (await back(during)).get('/talk')).text.includes('giữa lúc xoay'), 'a code of the turn opens')
check((await (await enter('nga.mau')).get('/account')).code === 200, 'a password opens')
s = status()
check(line(s, 1).reporters < codes && line(s, 1).passwords < people, 'both have moved by that', JSON.stringify(s))
const kept = key('retire', '1')
check(kept.status === 1 && /still named: passwords \d+, recovery codes \d+, reporters \d+/.test(kept.stderr), 'the old line stays while anybody needs it, and it is said who', kept.stderr)
same(lines(keyFile).join(), '1,2', 'the file is as it was')
verified('the log is right at the end')

// -- backups -------------------------------------------------------------------------------------------------------------------------------

if (other) await other.stop()
if (!postgres) {
  same(backup(`${repo}-after`).status, 0, 'a backup is made under the new key')
  await server.stop()
  const restore = (from, file, to) => {
    const r = run('restore', '--from', `${repo}-${from}`, '--secret', secret, '--key-file', file, '--data', join(folder, to))
    const v = run('audit', 'verify', '--data', join(folder, to), '--key-file', file)
    return { stdout: r.stdout + v.stdout, stderr: r.stderr + v.stderr, status: r.status, good: r.status === 0 && v.status === 0 }
  }
  let r = restore('before', first, 'r1')
  check(r.good, 'a backup of before is restored with the file of before', r.stdout + r.stderr)
  const both = join(folder, 'both.key')     // beside the running one lies the head of a log that goes on
  copyFileSync(keyFile, both)
  r = restore('before', both, 'r2')
  check(r.good, 'and with the file of after, which has both lines', r.stdout + r.stderr)
  r = restore('after', both, 'r3')
  check(r.good, 'one of after with the file of after', r.stdout + r.stderr)
  r = restore('after', first, 'r4')
  check(r.status === 1 && r.stderr.length > 20, 'and not with the file of before', r.stdout + r.stderr)
} else await server.stop()

// -- two at once, and the wrong key ------------------------------------------------------------------------------------------------------

const had = lines(keyFile).length, database = postgres ? server.options : []
const turn = () => new Promise(done => {
  const p = spawn(program, ['key', 'rotate', '--data', data, ...database], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  p.stderr.on('data', d => { said += d })
  p.on('close', code => done({ code, said }))
})
const turns = await Promise.all([turn(), turn(), turn()]), went = turns.filter(t => t.code === 0).length
check(turns.every(t => t.code === 0 || /another "lachan key" works/.test(t.said)), 'of several turns at once, those that come too early are told to wait', JSON.stringify(turns))
check(went >= 1 && lines(keyFile).length === had + went && new Set(lines(keyFile)).size === had + went, 'and no line is lost', `${lines(keyFile)} after ${went}`)
verified('the log is right after them')
const none = join(folder, 'none.key'), wrong = join(folder, 'wrong', 'keys', 'inst.key')
let refused = server.run('init', '--key-file', none)
check(refused.status === 1 && /database is there, and its key is not at/.test(refused.stderr) && !existsSync(none), 'a house gets no second key', refused.stderr)
run('init', '--data', join(folder, 'wrong'))
refused = server.run('serve', '--key-file', wrong, '--listen', '127.0.0.1:0')
check(refused.status === 1 && /is not the key of this database/.test(refused.stderr), 'and is not served with another’s', refused.stderr)
verified('which leaves no trace in the log')
finish()
