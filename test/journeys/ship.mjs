// A house that burns down between two backups: what was told until a second before comes back from where it was shipped.
// Usage: node ship.mjs PROGRAM
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync, mkdirSync, existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Browser, Server, check, finish, same, sleep, until } from './client.mjs'

const program = process.argv[2], folder = mkdtempSync(join(tmpdir(), 'lachan-ship-'))
process.on('exit', () => { spawnSync('umount', ['-q', join(folder, 'small')]); rmSync(folder, { recursive: true, force: true }) })
const data = join(folder, 'data'), repo = join(folder, 'repo'), secret = join(folder, 'secret'), keyFile = join(folder, 'inst.key')
const run = (...args) => spawnSync(program, args, { encoding: 'utf8' })
const key = run('backup', 'key', '--out', secret).stdout.trim()
const server = new Server(program, data, { verb: 'demo', options: [] })
const shipping = ['--ship', repo, '--backup-key', key]

if (process.env.LACHAN_TEST_POSTGRES) {
  run('init', '--data', data, ...server.options)
  const s = run('serve', '--data', data, ...server.options, ...shipping)
  check(s.status !== 0 && /PostgreSQL has tools of its own/.test(s.stderr), 'on PostgreSQL it says whose work that is', s.stderr)
  finish()
  process.exit()
}
run('demo', '--data', data, '--no-serve')
server.verb = 'serve'
server.options = ['--ship', repo]
let s = server.run('serve', '--ship', repo)
check(s.status !== 0 && /needs --backup-key/.test(s.stderr), 'nothing is shipped without a key', s.stderr)
server.options = shipping

// -- load, and the plug is pulled --------------------------------------------------------------------------------------------------------

const told = []
let loading = true, n = 0
async function teller() {
  while (loading) {
    const story = `Chuyện bịa số ${++n}`, files = n % 5 ? [] : [['files', { name: 'anh.txt', bytes: Buffer.alloc(20000 + n, 'a') }]]
    try {
      const r = await new Browser(server).apiForm('/api/v1/speak', [['story', story], ...files])
      if (r.code === 201) told.push({ story, code: JSON.parse(r.text).code, at: Date.now(), file: files.length > 0 })
    } catch { await sleep(20) }
  }
}

const baseMade = () => until(() => /info ship base/.test(server.said), 20)
await server.start()
check(await baseMade(), 'a base is made while the server runs', server.said)
const lines = () => new Set(readdirSync(join(repo, 'ship')).map(f => f.split('-')[0]))
same(lines().size, 1, 'one line of segments begins')
const early = Date.now()
let tellers = [1, 2, 3].map(teller), killed
for (let round = 0; round < 3; round++) {
  await sleep(1000 + Math.random() * 1000)
  await server.kill()
  killed = Date.now()
  if (round < 2) await server.start()
}
loading = false
await Promise.all(tellers)
same(lines().size, 1, `after a kill the same line goes on: no second base`)
if (lines().size > 1) console.log('# ' + server.said.split('\n').filter(l => /ship/.test(l)).join('\n# '))
same(readdirSync(join(repo, 'snapshots')).length, 1, 'and none is made')
const mine = JSON.stringify(told).length && told.find(t => t.at > early).story
same(spawnSync('grep', ['-rlF', mine, repo]).stdout.toString(), '', 'no word of it stands in the clear')

// -- without any secret ---------------------------------------------------------------------------------------------------------------------

copyFileSync(join(data, 'keys', 'inst.key'), keyFile)
const copy = join(folder, 'copy')
spawnSync('cp', ['-a', data, copy])           // the log's key is asked of a copy: the house itself is ashes
const logKey = new Server(program, copy).run('audit export').stdout.match(/^key (\S+)/m)[1]
const verify = () => run('backup', 'verify', repo, '--log-key', logKey)
let v = verify()
check(v.status === 0 && /segments \d+ to \d+ without a gap/.test(v.stdout), 'a stranger proves the line unbroken', v.stdout + v.stderr)

// -- it comes back ---------------------------------------------------------------------------------------------------------------------------

const restore = (to, ...more) => run('restore', '--from', repo, '--secret', secret, '--key-file', keyFile, '--data', join(folder, to), ...more)
renameSync(data, join(folder, 'ashes'))
let r = restore('new')
check(r.status === 0 && /up to segment \d+/.test(r.stdout), 'base and segments make a house', r.stdout + r.stderr)
const again = new Server(program, join(folder, 'new'), { options: ['--key-file', keyFile] })
same(again.run('audit verify', '--key-file', keyFile).status, 0, 'log and rows prove themselves')
await again.start()
const opens = async (where, t) => {
  const b = new Browser(where)
  await b.get('/talk')
  await b.send('/talk', [['code', t.code]])
  return b.page.text.includes(t.story)
}
const lost = []
for (const t of told.slice(-60)) if (!await opens(again, t)) lost.push(killed - t.at)
const due = told.filter(t => t.at < killed - 1000)
console.log(`# ${told.length} told, the last ${killed - told.at(-1).at} ms before the kill; of the last 60 lost: ${lost.length}, told ${Math.max(0, ...lost)} ms before it or less`)
check(due.length > 20 && lost.every(ms => ms <= 1000), 'every report that was acknowledged more than a second before is there', lost.join(' '))
const cases = where => Number(spawnSync('sqlite3', [join(where, 'lachan.db'), 'SELECT count(*) FROM cases'], { encoding: 'utf8' }).stdout)
check(cases(join(folder, 'new')) >= due.length, 'all of them, not only the last', `${cases(join(folder, 'new'))} of ${due.length}`)
const files = dir => readdirSync(join(dir, 'files')).filter(d => d[0] !== '.').flatMap(d => readdirSync(join(dir, 'files', d)))
const missing = Number(r.stdout.match(/(\d+) that had not arrived/)[1])
check(files(join(folder, 'new')).length >= told.filter(t => t.file && t.at < killed - 2000).length && missing <= 3 + told.filter(t => t.file && t.at > killed - 3000).length, 'their evidence too', `${missing} missing`)
await again.stop()

// -- as it was at a moment ----------------------------------------------------------------------------------------------------------------------

const restored = r.stdout, last = Number(restored.match(/up to segment (\d+)/)[1])
r = restore('then', '--segment', String(last >> 1))
const before = cases(join(folder, 'then')), all = cases(join(folder, 'new'))
check(r.status === 0 && before < all && before > 0, 'as it was in the middle of it', `${before} of ${all} ${r.stderr}`)
r = restore('never', '--until', '2026-11-24T14:20')
check(r.status === 1 && /full hour/.test(r.stderr), 'by the hour: nothing that was shipped tells the minute at which a child wrote', r.stderr)
const hours = readdirSync(join(repo, 'ship')).flatMap(f => [statSync(join(repo, 'ship', f)).mtimeMs, ...[...readFileSync(join(repo, 'ship', f), 'latin1').matchAll(/\nmade (\d+)\n/g)].map(m => Number(m[1]))])
check(hours.length > 4 && hours.every(ms => ms % 3600000 === 0), 'neither the description nor the time of its file', `${hours.length}, ${hours.find(ms => ms % 3600000)}`)
r = restore('never', '--until', 'yesterday')
check(r.status === 1 && /cannot be read.*2026-11-24T14:00\+07:00/.test(r.stderr), 'what is no time is answered with one', r.stderr)
const [, hour, zone] = restored.match(/of the hour from (\S+) \(([^)]+)\)/) ?? []
check(hour?.endsWith(':00+07:00') && zone === 'Asia/Ho_Chi_Minh' && v.stdout.includes(`from ${hour} (${zone})`), 'the hour is told with its zone', restored + v.stdout)
r = restore('hour', '--until', new Date(Date.parse(hour) + 3600000).toISOString().replace('.000', ''))
check(r.status === 0 && r.stdout.includes(`up to segment ${last} `), 'and read in any zone: until its end is all of it', r.stdout + r.stderr)
r = restore('never', '--until', '2020-01-01T00:00')
check(r.status === 1 && /no backup of that time/.test(r.stderr) && !existsSync(join(folder, 'never')), 'not before it began', r.stderr)

// -- refused, by name ------------------------------------------------------------------------------------------------------------------------------

const firstNeeded = Number(v.stdout.match(/segments (\d+) to/)[1])       // what lies before the base, and parts beside their pack, nobody reads
const span = f => [Number(f.split('-')[1]), Number(f.split('-').at(-1))]
const names = readdirSync(join(repo, 'ship')).filter(f => /^[\d-]+$/.test(f)).sort().filter((f, _, all) => span(f)[1] >= firstNeeded &&
  !all.some(g => g !== f && span(g)[0] <= span(f)[0] && span(g)[1] >= span(f)[1])), at = i => join(repo, 'ship', names[i])
const flip = (file, where) => { const b = readFileSync(file); b[where(b)] ^= 1; writeFileSync(file, b) }
const refused = (what, change, undo, word) => {
  change()
  const a = verify(), b = restore('no')
  check(a.status === 1 && b.status === 1 && word.test(a.stdout) && word.test(b.stderr) && !existsSync(join(folder, 'no')), what, `${a.status} ${b.status} ${word} ${a.stdout}${b.stderr}`)
  rmSync(join(folder, 'no.restoring'), { recursive: true, force: true })
  undo()
}
const middleOne = names.length >> 1, number = name => Number(name.split('-')[1]), lastOf = name => Number(name.split('-').at(-1))
refused('a segment whose body was changed', () => flip(at(middleOne), b => b.length - 5), () => flip(at(middleOne), b => b.length - 5),
  new RegExp(`segment ${lastOf(names[middleOne])} .*damaged`))     // it may be a pack
const note = b => b.indexOf('\nmade ') + 10
refused('one whose description was', () => flip(at(middleOne), note), () => flip(at(middleOne), note),
  new RegExp(`segment ${number(names[middleOne])} .*(foreign|damaged)`))
refused('one that is missing', () => renameSync(at(middleOne), join(folder, 'away')), () => renameSync(join(folder, 'away'), at(middleOne)),
  new RegExp(`segment ${number(names[middleOne])} .*is missing`))
const newestOne = names.length - 1
renameSync(at(newestOne), join(folder, 'away'))
writeFileSync(at(newestOne), 'broken')
r = restore('no')
const offered = r.stderr.match(/by --segment (\d+)/)?.[1]
check(r.status === 1 && offered && !existsSync(join(folder, 'no')), 'of a line that is damaged at its end, restore offers what came before', r.stderr)
r = restore('short', '--segment', offered ?? '1')
check(r.status === 0 && r.stdout.includes(`up to segment ${offered}`), 'and restores it', r.stdout + r.stderr)
renameSync(join(folder, 'away'), at(newestOne))
const swap = () => { renameSync(at(middleOne), join(folder, 'away')); renameSync(at(middleOne - 1), at(middleOne)); renameSync(join(folder, 'away'), at(middleOne - 1)) }
refused('two that changed places', swap, swap, /segment \d+ .*lies in the place of \d+/)
const other = join(folder, 'other'), otherRepo = join(folder, 'other-repo')
run('init', '--data', other)
const stranger = await new Server(program, other, { options: ['--ship', otherRepo, '--backup-key', key] }).start()
await until(() => /info ship base/.test(stranger.said), 20)
await stranger.stop()
const foreign = join(otherRepo, 'ship', readdirSync(join(otherRepo, 'ship')).sort().at(-1)), kept = readFileSync(at(middleOne))
refused('one of another house', () => copyFileSync(foreign, at(middleOne)), () => writeFileSync(at(middleOne), kept), /segment \d+ .*foreign/)
same(verify().status, 0, 'put right, it is right again')

// -- the store goes away, and comes back ---------------------------------------------------------------------------------------------------------

renameSync(join(folder, 'ashes'), data)
await server.start()
check(/goes on behind segment/.test(server.said), 'the burnt one itself would have gone on')
const time = async count => {
  const took = []
  for (let i = 0; i < count; i++) {
    const from = Date.now(), a = await new Browser(server).api('/api/v1/speak', { story: `Chuyện bịa khi kho ${i}` })
    took.push(a.code === 201 ? Date.now() - from : 1e6)
  }
  return took.sort((a, b) => a - b)[took.length * 0.9 | 0]
}
const usual = await time(20)
rmSync(join(folder, 'gone'), { recursive: true, force: true })
renameSync(repo, join(folder, 'gone'))
writeFileSync(repo, '')
const without = await time(20)
check(await until(() => /ALARM nothing can be sent/.test(server.said), 10), 'a store that is gone calls a person')
check(without < 3 * usual + 100, 'and no child waits for it', `${usual} ms with, ${without} ms without`)
rmSync(repo)
renameSync(join(folder, 'gone'), repo)
check(await until(() => /it goes on after/.test(server.said), 10), 'when it is back, it goes on')
if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=200k', 'tmpfs', join(mkdirSync(join(folder, 'small')) ?? folder, 'small')]).status === 0) {
  const ship = join(repo, 'ship')
  server.said = ''
  spawnSync('mount', ['--move', join(folder, 'small'), ship])
  const full = await time(30)
  check(await until(() => /ALARM nothing can be sent.*(space|ENOSPC)/i.test(server.said), 10), 'so does one that is full', server.said)
  check(full < 3 * usual + 100, 'nobody waits for that either', `${usual} ms with, ${full} ms when full`)
  check(await until(() => spawnSync('umount', [ship]).status === 0, 10), 'the full store goes away')
} else console.log('# mounting is not allowed here: a full store was not tried')
await until(() => /it goes on after/.test(server.said), 10)
await server.stop()
v = verify()
check(v.status === 0, 'the line is whole: nothing was skipped', v.stdout + v.stderr)

// -- somebody else ships to the same place, as a clone of the machine would ------------------------------------------------------------------------------

server.said = ''
await server.start()
await until(() => /goes on behind segment|info ship line \S+ begins/.test(server.said), 20)
await sleep(1500)
const top = readdirSync(join(repo, 'ship')).filter(f => /^[\d-]+$/.test(f)).sort().at(-1), theirs = []
for (let i = 1; i <= 5; i++) theirs.push(join(repo, 'ship', `${top.split('-')[0]}-${String(Number(top.split('-').at(-1)) + i).padStart(10, '0')}`))
for (const f of theirs) if (!existsSync(f)) writeFileSync(f, 'of another')
const placed = theirs.filter(f => readFileSync(f, 'latin1') === 'of another')
await new Browser(server).api('/api/v1/speak', { story: 'Chuyện bịa khi có hai' })
check(await until(() => /ALARM line .* another server ships into this repository/.test(server.said), 10), 'what another put in our place is told', server.said)
check(await until(() => /info ship base/.test(server.said), 20), 'a line of our own begins, with a base', server.said)
check(placed.length > 0 && placed.every(f => readFileSync(f, 'latin1') === 'of another'), 'and what they sent is not written over')
await server.stop()
for (const f of placed) rmSync(f)
v = verify()
check(v.status === 0, 'the new line is whole', v.stdout + v.stderr)

// -- what is old goes ---------------------------------------------------------------------------------------------------------------------------------

server.said = ''
await server.start()
check(/goes on behind segment/.test(server.said), 'after a good night it goes on, too')
await server.stop()
const proofs = () => run('backup', 'list', repo).stdout.trim().split('\n').map(name => `${name} ${run('backup', 'verify', repo, '--log-key', logKey, '--snapshot', name).stdout}`).join()
const proved = proofs()
same(run('backup', 'prune', repo).status, 0, 'nothing is old yet')
same(proofs(), proved, 'so nothing that a base needs goes')

// -- the key is turned, and somebody brings the line of before ------------------------------------------------------------------------------------------

await server.start()
const rotated = server.run('key', 'rotate')
same(rotated.status, 0, `the key is turned: ${rotated.stderr}`)
await server.stop()
await server.start()
const turned = await new Browser(server).api('/api/v1/speak', { story: 'Chuyện bịa sau khi xoay khóa' })
same(turned.code, 201, 'a child tells under the new key')
await server.stop()
r = restore('old-line')
check(r.status === 1 && /newer line of the key file may be missing.*by --segment \d+/s.test(r.stderr) && !existsSync(join(folder, 'old-line')),
  'a missing line of the key file is named before any loss', r.stderr)
copyFileSync(join(data, 'keys', 'inst.key'), join(folder, 'both.key'))
r = run('restore', '--from', repo, '--secret', secret, '--key-file', join(folder, 'both.key'), '--data', join(folder, 'both'))
check(r.status === 0 && cases(join(folder, 'both')) === cases(data), 'with both lines all of it comes back', r.stdout + r.stderr)
copyFileSync(join(folder, 'both.key'), keyFile)

// -- a restored copy ships to the same place while the old house still runs -----------------------------------------------------------------------------

same(restore('twin').status, 0, 'a copy is restored')
const twinKey = join(folder, 'twin.key')                    // with a head of its own beside it
copyFileSync(keyFile, twinKey)
const twin = new Server(program, join(folder, 'twin'), { options: ['--key-file', twinKey, ...shipping] })
server.said = ''
await server.start()
await until(() => /goes on behind segment/.test(server.said), 20)
await twin.start()
check(await until(() => /newest line there, \d+, is of the log/.test(twin.said), 10), 'the copy is told that the line there is another log’s', twin.said)
check(await until(() => /info ship base/.test(twin.said), 30), 'and has a base of its own')
const speak = (where, story) => new Browser(where).apiForm('/api/v1/speak', [['story', story], ['files', { name: 'anh.txt', bytes: Buffer.alloc(5000, 'b') }]])
const stuck = join(data, 'files', '00', '0'.repeat(26))     // a folder where a file should be: it can never be read as one
mkdirSync(stuck, { recursive: true })
const blobs = () => readdirSync(join(repo, 'blobs')).flatMap(d => readdirSync(join(repo, 'blobs', d))).length
const had = blobs()
for (let i = 0; i < 6; i++) { await speak(server, `Chuyện bịa của nhà cũ ${i}`); await speak(twin, `Chuyện bịa của bản sao ${i}`) }
check(await until(() => blobs() >= had + 12, 20), 'one file that cannot be read holds up no other', `${blobs() - had} of 12`)
check(await until(() => /ALARM evidence waits/.test(server.said), 15), 'and calls a person', server.said)
await sleep(31000)
await speak(server, 'Chuyện bịa nữa của nhà cũ')
await speak(twin, 'Chuyện bịa nữa của bản sao')
const told2 = s => until(() => /ALARM another server ships into this repository, line \d+/.test(s.said), 40)
check(await told2(server), 'the old house says that another ships here', server.said)
check(await told2(twin), 'and so does the copy', twin.said)
rmSync(stuck, { recursive: true })
check(await until(() => /evidence goes on after/.test(server.said), 10), 'what could not be read is gone, and all is well again', server.said)
await server.stop()
await twin.stop()
const listed = run('backup', 'list', repo), bases = listed.stdout.trim().split('\n')
check(new Set(listed.stderr.match(/of lachan\S+/g)).size > 1, 'the list says whose each base is', listed.stderr)
const clock = ['x86_64', 'aarch64'].map(a => `/usr/lib/${a}-linux-gnu/faketime/libfaketimeMT.so.1`).find(existsSync)
if (clock) {                            // segments tell the hour alone
  twin.env = { LD_PRELOAD: clock, FAKETIME: '+2h', FAKETIME_DONT_FAKE_MONOTONIC: '1', FAKETIME_FORCE_MONOTONIC_FIX: '0', FAKETIME_NO_CACHE: '1' }
  await twin.start()
  check(await until(() => /goes on behind segment/.test(twin.said), 10), 'two hours later the copy goes on', twin.said)
  await speak(twin, 'Chuyện bịa sau hai giờ')
  await twin.stop()
  r = restore('which', '--snapshot', bases.at(-2))
  check(r.status === 0 && /Another server shipped at the same time: line \d+/.test(r.stderr), 'a restore says that there are two', r.stderr)
} else console.log('# the package faketime is not installed: two lines of one hour are not told apart')
finish()
