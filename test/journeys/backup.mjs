// A burnt-down house: what was told, seen and filed comes back from a backup that nobody could read or alter unseen.
// Usage: node backup.mjs PROGRAM
import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Browser, Server, check, codeOn, finish, same, sleep, totp } from './client.mjs'

const program = process.argv[2], folder = mkdtempSync(join(tmpdir(), 'lachan-backup-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const data = join(folder, 'data'), repo = join(folder, 'repo'), secret = join(folder, 'secret'), keyFile = join(folder, 'inst.key')
const run = (...args) => spawnSync(program, args, { encoding: 'utf8' })
const server = await new Server(program, data, { verb: 'demo' }).start()
await server.stop()
server.verb = 'serve'

// -- the offline key ----------------------------------------------------------------------------------------------------------------

const made = run('backup', 'key', '--out', secret), key = made.stdout.trim()
check(made.status === 0 && /^[A-Za-z0-9+/]{43}=$/.test(key), 'an offline key is made', made.stderr)
same(statSync(secret).mode & 0o777, 0o600, 'its secret is for its owner alone')
same(run('backup', 'key', '--out', secret).status, 1, 'a secret that is there is not written over')
for (const verb of ['migrate', 'init', 'doctor', 'serve', 'demo', 'routes', 'restore', 'matcher']) {
  const r = run(verb, join(folder, 'meant'))
  check(r.status === 2 && r.stderr.includes(join(folder, 'meant')), `${verb} passes over no argument`, r.stdout + r.stderr)
}
check(!existsSync('lachan-data'), 'and does nothing elsewhere instead')
mkdirSync(join(folder, 'empty'))
for (const [dir, what] of [['empty', 'a folder without a database'], ['nothere', 'one that is not there']]) {
  const r = run('migrate', '--data', join(folder, dir))
  check(r.status === 1 && r.stderr.includes(join(folder, dir)) && /lachan init/.test(r.stderr) && !existsSync(join(folder, dir, 'lachan.db')),
    `migrate makes no database in ${what}`, r.stdout + r.stderr)
}
if (process.env.LACHAN_TEST_POSTGRES) {
  const b = server.run('backup', '--to', repo, '--backup-key', key)
  check(b.status === 1 && /PostgreSQL/.test(b.stderr), 'on PostgreSQL it says whose work that is', b.stderr)
  finish()
  process.exit()
}
{ const r = server.run('backup', '--to', repo, '--backup-key', key.slice(0, 42))
  check(r.status === 2 && /no public key.*42 characters/.test(r.stderr) && !r.stderr.includes(key.slice(0, 42)), 'a key with a typing error is told apart from none', r.stderr) }
symlinkSync(join(data, 'files'), join(folder, 'aside'))
for (const to of [data, join(data, 'new', 'deep'), join(data, 'files'), join(folder, 'aside', 'repo')]) {
  const r = server.run('backup', '--to', to, '--backup-key', key)
  check(r.status === 2 && /lies in/.test(r.stderr) && !existsSync(join(to, 'snapshots')), `no backup goes to ${to.slice(folder.length)}, which burns with the house`, r.stdout + r.stderr)
}
const backup = () => server.run('backup', '--to', repo, '--backup-key', key)

// -- while it runs --------------------------------------------------------------------------------------------------------------------

await server.start()
const child = new Browser(server)
await child.get('/speak')
const story = 'Chuyện bịa để thử bản sao lưu'
await child.send('/speak/send', [['danger', 'soon'], ['harm', 'threat'], ['story', story], ['files', { name: 'man-hinh.txt', bytes: Buffer.alloc(300000, 'a') }]],
  { encode: (await import('./client.mjs')).multipart })
const code = codeOn(child.page)
check(code?.length >= 16, 'a child tells')
await sleep(5000)        // the demo's own acts get their numbers: that rewrites the whole log once
let b = backup()
check(b.status === 0 && /^backup \S+: \d+ pieces of database, \d+ files/.test(b.stdout), 'a backup is made beside the running server', b.stdout + b.stderr)
const whole = Number(b.stdout.match(/with (\d+) bytes/)[1])
await new Browser(server).api('/api/v1/speak', { story: 'và một chuyện nữa' })
const dead = spawnSync('true').pid
writeFileSync(join(data, `.backup-${dead}.db`), 'left by a kill')
b = backup()
const second = Number(b.stdout.match(/with (\d+) bytes/)[1])
check(b.status === 0 && second < whole * 0.6, 'the second one adds what is new', `${second} of ${whole}`)
const snapshots = run('backup', 'list', repo).stdout.trim().split('\n')
same(snapshots.length, 2, 'both are listed')
same(server.run('audit verify').status, 0, 'that they were made stands in the log')
same(readdirSync(data).filter(f => f.startsWith('.backup')).length, 0, 'no copy is left beside the data')
const everything = spawnSync('grep', ['-rlF', story, repo]).stdout.toString()
same(everything, '', 'no word of it stands in the clear')

// -- without any secret ------------------------------------------------------------------------------------------------------------------

await server.stop()
const logKey = server.run('audit export').stdout.match(/^key (\S+)/m)[1]
const verify = (...more) => run('backup', 'verify', repo, ...more)
{ const v = verify('--log-key', logKey); check(v.status === 0, 'a stranger can check it', v.stdout + v.stderr) }
same(verify('--log-key', key).status, 1, 'not against another log')
same(verify('--log-key', `${key},${logKey}`).status, 0, 'against several keys: one of them signed')
same(verify('--log-key', `${logKey},`).status, 1, 'each must be a key')
same(verify('--snapshot', snapshots[0]).status, 0, 'an older one, too')
same(verify('--snapshot', '../secret').status, 1, 'no name leads out of the folder')
const blobs = readdirSync(join(repo, 'blobs')).flatMap(d => readdirSync(join(repo, 'blobs', d)).map(f => join(repo, 'blobs', d, f)))
const flip = file => { const bytes = readFileSync(file); bytes[bytes.length >> 1] ^= 1; writeFileSync(file, bytes) }
const newest = readFileSync(join(repo, 'snapshots', `${snapshots[1]}.backup`), 'utf8')
const used = blobs.filter(f => newest.includes(f.split('/').pop()))
let found = 0
for (const file of [used[0], used[used.length >> 1], used.at(-1)]) {
  flip(file)
  const v = verify()
  if (v.status === 1 && v.stderr.includes(file.split('/').pop())) found++
  flip(file)
}
same(found, 3, 'a changed bit in any piece is named')
const cut = readFileSync(used[0])
truncateSync(used[0], 10)
same(verify().status, 1, 'a cut one as well')
rmSync(used[0])
same(verify().status, 1, 'and a missing one')
spawnSync('mkfifo', [used[0]])
{ const v = spawnSync(program, ['backup', 'verify', repo], { encoding: 'utf8', timeout: 60000 })
  check(v.status === 1 && /is missing/.test(v.stderr), 'a pipe in its place holds up nobody', `${v.signal} ${v.stderr}`) }
rmSync(used[0])

// -- refused, loudly --------------------------------------------------------------------------------------------------------------------

copyFileSync(join(data, 'keys', 'inst.key'), keyFile)
const to = join(folder, 'new')
const restore = (...more) => run('restore', '--from', repo, '--secret', secret, '--key-file', keyFile, '--data', to, ...more)
let r = restore()
check(r.status === 1 && /missing/.test(r.stderr) && !existsSync(to) && !existsSync(`${to}.restoring`), 'nothing is restored of a damaged backup, not even half', r.stderr)
writeFileSync(used[0], cut)
mkdirSync(to)
same(restore().status, 1, 'a folder that is there is not touched')
rmSync(to, { recursive: true })
const other = join(folder, 'other')
run('backup', 'key', '--out', other)
r = run('restore', '--from', repo, '--secret', other, '--key-file', keyFile, '--data', to)
check(r.status === 1 && /another key/.test(r.stderr), 'the wrong secret is told apart from damage', r.stderr)
rmSync(`${to}.restoring`, { recursive: true, force: true })
const house = join(folder, 'house')
run('init', '--data', house)
mkdirSync(`${to}.restoring`)
r = restore()
check(r.status === 1 && /left by an earlier try/.test(r.stderr), 'what an earlier try left is named', r.stderr)
rmSync(`${to}.restoring`, { recursive: true })
r = restore('--segment', '3')
check(r.status === 1 && /nothing was shipped/.test(r.stderr) && !existsSync(to), 'a segment cannot be asked for where none was shipped', r.stderr)
r = run('restore', '--from', repo, '--secret', secret, '--key-file', join(house, 'keys', 'inst.key'), '--data', to)
check(r.status === 1 && /foreign/.test(r.stderr), 'so is the key of another house', r.stderr)
const file = join(repo, 'snapshots', `${snapshots[1]}.backup`)
writeFileSync(file, newest.replace(/\nmade \d+/, '\nmade 1600000000000'))
r = restore()
check(r.status === 1 && /foreign|altered/.test(r.stderr), 'a description that was altered is refused', r.stderr)
writeFileSync(file, newest)
r = spawnSync('faketime', ['-f', '+40d', program, 'restore', '--from', repo, '--secret', secret, '--key-file', keyFile, '--data', to], { encoding: 'utf8' })
if (r.error) console.log('# faketime is not installed: the age of a backup was not tested')
else check(r.status === 1 && /days old/.test(r.stderr), 'one that is too old is refused', r.stderr)

// -- it comes back -------------------------------------------------------------------------------------------------------------------------

const accounts = server.accounts()
rmSync(data, { recursive: true })
r = restore()
check(r.status === 0 && /^restored backup/.test(r.stdout) && r.stdout.includes(` to ${to}:`), 'the newest is restored', r.stdout + r.stderr)
chmodSync(keyFile, 0o400)
const again = new Server(program, to, { options: ['--key-file', keyFile] })
same(again.run('audit verify', '--key-file', keyFile).status, 0, 'log and rows prove themselves')
await again.start()
const back = new Browser(again)
await back.get('/talk')
await back.send('/talk', [['code', code]])
check(back.page.text.includes(story), 'the child comes back with the code and finds the story')
same((await child.request.call(Object.assign(child, { server: again }), 'GET', '/talk')).text.includes(story), false, 'old sessions are gone')
const staff = accounts.find(a => a.role === 'counsellor'), desk = new Browser(again)
await desk.get('/sign-in')
await desk.send('/sign-in', [['user', staff.user], ['password', staff.password], ['totp', totp(staff.totp_secret)]])
same((await desk.get('/desk')).code, 200, 'staff sign in')
const head = readdirSync(join(to, 'files')).length
check(head > 0, 'evidence lies where it lay')
await again.stop()

// -- old ones go -----------------------------------------------------------------------------------------------------------------------------

const count = () => readdirSync(join(repo, 'blobs')).reduce((n, d) => n + readdirSync(join(repo, 'blobs', d)).length, 0)
const before = count()
same(run('backup', 'prune', repo).status, 0, 'nothing is old yet')
same(count(), before, 'so nothing goes')
const stuck = join(repo, 'blobs', '00', 'f'.repeat(64))
mkdirSync(stuck, { recursive: true })
r = spawnSync('faketime', ['-f', '+40d', program, 'backup', 'prune', repo], { encoding: 'utf8' })
if (!r.error) check(r.status === 1 && r.stderr.includes(stuck) && /1 that should have gone/.test(r.stderr), 'what cannot be taken away is told', r.stdout + r.stderr)
rmSync(stuck, { recursive: true })
r = spawnSync('faketime', ['-f', '+40d', program, 'backup', 'prune', repo], { encoding: 'utf8' })
if (!r.error) {
  same(run('backup', 'list', repo).stdout.trim(), snapshots[1], 'after 35 days the newest alone is left')
  check(count() < before && verify().status === 0, 'with all of its pieces and no other', `${count()} of ${before}`)
}
finish()
