// A list of hashes on its way into a bank, over the real socket: brought, checked, taken in, approved by another person, looked up; and the
// same while the server is killed again and again: in the end every record is there once. Usage: node banks.mjs PROGRAM;
// LACHAN_TEST_POSTGRES names a database, else SQLite.
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Browser, Server, check, finish, multipart, plain, same, sleep, totp } from './client.mjs'

const folder = mkdtempSync(join(tmpdir(), 'lachan-journey-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const server = await new Server(process.argv[2], join(folder, 'data'), { verb: 'demo' }).start(180)
const accounts = server.accounts()
const words = page => plain(page.text.replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ')

const used = new Map()
async function enter(user) {
  const { password, totp_secret } = accounts.find(a => a.user === user)
  const step = Math.max(Math.floor(Date.now() / 30000), (used.get(user) ?? 0) + 1)
  used.set(user, step)
  while (Math.floor(Date.now() / 30000) < step - 1) await sleep(500)
  const b = new Browser(server)
  await b.get('/sign-in')
  await b.send('/sign-in', [['user', user], ['password', password], ['totp', totp(totp_secret, step * 30000)]])
  return b
}
async function until(what, seconds = 60) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(200)) { const got = await what(); if (got) return got }
  return null
}
const analyst = await enter('hai.mau'), reviewer = await enter('loan.mau')
const hash = n => createHash('sha256').update(`made up ${n}`).digest('hex')

// -- by hand ---------------------------------------------------------------------------------------------------------------------------

const list = await analyst.get('/banks')
const bank = list.text.match(/href="?(\/banks\/[0-9a-z]{26})"?>Đường dây hỗ trợ/)?.[1]
check(bank, 'the demo has a bank of the hotline', words(list))

const hidden = page => ['csrf', 'token'].map(n => [n, page.text.match(new RegExp(`name="?${n}"? value="([^"]+)"`))?.[1]])
async function bring(text, name) {
  const page = await analyst.get(`${bank}/import`)
  return analyst.request('POST', `${bank}/import`, multipart([...hidden(page), ['file', { name, type: 'text/plain', bytes: text }]]))
}
const act = async (who, path, what) => {
  const page = await who.get(path)
  return who.request('POST', path, { type: 'application/x-www-form-urlencoded', body: new URLSearchParams([...hidden(page), ['do', what]]).toString() })
}

let answer = await bring(`pdq ${hash(1)}\npdq 12\n`, 'sai.txt')
same(answer.code, 422, 'a file with a wrong line is refused')
check(/Có 1 chỗ sai/.test(words(answer)) && /pdq 12/.test(words(answer)), 'and the line is named', words(answer))

answer = await bring(`pdq ${hash(1)}\nmd5 ${hash(2).slice(0, 32)}\n`, 'nho.txt')
same(answer.code, 303, 'a right file is checked')
const small = answer.to
check(/Nhập 2 mã/.test(words(await analyst.get(small))), 'its sums are shown before it is taken in')
await act(analyst, small, 'take')
check(await until(async () => /Chờ duyệt/.test(words(await analyst.get(small)))), 'it is taken in and held')
check(!/Đang so/.test(words(await analyst.get(`/banks?q=${hash(1)}`))), 'held records match nothing')
await act(analyst, small, 'approve')
check(/Chờ duyệt/.test(words(await reviewer.get(small))), 'who brought it does not approve it')
await act(reviewer, small, 'approve')
check(await until(async () => /Đang so/.test(words(await analyst.get(`/banks?q=${hash(1)}`)))), 'a reviewer brings it into force')
const near = hash(1).slice(0, 63) + (parseInt(hash(1)[63], 16) ^ 1).toString(16)
check(/Đường dây hỗ trợ/.test(words(await analyst.get(`/banks?q=${near}`)).split('Kết quả tra')[1] ?? ''), 'a hash that is one bit away finds it')

// -- killed again and again ---------------------------------------------------------------------------------------------------------------

const many = 60000
answer = await bring(Array.from({ length: many }, (_, i) => `pdq ${hash(1000 + i)}\n`).join(''), 'lon.txt')
same(answer.code, 303, 'a large file is checked')
const large = answer.to
const records = () => JSON.parse(server.run('banks list', '--json').stdout.split('\n').find(l => l.includes('"duong-day"')) ?? '{}')
// Each time once it has moved on: a process that was killed holds its work for twenty seconds more.
async function killed(times) {
  const percent = async () => Number(words(await analyst.get(large)).match(/(\d+) %/)?.[1] ?? 100)
  for (let i = 0, from = await percent(); i < times && from < 100; i++) {
    await until(async () => await percent() > from, 120)
    await server.kill()
    await server.start(180)
    from = await percent()
  }
}
await act(analyst, large, 'take')
await killed(2)
check(await until(async () => /Chờ duyệt/.test(words(await analyst.get(large))), 300), 'killed while it is taken in, it is taken in all the same', words(await analyst.get(large)))
const before = records().records
await act(reviewer, large, 'approve')
await killed(2)
check(await until(async () => /đang được dùng/.test(words(await analyst.get(large))), 300), 'killed while it is approved, it is approved all the same')
same(before, records().records, 'no record came twice')
same(records().records, 3 + 2 + many, 'and none is missing')
same(records().waiting, 1, 'only the demo’s own waits')
check(await until(() => (records().in_file ?? 0) >= many, 120), 'all of it lies in the file')
const checked = server.run('banks check')
same(checked.status, 0, 'rows and files prove themselves')
check(/60005 records are as they were written/.test(checked.stdout), 'the check says how many', checked.stdout)
same(readdirSync(join(folder, 'data/banks/import')).length, 0, 'lists that are over leave no file')

// -- a damaged file ---------------------------------------------------------------------------------------------------------------------

await server.stop()
const file = readdirSync(join(folder, 'data/banks')).filter(n => /^duong-day\.\d+\.bank$/.test(n)).sort((a, b) => a.split('.')[1] - b.split('.')[1]).at(-1)
writeFileSync(join(folder, 'data/banks', file), 'not a bank')
same(server.run('banks check').status, 1, 'a damaged file is found')
await server.start(180)
check(await until(async () => { await analyst.get(`/banks?q=${hash(1)}`); return server.run('banks check').status === 0 }, 120), 'and made anew', server.said.slice(-500))
check(/Đang so/.test(words(await analyst.get(`/banks?q=${hash(1)}`))), 'and its records are found again')
await server.stop()
finish()
