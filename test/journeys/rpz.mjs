// A blocked name on its way from two people to real resolvers: BIND takes the zone by AXFR with a key, hears of a change and takes
// it by IXFR; Unbound takes it by AXFR and over HTTP. What is taken off opens again. Usage: node rpz.mjs PROGRAM; LACHAN_TEST_POSTGRES
// names a database, else SQLite. Everything talks on loopback, on ports of its own.
import { spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Browser, Server, check, entrance, finish, freePort, plain, same, until, urlencoded, words } from './client.mjs'
import { blocked, dig, named, open, run, startRoot, startUnbound, unbound } from './resolvers.mjs'

if (!existsSync(named) || !existsSync(unbound)) {
  console.log('1..0 # SKIP bind9 or unbound is not installed')
  process.exit(0)
}
const folder = mkdtempSync(join(tmpdir(), 'lachan-journey-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const program = process.argv[2]
const server = await new Server(program, join(folder, 'data'), { verb: 'demo' }).start(180)
const enter = entrance(server)
const analyst = await enter('hai.mau'), reviewer = await enter('loan.mau'), keeper = await enter('phong.mau')

const root = await startRoot()
const port = { rpz: await freePort(), bind: await freePort(), axfr: await freePort(), http: await freePort() }

// -- the keeper gives BIND a key ----------------------------------------------------------------------------------------------------

await keeper.get('/blocklist/feeds')
const token = page => { keeper.page = page; return keeper.hidden('/none').filter(([n]) => n === 'csrf' || n === 'token').slice(0, 2) }
const set = async fields => keeper.get((await keeper.request('POST', '/blocklist/feeds', urlencoded([...token(keeper.page), ...fields]))).to)
await set([['do', 'peer'], ['list', 'core'], ['holder', 'Nhà mạng thử'], ['key', 'provider-a'], ['notify', `127.0.0.1:${port.bind}`]])
const secret = plain(keeper.page.text).match(/secret "([A-Za-z0-9+/=]{40,})"/)?.[1]
check(secret, 'the key of a resolver is shown', words(keeper.page))
check(!plain((await keeper.get('/blocklist/feeds')).text).includes(secret ?? '?'), 'once')

const rpz = run(program, ['rpz', 'serve', '--data', join(folder, 'data'), '--rpz-listen', `127.0.0.1:${port.rpz}`,
  ...(process.env.LACHAN_TEST_POSTGRES ? ['--db', process.env.LACHAN_TEST_POSTGRES] : [])])
check(await until(() => rpz.said.includes('ready dns://')), '`lachan rpz serve` says when it is ready', rpz.said)
check(await until(async () => (await new Browser(server).get('/blocklist/core.json')).code === 200 ||
  (await dig(port.rpz, 'core.rpz.lachan', 'SOA', '-y', `hmac-sha256:provider-a:${secret}`)).status === 'NOERROR'), 'the list is published by itself')

// -- BIND -------------------------------------------------------------------------------------------------------------------------

mkdirSync(join(folder, 'bind'))
writeFileSync(join(folder, 'bind', 'named.conf'), `
key "provider-a" { algorithm hmac-sha256; secret "${secret}"; };
options { directory "${folder}/bind"; listen-on port ${port.bind} { 127.0.0.1; }; listen-on-v6 { none; }; pid-file none; session-keyfile none;
  recursion yes; allow-query { 127.0.0.1; }; dnssec-validation no; forward only; forwarders { 127.0.0.1 port ${root.port}; };
  response-policy { zone "core.rpz.lachan" policy given min-update-interval 1; }; qname-minimization off; };
controls { };
zone "core.rpz.lachan" { type secondary; file "core.zone"; masterfile-format text; allow-query { 127.0.0.1; };
  primaries { 127.0.0.1 port ${port.rpz} key "provider-a"; }; };
`)
const bind = run(named, ['-g', '-n', '1', '-c', join(folder, 'bind', 'named.conf')])
check(await until(() => /transferred serial \d+/.test(bind.said)), 'BIND takes the zone by AXFR with its key', bind.said.slice(-1500))
check(await until(() => blocked(port.bind, 'la-do-mau.example')), 'and blocks a name of the list')
check(await blocked(port.bind, 'www.la-do-mau.example'), 'and what lies below it')
check(await open(port.bind, 'truong-mau.example'), 'another name passes')
check(await open(port.bind, 'dien-dan-mau.example'), 'one page of a site does not take the site with it')
check(await open(port.bind, 'the-cao-mau.example'), 'what nobody has approved yet passes')

// -- Unbound ------------------------------------------------------------------------------------------------------------------------

await set([['do', 'feed'], ['list', 'core'], ['zone', 'core.rpz.lachan'], ['walled', ''], ['open', 'yes']])
const feed = await new Browser(server).get('/blocklist/core.rpz')
same(feed.code, 200, 'an open list needs no token')
const again = await new Browser(server, { headers: { 'If-None-Match': feed.headers.etag } }).get('/blocklist/core.rpz')
check(again.code === 304 && again.raw.length === 0, 'and is not sent twice', again.code)
const byTransfer = startUnbound(folder, root, port.axfr, `primary: 127.0.0.1@${port.rpz}\n  allow-notify: 127.0.0.1`)
const byHttp = startUnbound(folder, root, port.http, `url: "http://127.0.0.1:${server.port}/blocklist/core.rpz"`)
check(await until(() => blocked(port.axfr, 'la-do-mau.example')), 'Unbound takes the open list by AXFR and blocks', byTransfer.said.slice(-1500))
check(await blocked(port.axfr, 'a.b.tang-qua-mau.example') && await open(port.axfr, 'truong-mau.example'), 'what lies below, and nothing else')
check(await until(() => blocked(port.http, 'la-do-mau.example')), 'another Unbound takes it over HTTP and blocks', byHttp.said.slice(-1500))
check(await open(port.http, 'truong-mau.example'), 'and nothing else')

// -- a change ---------------------------------------------------------------------------------------------------------------------------

await analyst.get('/blocklist/new')
await analyst.send('/blocklist/new', [['name', 'hxxps://XẤU-mới[.]example/'], ['class', 'scam'], ['source', 'Thư thử'], ['basis', ''], ['days', '30'], ['words', '']])
const path = analyst.page.text.match(/\/blocklist\/entries\/[0-9a-z]{26}/)?.[0]
check(path && words(analyst.page).includes('xn--'), 'an analyst proposes a name with Vietnamese letters', words(analyst.page))
const name = words(analyst.page).match(/xn--[a-z0-9-]+\.example/)[0]
check((await analyst.request('POST', path, urlencoded([...analyst.hidden('/none'), ['do', 'approve']]))).code === 403, 'and cannot approve it')
check(await open(port.bind, name), 'nothing is blocked yet')
await reviewer.get(path)
const began = Date.now()
await reviewer.send(path, [])
check(await until(() => blocked(port.bind, name), 40), 'once a reviewer has approved it, BIND hears of it and blocks', bind.said.slice(-1500))
const seconds = (Date.now() - began) / 1000
check(seconds < 20, `within ${seconds.toFixed(1)} s, long before it would ask by itself`)
check(/notify from 127\.0\.0\.1#\d+(: serial \d+)?/i.test(bind.said) && /IXFR|transferred serial 2/.test(bind.said) && !/AXFR-style/.test(bind.said),
  'by NOTIFY and IXFR', bind.said.slice(-1500))
check(/Transfer completed: \d+ messages, 6 records/.test(bind.said), 'two records come, between four SOA', bind.said.slice(-800))

await reviewer.get(path)
await reviewer.send(path, [['do', 'remove'], ['words', 'Nhầm trang']])
check(await until(() => open(port.bind, name), 40), 'what is taken off opens again in BIND', bind.said.slice(-1500))

// -- wrong keys, wrong questions ------------------------------------------------------------------------------------------------------------

await set([['do', 'feed'], ['list', 'core'], ['zone', 'core.rpz.lachan'], ['walled', 'giup.la-chan.example']])
const zone = (...more) => dig(port.rpz, 'core.rpz.lachan', 'AXFR', ...more)
const key = (name, value) => ['-y', `hmac-sha256:${name}:${value}`]
const rows = async z => (await z).answer.filter(l => /CNAME/.test(l)).length
check(await rows(zone(...key('provider-a', secret))) > 0, 'the right key takes the zone')
check(await rows(zone()) === 0, 'without a key nothing is taken from a closed list')
check(await rows(zone(...key('provider-a', Buffer.alloc(32, 7).toString('base64')))) === 0, 'with a wrong secret nothing')
check(await rows(zone(...key('provider-b', secret))) === 0, 'under another name nothing')
check(await rows(zone('-y', `hmac-md5:provider-a:${secret}`)) === 0, 'with a weaker algorithm nothing')
check(await rows(dig(port.rpz, 'family.rpz.lachan', 'AXFR', ...key('provider-a', secret))) === 0, 'a key opens its own list alone')
for (const [n, t] of [['core.rpz.lachan', 'A'], ['core.rpz.lachan', 'NS'], ['la-do-mau.example', 'A'], ['.', 'NS'], ['version.bind', 'TXT']])
  same((await dig(port.rpz, n, t, ...key('provider-a', secret))).status, 'REFUSED', `${n} ${t} is refused`)

const garbage = [Buffer.alloc(0), Buffer.from([0]), Buffer.alloc(11, 255), Buffer.alloc(512, 255), Buffer.alloc(512, 0xc0),
  Buffer.from('00010000000100000000000101c00c00fc0001', 'hex'), Buffer.from('000100000001000000010000c00c00fc0001', 'hex')]
const udp = createSocket('udp4')
for (const g of garbage) await new Promise(done => udp.send(g, port.rpz, '127.0.0.1', done))
const closed = await Promise.all(garbage.map(g => new Promise(done => {
  const s = connect(port.rpz, '127.0.0.1', () => s.write(Buffer.concat([Buffer.from([g.length >> 8, g.length & 255]), g])))
  s.on('data', () => s.destroy()).on('close', () => done(true)).on('error', () => {})
  setTimeout(() => s.destroy(), 3000)
})))
check(closed.every(Boolean) && rpz.over === undefined, 'malformed queries do not hurt')
const slow = await Promise.all(Array.from({ length: 20 }, () => new Promise(done => {
  const s = connect(port.rpz, '127.0.0.1').on('connect', () => s.write('\0')).on('close', () => done('closed')).on('error', () => {})
  setTimeout(() => { s.destroy(); done('held') }, 1500)
})))
check(slow.filter(x => x === 'closed').length >= 11, 'one address holds no more than its share of connections', slow.join(' '))
check(await until(async () => await rows(zone(...key('provider-a', secret))) > 0, 15), 'and others are served again', rpz.said)

check(await until(async () => (await dig(port.bind, 'la-do-mau.example', 'A')).answer.some(l => /giup\.la-chan\.example/.test(l)), 40), 'with a walled page a blocked name leads there', bind.said.slice(-800))

const ending = keeper.page.text.match(/value=end-peer[\s\S]*?name=id value="?([0-9a-z]{26})/)?.[1]
await set([['do', 'end-peer'], ['id', ending]])
check(await rows(zone(...key('provider-a', secret))) === 0, 'a key that was ended opens nothing from that moment')

// -- the file checks itself -------------------------------------------------------------------------------------------------------------------

const exported = spawnSync(program, ['rpz', 'export', '--data', join(folder, 'data'), ...(process.env.LACHAN_TEST_POSTGRES ? ['--db', process.env.LACHAN_TEST_POSTGRES] : [])], { encoding: 'utf8' })
writeFileSync(join(folder, 'core.rpz'), exported.stdout)
same(spawnSync(program, ['rpz', 'check', join(folder, 'core.rpz')]).status, 0, '`rpz check` finds nothing in what `rpz export` wrote')
same(spawnSync('named-checkzone', ['core.rpz.lachan', join(folder, 'core.rpz')]).status, 0, 'nor does BIND')
check(readFileSync(join(folder, 'bind', 'core.zone'), 'utf8').includes('la-do-mau.example'), 'BIND keeps the zone for the day on which we are away')

rpz.kill('SIGTERM')
check(await until(() => rpz.over !== undefined, 10) && rpz.over === 0, '`rpz serve` ends when it is told to', rpz.over)
udp.close()
root.close()
await server.stop()
finish()
process.exit()
