// The same into an S3-compatible store: one of our own that checks every signature, or the one that LACHAN_TEST_S3 names
// (test/s3/radosgw.sh FOLDER node ship_s3.mjs PROGRAM). Usage: node ship_s3.mjs PROGRAM
import { spawn, spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Browser, Server, check, finish, same, sleep, until } from './client.mjs'
import { Store } from '../s3/store.mjs'

if (process.env.LACHAN_TEST_POSTGRES) { console.log('1..0 # SKIP shipping is for SQLite'); process.exit() }
const program = process.argv[2], folder = mkdtempSync(join(tmpdir(), 'lachan-s3-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const data = join(folder, 'data'), secret = join(folder, 'secret'), keyFile = join(folder, 'inst.key'), s3Key = join(folder, 's3.key')
const real = process.env.LACHAN_TEST_S3
const store = real ? null : await new Store('TESTACCESS', 'test-secret-0123456789').start()
const place = `s3:${real ?? store.address}/nha-1`
writeFileSync(s3Key, `${process.env.LACHAN_TEST_S3_KEY ?? 'TESTACCESS test-secret-0123456789'}\n`, { mode: 0o600 })
// Not spawnSync: the store of our own is in this process.
const run = (...args) => new Promise(done => {
  const child = spawn(program, args), r = { stdout: '', stderr: '' }
  child.stdout.on('data', d => { r.stdout += d })
  child.stderr.on('data', d => { r.stderr += d })
  child.on('exit', status => done({ ...r, status }))
})
const key = (await run('backup', 'key', '--out', secret)).stdout.trim()
await run('demo', '--data', data, '--no-serve')
copyFileSync(join(data, 'keys', 'inst.key'), keyFile)

// -- settings that cannot work are told before anything starts ---------------------------------------------------------------------------------

const bad = async (why, word, ...more) => {
  const r = await run('serve', '--data', data, '--backup-key', key, ...more)
  check(r.status !== 0 && word.test(r.stderr), why, r.stderr)
}
await bad('http goes to this machine alone', /https/, '--ship', 's3:http://kho.example/a', '--s3-key', s3Key)
await bad('names are plain', /small letters/, '--ship', 's3:https://kho.example/A B', '--s3-key', s3Key)
writeFileSync(join(folder, 'open.key'), 'a b\n', { mode: 0o644 })
await bad('a key that others can read is refused', /chmod 600/, '--ship', place, '--s3-key', join(folder, 'open.key'))

// -- it is shipped ---------------------------------------------------------------------------------------------------------------------------------

const server = await new Server(program, data, { options: ['--ship', place, '--backup-key', key, '--s3-key', s3Key] }).start()
check(await until(() => /info ship base/.test(server.said), 120), 'a base is made in the store', server.said)
const tell = async (story, file) => {
  const r = await new Browser(server).apiForm('/api/v1/speak', [['story', story], ...(file ? [['files', { name: 'a.txt', bytes: Buffer.alloc(file, 'x') }]] : [])])
  return r.code === 201 ? JSON.parse(r.text).code : null
}
const took = async n => {
  const all = []
  for (let i = 0; i < n; i++) { const from = Date.now(); await tell(`Chuyện bịa ${i}`); all.push(Date.now() - from) }
  return all.sort((a, b) => a - b)[n * 0.9 | 0]
}
const usual = await took(15)
await tell('Chuyện bịa có tệp', 300000)
if (store) {
  store.slow = 3000
  const slow = await took(15)
  check(slow < 3 * usual + 100, 'a store that needs three seconds for each answer slows nobody down', `${usual} ms, then ${slow} ms`)
  store.slow = 0
  store.broken = true
  const full = await took(15)
  check(await until(() => /ALARM nothing can be sent.*507/.test(server.said), 20), 'one that is full calls a person', server.said)
  check(full < 3 * usual + 100, 'and nobody waits for it', `${usual} ms, then ${full} ms`)
  store.broken = false
  check(await until(() => /it goes on after/.test(server.said), 20), 'when there is room again, it goes on')
}
const code = await tell('Chuyện bịa cuối cùng', 70000)
// Evidence follows in its own time: two files have to be named by segments.
const named = () => [...store.objects].filter(([k]) => k.includes('/ship/')).reduce((n, [, o]) => n + (o.body.toString('latin1').match(/\nfile /g) ?? []).length, 0)
if (store) check(await until(() => named() >= 2, 15), 'evidence follows', named())
await sleep(real ? 5000 : 1500)
await server.kill()
if (store) same(store.refused, 0, 'every request was signed right, as the store computed it itself')

// -- without any secret, and back -------------------------------------------------------------------------------------------------------------------

const verify = (...more) => run('backup', 'verify', place, '--s3-key', s3Key, ...more)
let v = await verify()
check(v.status === 0 && /without a gap/.test(v.stdout), 'the line is whole, all of the store read', v.stdout + v.stderr)
writeFileSync(join(folder, 'wrong.key'), 'TESTACCESS another-secret\n', { mode: 0o600 })
v = await run('backup', 'verify', place, '--s3-key', join(folder, 'wrong.key'))
check(v.status === 1 && /403/.test(v.stderr), 'a wrong secret opens nothing', v.stderr)
renameSync(data, join(folder, 'ashes'))
const restore = to => run('restore', '--from', place, '--s3-key', s3Key, '--secret', secret, '--key-file', keyFile, '--data', join(folder, to))
let r = await restore('new')
check(r.status === 0 && /, 0 that had not arrived/.test(r.stdout), 'a house is made of it', r.stdout + r.stderr)
same((await run('audit', 'verify', '--data', join(folder, 'new'), '--key-file', keyFile)).status, 0, 'and proves itself')
const again = await new Server(program, join(folder, 'new'), { options: ['--key-file', keyFile] }).start()
const b = new Browser(again)
await b.get('/talk')
await b.send('/talk', [['code', code]])
check(b.page.text.includes('Chuyện bịa cuối cùng'), 'what was told last is in it')
await again.stop()

// -- what is old goes; what is damaged is named -----------------------------------------------------------------------------------------------------

same((await run('backup', 'prune', place, '--s3-key', s3Key)).status, 0, 'nothing is old')
v = await verify()
same(v.status, 0, 'so nothing goes that is needed')
if (store) {
  const names = [...store.objects.keys()].filter(k => k.includes('/ship/')).sort(), one = names[names.length >> 1]
  const o = store.objects.get(one)
  store.objects.set(one, { ...o, body: Buffer.concat([o.body.subarray(0, -1), Buffer.from([o.body.at(-1) ^ 1])]) })
  v = await verify()
  check(v.status === 1 && new RegExp(`segment ${Number(one.split('-').at(-1))} .*damaged`).test(v.stdout), 'a changed bit is named', v.stdout)
  r = await restore('no')
  check(r.status === 1 && /damaged/.test(r.stderr), 'and nothing is restored of it', r.stderr)
  await store.stop()
}
finish()
