// D24: what keeps the house shut stays shut. Programs as they were linked (PIE, full RELRO, no executable stack, canaries, fortified calls,
// nothing writable and executable, no search path); the unit by systemd's own measure; the running server and the decoder as the kernel
// sees them (no new privileges, seccomp, descriptors, limits, no core); the sockets that listen; the headers of every route.
// The unit is not run: no systemd is needed, and none is here. PostgreSQL is the operator's: only what we listen on is looked at.
import { spawn, spawnSync } from 'node:child_process'
import { deflateSync, crc32 as crcOf } from 'node:zlib'
import { existsSync, mkdirSync, readFileSync, readdirSync, readlinkSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Browser, Server, entrance, freePort, multipart, sleep, urlencoded } from '../journeys/client.mjs'
import { data, folder, program, result, small } from './drill.mjs'

const broken = [], figures = {}, skipped = []
const hold = (fine, what) => { if (!fine) broken.push(what); return fine }
const said = (tool, ...args) => spawnSync(tool, args, { encoding: 'utf8', maxBuffer: 1 << 28 })
const has = tool => spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0

// -- as it was linked -----------------------------------------------------------------------------------------------------------------

const decoders = ['lachan-decode', 'lachan-decode-heif', 'lachan-decode-video'].flatMap(n => [join(dirname(program), n), join(dirname(program), 'decode', n)]).filter(f => existsSync(f) && statSync(f).isFile())
hold(decoders.length > 0, 'no decoder lies beside the program')
function linked(file) {
  const dynamic = said('readelf', '-Wd', file).stdout, segments = said('readelf', '-Wl', file).stdout, symbols = said('readelf', '-W', '--dyn-syms', file).stdout
  if (symbols.includes('__asan_init')) return skipped.push(`${file.split('/').pop()} is a build with sanitizers`)
  const name = file.split('/').pop(), must = (fine, what) => hold(fine, `${name}: ${what}`)
  must(/Type:\s+DYN/.test(said('readelf', '-h', file).stdout) && /\(FLAGS_1\).*PIE/.test(dynamic), 'no PIE')
  must(/GNU_RELRO/.test(segments) && /\(FLAGS\).*BIND_NOW|\(FLAGS_1\).*NOW/.test(dynamic), 'no full RELRO')
  must(/GNU_STACK.* RW /.test(segments) && !/GNU_STACK.*RWE/.test(segments), 'an executable stack')
  must(!/^\s+LOAD.* RWE /m.test(segments), 'a segment that is writable and executable')
  must(/__stack_chk_fail/.test(symbols), 'no canaries')
  must((symbols.match(/__\w+_chk\b/g) ?? []).filter(s => s !== '__stack_chk').length > 0, 'no fortified calls')
  must(!/\((RPATH|RUNPATH)\)/.test(dynamic), 'a search path for libraries')
  must(!/\(TEXTREL\)/.test(dynamic), 'relocations in the text')
  must(!/\b(gets|strcpy|strcat|sprintf|vsprintf|mktemp|tmpnam|system|popen)@/.test(symbols), `calls ${symbols.match(/\b(gets|strcpy|strcat|sprintf|vsprintf|mktemp|tmpnam|system|popen)@/)?.[1]}`)
}
if (has('readelf')) [program, ...decoders].forEach(linked)
else skipped.push('readelf is missing')

if (has('systemd-analyze')) {
  const run = said('systemd-analyze', 'security', '--offline=true', '--threshold=20', new URL('../../packaging/lachan.service', import.meta.url).pathname)
  figures.unit = run.stdout.match(/Overall exposure level[^:]*: ([\d.]+)/)?.[1]
  hold(run.status === 0, `the unit: ${run.stdout.trim().split('\n').pop()}${run.stderr}`)
} else skipped.push('systemd-analyze is missing')

// -- as it runs ------------------------------------------------------------------------------------------------------------------------------

// A shell that allows cores, so that the limit is the program's own.
const shell = join(folder, 'with-cores')
writeFileSync(shell, `#!/bin/sh\nulimit -c unlimited 2>/dev/null\ncd '${folder}'\nexec '${program}' "$@"\n`, { mode: 0o755 })
const manage = await freePort()
const server = await new Server(shell, data, { verb: 'demo', options: ['--behind-proxy', '--manage', `127.0.0.1:${manage}`] }).start()
const pid = server.child.pid
const field = (p, name) => readFileSync(`/proc/${p}/status`, 'utf8').match(new RegExp(`^${name}:\\s+(\\S+)`, 'm'))?.[1]
const core = p => readFileSync(`/proc/${p}/limits`, 'utf8').match(/Max core file size\s+(\S+)\s+(\S+)/).slice(1).join()
hold(field(pid, 'NoNewPrivs') === '1', 'the server may gain privileges')
hold(core(pid) === '0,0', `the server may leave a core: ${core(pid)}`)
hold(field(pid, 'CapAmb') === '0000000000000000', 'the server hands capabilities on')

const fds = p => { try { return readdirSync(`/proc/${p}/fd`).map(f => { try { return readlinkSync(`/proc/${p}/fd/${f}`) } catch { return '' } }) } catch { return null } }
const open = fds(pid)
if (open) {
  const mine = new Set(open.map(l => l.match(/^socket:\[(\d+)\]/)?.[1]).filter(Boolean))
  const table = name => { try { return readFileSync(`/proc/net/${name}`, 'utf8').trim().split('\n').slice(1).map(l => l.trim().split(/\s+/)) } catch { return [] } }
  const listening = [...table('tcp'), ...table('tcp6')].filter(f => f[3] === '0A' && mine.has(f[9])).map(f => f[1])
  const hex = port => port.toString(16).toUpperCase().padStart(4, '0')
  hold(JSON.stringify(listening.sort()) === JSON.stringify([`0100007F:${hex(server.port)}`, `0100007F:${hex(manage)}`].sort()), `listens on ${listening}`)
  hold(![...table('udp'), ...table('udp6')].some(f => mine.has(f[9])), 'a datagram socket is open')
  hold(!table('unix').some(f => f[5] === '01' && f[3] !== '00000000' && mine.has(f[6])), 'a local socket listens')
  figures.open = open.length
} else skipped.push('descriptors of the server are not to be seen: the process is closed to whoever is not root')
for (const path of ['keys/inst.key', 'lachan.db']) if (existsSync(join(data, path))) hold((statSync(join(data, path)).mode & 0o077) === 0, `${path} is open to others`)
hold((statSync(data).mode & 0o077) === 0, 'the folder is open to others')

// -- headers of every route, as a stranger and as staff get them ---------------------------------------------------------------------------------

const routes = said(program, 'routes').stdout.trim().split('\n').map(l => l.split('\t')), enter = entrance(server)
const boss = await enter(server.accounts().find(a => a.role === 'supervisor').user)
const always = { 'x-content-type-options': /^nosniff$/, 'referrer-policy': /^no-referrer$/, 'cross-origin-opener-policy': /^same-origin$/, 'cross-origin-resource-policy': /^same-origin$/, 'x-frame-options': /^DENY$/,
  'permissions-policy': /camera=\(\).*geolocation=\(\).*microphone=\(\)/, 'strict-transport-security': /^max-age=\d{8}; includeSubDomains/, 'x-robots-tag': /noindex/,
  'content-security-policy': /^default-src 'none'(?!.*unsafe)(?!.*https?:)(?!.*\*).*frame-ancestors 'none'.*base-uri 'none'/ }
// These two reckon hashes of pictures in the browser; a script that fits the hash in the policy may use WebAssembly there, and nothing else.
const reckons = /^GET \/(speak|talk)\/more$/
let asked = 0
function headers(name, answer) {
  asked++
  for (const [h, want] of Object.entries(always)) hold(want.test((answer.headers[h] ?? '').replace(reckons.test(name) ? " 'wasm-unsafe-eval'" : '\0', '')), `${name}: ${h} is ${answer.headers[h]}`)
  const asset = /^GET \/assets\/[\w.-]+ /.test(`${name} `) && answer.code === 200
  hold(asset ? /immutable|max-age/.test(answer.headers['cache-control']) : /^no-store/.test(answer.headers['cache-control'] ?? ''), `${name}: cache-control is ${answer.headers['cache-control']}`)
  for (const h of ['server', 'x-powered-by', 'via', 'etag', 'last-modified', 'access-control-allow-origin', 'access-control-allow-credentials', 'onion-location', 'link', 'refresh']) hold(!(h in answer.headers) || (asset && h === 'etag') || (h === 'refresh' && name === 'GET /exit'), `${name}: has ${h}`)
  for (const c of answer.headers['set-cookie'] ?? []) hold(/^(__Host-s=.*; Path=\/; Secure; HttpOnly; SameSite=Strict|(theme|keys)=\w*; Path=\/;.*SameSite=Strict)/.test(c), `${name}: sets ${c.replace(/=[^;]*/, '=…')}`)
  const type = answer.headers['content-type'] ?? ''
  hold(answer.raw.length === 0 || type !== '', `${name}: bytes without a type`)
  hold(!/^text\/|html|^application\/xml/.test(type) || /charset=utf-8/i.test(type), `${name}: ${type} without charset`)
  if (answer.to) hold(/^\/(?!\/)/.test(answer.to) || name.startsWith('GET /exit'), `${name}: leads to ${answer.to}`)
}
for (const [method, path, who] of routes) {
  if (who === 'manage') { hold((await new Browser(server).get(path)).code === 404, `${path} is on the public address`); continue }
  const target = path.replace(/:\w+/g, 'busy'), name = `${method} ${path}`
  for (const b of [new Browser(server), boss]) {
    if (b === boss && path === '/sign-out') continue
    headers(name, await b.request(method, target, method === 'GET' ? {} : urlencoded([['text', 'a']])))
    if (method === 'GET') hold((await b.request('TRACE', target)).code === 405, `${path} answers TRACE`)
  }
}
const page = (await new Browser(server).get('/sign-in')).text
for (const [, asset] of page.matchAll(/(\/assets\/[\w.-]+)/g)) headers(`GET ${asset}`, await new Browser(server).get(asset))
for (const path of ['/nowhere', '/desk/..%2f..', '/%00', '/assets/../../etc/passwd']) headers(path, await new Browser(server).get(path))
const exit = await new Browser(server).get('/exit')
hold(/"\*"/.test(exit.headers['clear-site-data'] ?? ''), 'the quick exit does not ask the browser to forget')
figures.answers = asked

// -- the decoder, as long as it lives ----------------------------------------------------------------------------------------------------------------

// A picture that takes a while: 8,000 by 8,000 in a few kilobytes.
function png(side) {
  const chunk = (type, body) => {
    const all = Buffer.concat([Buffer.from(type), body]), out = Buffer.alloc(8)
    out.writeUInt32BE(body.length, 0)
    out.writeUInt32BE(crc(all), 4)
    return Buffer.concat([out.subarray(0, 4), all, out.subarray(4)])
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(side, 0); head.writeUInt32BE(side, 4); head[8] = 8; head[9] = 2
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', head), chunk('IDAT', deflateSync(Buffer.alloc(side * (side * 3 + 1)))), chunk('IEND', Buffer.alloc(0))])
}
function crc(bytes) {
  if (crcOf) return crcOf(bytes)
  let c = 0xffffffff
  for (const b of bytes) { c ^= b; for (let i = 0; i < 8; i++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1 }
  return (c ^ 0xffffffff) >>> 0
}
mkdirSync(join(folder, 'pictures'))
for (let i = 0; i < 4; i++) writeFileSync(join(folder, 'pictures', `${i}.png`), png(8000))
const hash = spawn(program, ['hash', join(folder, 'pictures')], { env: { ...process.env, SECRET_OF_THE_HOUSE: 'x' } })
let hashed = '', seen = null
hash.stdout.on('data', d => { hashed += d })
const over = new Promise(done => hash.once('exit', done))
const children = p => { try { return readdirSync(`/proc/${p}/task`).flatMap(t => readFileSync(`/proc/${p}/task/${t}/children`, 'utf8').trim().split(' ').filter(Boolean)) } catch { return [] } }
const below = () => { const mine = children(hash.pid); if (mine.length) return mine
  return readdirSync('/proc').filter(p => /^\d+$/.test(p)).filter(p => { try { return field(p, 'PPid') === String(hash.pid) } catch { return false } }) }
let last = null
while (hash.exitCode === null && hash.signalCode === null && !(seen?.seccomp === '2')) {
  for (const p of below()) try {
    const now = { seccomp: field(p, 'Seccomp'), privileges: field(p, 'NoNewPrivs'), core: core(p), size: readFileSync(`/proc/${p}/limits`, 'utf8').match(/Max address space\s+(\d+|unlimited)/)[1],
      files: readFileSync(`/proc/${p}/limits`, 'utf8').match(/Max file size\s+(\d+|unlimited)/)[1], fds: fds(p), environment: readFileSync(`/proc/${p}/environ`, 'utf8'), name: field(p, 'Name') }
    last = now
    if (now.name.startsWith('lachan-decode') && now.seccomp === '2') seen = now
  } catch { /* it ended while it was looked at */ }
  await sleep(2)
}
await over
const asan = skipped.some(s => s.includes('sanitizers'))
if (hold(seen || asan, `no decoder was seen behind its walls: ${JSON.stringify(last)}`) && seen) {
  hold(seen.privileges === '1', 'the decoder may gain privileges')
  hold(seen.core === '0,0', 'the decoder may leave a core')
  hold(Number(seen.size) <= 512 << 20, `the decoder may take ${seen.size} bytes`)
  hold(seen.files === '0', `the decoder may write files of ${seen.files}`)
  hold(!seen.environment.includes('SECRET_OF'), 'the decoder has our environment')
  if (seen.fds) hold(seen.fds.length <= 7 && seen.fds.every(l => /^\/dev\/null|^socket:|memfd|\.png$|^$/.test(l)), `the decoder has ${seen.fds}`)
  figures.decoder = { descriptors: seen.fds?.length, address_space: Number(seen.size) }
}
hold(hashed.trim().split('\n').length === 4 || asan, `four pictures gave: ${hashed}`)

// -- a core dump -----------------------------------------------------------------------------------------------------------------------------------------

const before = readdirSync(folder).length
process.kill(pid, 'SIGSEGV')
await server.ended
hold(server.child.signalCode === 'SIGSEGV' || asan, `SIGSEGV ended it as ${server.child.signalCode}`)
hold(readdirSync(folder).length === before && !readdirSync(data).some(f => /^core/.test(f)), 'a core was left')
result('D24', [...new Set(broken)], { ...figures, skipped })
