// docs/operate.md by somebody who types what stands there: the program put in place, a new instance, a child, the hourly backup as the unit makes
// it, the fire, and the way back. Paths of the system become a folder of our own; no other word of the commands is changed.
// Usage: node operate.mjs PROGRAM
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Browser, Server, check, codeOn, finish, same, sleep } from './client.mjs'
import { enter, office, open, words as seen } from './office.mjs'

const root = join(import.meta.dirname, '../..'), folder = mkdtempSync(join(tmpdir(), 'lachan-operate-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const guide = readFileSync(join(root, 'docs/operate.md'), 'utf8')
const steps = guide.split(/^## /m).slice(1)
const blocks = n => steps[n - 1].split('\n').filter(l => l.startsWith('    ')).map(l => l.trim())
const places = [['/var/lib/lachan-key', join(folder, 'key')], ['/var/lib/lachan', join(folder, 'lib')], ['/var/backups/lachan', join(folder, 'backups')],
  ['/usr/local', join(folder, 'root/usr/local')]]
const here = text => places.reduce((t, [from, to]) => t.replaceAll(from, to), text)
for (const d of ['key', 'lib', 'backups', 'root', 'desk']) mkdirSync(join(folder, d))

// A line of the guide, typed by the user lachan.
const type = line => spawnSync('sh', ['-c', here(line.replace(/^sudo -u lachan /, ''))],
  { encoding: 'utf8', cwd: join(folder, 'desk'), env: { ...process.env, PATH: `${join(folder, 'root/usr/local/bin')}:${process.env.PATH}` } })
const line = (n, start) => blocks(n).find(l => l.replace(/^sudo -u lachan /, '').startsWith(start)) ?? check(false, `step ${n} has the command ${start}`)

// -- 2: the program ---------------------------------------------------------------------------------------------------------------------

const install = spawnSync('meson', ['install', '-C', dirname(process.argv[2]), '--no-rebuild', '--quiet'],
  { encoding: 'utf8', env: { ...process.env, DESTDIR: join(folder, 'root') } })
same(install.status, 0, `the program is put in place: ${install.stderr}`)
const program = join(folder, 'root/usr/local/bin/lachan')
check(existsSync(program) && existsSync(join(folder, 'root/usr/local/share/lachan/content/geo')), 'with its content')
same(blocks(2)[0], 'script/install', 'as the guide says')

// -- 3, 4: keys and instance --------------------------------------------------------------------------------------------------------------

const offline = type(line(3, 'lachan backup key')), key = offline.stdout.trim()
check(offline.status === 0 && key.length === 44, 'the key for backups has 44 characters', offline.stderr)
const init = type(line(4, 'lachan init'))
const links = [...init.stdout.matchAll(/^(\S+) +(\S+) +(\/welcome\/\S+)$/gm)].map(m => m[3])
check(init.status === 0 && links.length === 3, 'the instance is made, with three links', init.stdout + init.stderr)
const data = join(folder, 'lib/data'), keyFile = join(folder, 'key/inst.key')
check(/^\d+ [0-9a-f]{64}$/.test(readFileSync(keyFile, 'utf8').trim()), 'the key to print is one line: a number and 64 hexadecimal characters')
const settings = blocks(4).filter(l => / = /.test(l)).join('\n').replace('THE 44 CHARACTERS OF STEP 3', key)
writeFileSync(join(data, 'lachan.conf'), `${here(settings)}\n`, { mode: 0o600 })

// -- 6: the first start, as the unit starts it ----------------------------------------------------------------------------------------------

const unit = name => [...readFileSync(join(root, 'packaging', name), 'utf8').matchAll(/^ExecStart=(.*)$/gm)].map(m => m[1])
const words = unit('lachan.service')[0].split(' ')
check(here(words[0]) === program && words[1] === 'serve' && here(words[words.indexOf('--data') + 1]) === data, 'the unit serves what the guide made')
const start = async () => new Server(program, data, { options: ['--key-file', keyFile, '--behind-proxy'], address: '' }).start()
let server = await start()
const doctor = () => type(line(6, 'lachan doctor'))
let look = doctor()
check(look.status === 2 && /^BAD +reports: no unit can receive one/m.test(look.stdout), 'doctor says what is still to do: nobody could receive a report', look.stdout + look.stderr)
const [system, admin, coordinator] = [await open(server, links[0], 'quan-tri'), await open(server, links[1], 'to-chuc'), await open(server, links[2], 'dieu-phoi')]
check(/Đăng xuất/.test(seen(system.page)), 'three people take their accounts', seen(system.page))
const { add, to, unit: makeUnit, route, confirm } = office(admin, coordinator)
const desk = await makeUnit('Ca trực', 'hotline'), mai = await add('Mai (mẫu)', 'mai.truc')
await to(mai, [['do', 'role'], ['role', 'counsellor']])
await to(mai, [['do', 'join'], ['unit', desk]])
await confirm('Ca trực')
const counsellor = await open(server, mai.link, 'mai.truc')
await confirm('Mai')
await route('national', desk)
const routed = await confirm('Tuyến')
check(/Đã xác nhận/.test(routed.text ?? ''), 'the first unit, its first person and its route are set by one and confirmed by another', `${seen(admin.page)} ${routed.shown}`)
look = doctor()
check(look.status < 2 && !/^BAD/m.test(look.stdout), 'then doctor finds nothing broken', look.stdout + look.stderr)
const child = new Browser(server), story = 'Chuyện bịa của người vận hành'
await child.get('/speak')
await child.send('/speak/send', [['danger', 'none'], ['harm', 'bullying'], ['story', story]])
const code = codeOn(child.page)
check(code?.length >= 16, 'a child tells', seen(child.page))

// -- 7: the hourly backup ------------------------------------------------------------------------------------------------------------------

for (const command of unit('lachan-backup.service')) {
  const made = type(command)
  same(made.status, 0, `the timer's unit: ${command.split(' ').slice(1, 3).join(' ')}: ${made.stderr.slice(0, 300).replace(/\n/g, ' ')}`)
}
const table = steps[6]
const weekly = type(table.match(/`(sudo -u lachan lachan audit verify [^`]*)`/)[1])
check(weekly.status === 0 && weekly.stdout.startsWith('ok: '), 'the weekly look says ok', weekly.stdout + weekly.stderr)
const logKey = server.run('audit export', '--key-file', keyFile).stdout.match(/^key (\S+)/m)[1]
const monthly = type(table.match(/`(lachan backup verify [^`]*)`/)[1].replace('LOGKEY', logKey))
same(monthly.status, 0, `the monthly look needs no secret: ${(monthly.stdout + monthly.stderr).replace(/\n/g, ' ')}`)
same(type(steps[7].match(/`(sudo -u lachan lachan backup list [^`]*)`/)[1]).status, 0, 'and what is there is listed')

// -- 9: burnt down -------------------------------------------------------------------------------------------------------------------------

const late = new Browser(server), word = 'Chuyện bịa sau bản sao lưu cuối'
await late.get('/speak')
await late.send('/speak/send', [['danger', 'none'], ['harm', 'bullying'], ['story', word]])
const lateCode = codeOn(late.page)
await sleep(3000)           // a second, and a busy machine
const printed = readFileSync(keyFile, 'utf8')
await server.kill()
for (const d of ['lib', 'key']) { rmSync(join(folder, d), { recursive: true }); mkdirSync(join(folder, d)) }
writeFileSync(keyFile, printed, { mode: 0o400 })
const restored = type(line(9, 'lachan restore'))
check(restored.status === 0, 'it is restored', restored.stdout + restored.stderr)
const proof = type(line(9, 'lachan audit verify'))
check(proof.status === 0 && proof.stdout.startsWith('ok: '), 'and proves itself', proof.stdout + proof.stderr)
server = await start()
const again = new Browser(server)
await again.get('/talk')
await again.send('/talk', [['code', code]])
check(again.page.text.includes(story), 'the child is back in the conversation', again.page.text.slice(0, 1500))
const third = new Browser(server)
await third.get('/talk')
await third.send('/talk', [['code', lateCode]])
check(third.page.text.includes(word), 'and so is who told after the last backup', `${restored.stdout}${restored.stderr}`)
const back = await enter(server, counsellor.account)
check(/\/desk\/[0-9a-z]{26}/.test((await back.get('/desk?show=all')).text), 'the counsellor signs in and has the report', seen(back.page))
await server.stop()
check(!server.said.includes(story), 'and the server has said nothing of it')
finish()
