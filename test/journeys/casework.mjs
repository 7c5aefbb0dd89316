// What officials do in every journey about a case: sign in, fill a form page by page, press an act, print.
import { spawnSync } from 'node:child_process'
import { Browser, check, plain, totp, urlencoded } from './client.mjs'

export const shows = (page, words) => plain(page.text).includes(words)
export const here = page => page.text.match(/\/cases\/([a-z0-9]{26})/)?.[1]
// What a reader sees of a page: no tags, one blank between words.
export const words = page => plain(page.text.replace(/<(style|script)[\s\S]*?<\/\1>/g, ' ').replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ')

// now: what the server believes the time is, where that is not this machine's.
export async function signIn(server, user, now = Date.now) {
  const a = server.accounts().find(x => x.user === user), b = new Browser(server)
  await b.get('/sign-in')
  await b.send('/sign-in', [['user', a.user], ['password', a.password], ['totp', totp(a.totp_secret, now())]])
  return b
}

// Sends one of several forms of a page that go to the same address: ours stand instead of its hidden fields of the same name.
export async function put(b, path, fields) {
  const own = new Set(fields.map(([name]) => name)), kept = b.hidden(path).filter(([name]) => !own.has(name))
  const answer = await b.request('POST', path, urlencoded([...kept, ...fields]))
  b.page = answer
  return answer.code === 303 ? b.get(answer.to.split('#')[0]) : answer
}

// -- forms --------------------------------------------------------------------------------------------------------------------------

// What a browser sends with a button: all that the page shows, where it was not typed over. Hidden fields are added by client.mjs, among
// them the revision that the page shows.
export function shown(page) {
  const values = {}, of = (tag, name) => plain(tag.match(new RegExp(`\\s${name}=("[^"]*"|[^\\s>]*)`))?.[1].replace(/^"|"$/g, '') ?? '')
  for (const [, tag, body] of page.text.matchAll(/(<(?:input|select|textarea)[^>]*\sname="q\.[^>]*>)([\s\S]*?(?=<input|<\/select|<\/textarea|<div|$))/g)) {
    const name = of(tag, 'name').slice('q./data/'.length), type = of(tag, 'type')
    if (type === 'hidden' || / disabled/.test(tag)) continue
    const box = type === 'radio' || type === 'checkbox'
    if (box && !/ checked/.test(tag)) { values[name] ??= []; continue }
    const value = tag.startsWith('<select') ? plain(body.match(/value="([^"]*)" selected/)?.[1] ?? '') : tag.startsWith('<textarea') ? plain(body) : of(tag, 'value')
    values[name] = [...values[name] ?? [], value]
  }
  return values
}

export async function send(b, path, go, answers = {}) {
  const all = { ...shown(b.page), ...answers }
  await b.send(path, [['go', go], ...Object.entries(all).flatMap(([name, value]) => [value].flat().map(v => [`q./data/${name}`, v]))])
  return b.page
}

export async function press(b, path, page, go, answers = {}) {
  await b.get(`${path}?page=${page}`)
  return send(b, path, go, answers)
}

export async function begin(b, id, form) {
  await b.get(`/cases/${id}/papers`)
  await b.send(`/cases/${id}/papers`, [['form', form]])
  return b.page.text.match(/\/cases\/[a-z0-9]{26}\/papers\/[a-z0-9]{26}/)?.[0]
}

// Fills a form as a person does: each answer on the page that asks for it, the button at its foot, and "finished" on the last. Gives
// the answers that no page asked for: none, if the journey knows the form.
export async function fill(b, paper, answers) {
  const left = new Set(Object.keys(answers))
  await b.get(`${paper}?page=1`)
  for (let page = 1; page < 40; page++) {
    const asked = shown(b.page), now = {}
    for (const name of [...left]) if (name in asked) { now[name] = answers[name]; left.delete(name) }
    const last = /value="?finish/.test(b.page.text)
    if (Object.keys(now).length) await send(b, paper, 'save', now)          // what else it asks now is asked on the same page
    if (b.page.code !== 200) return [`page ${page} was refused`, words(b.page)]
    const more = [...left].filter(name => name in shown(b.page))
    if (more.length) { page--; continue }
    await send(b, paper, last ? 'finish' : 'next')
    if (b.page.code !== 200) return [`page ${page} was refused`, words(b.page)]
    if (last) break
  }
  return [...left]
}

// -- acts ---------------------------------------------------------------------------------------------------------------------------

// Presses an act of the case by the button that the case's page shows.
export async function act(b, id, code, fields = []) {
  const path = `/cases/${id}/act/${code}`
  await b.get(`/cases/${id}`)
  if (!b.page.text.includes(path)) return check(false, `the button ${code} is there`, words(b.page).slice(-1200))
  if (!new RegExp(`<form[^>]*action="?${path}["? ]`).test(b.page.text)) await b.get(path)
  await b.send(path, fields)
  return b.page
}

// -- paper --------------------------------------------------------------------------------------------------------------------------

const reader = spawnSync('pdftotext', ['-v']).error ? null : 'pdftotext'
export async function print(b, id, what, { identity = false, why = 'lưu hồ sơ' } = {}) {
  await b.get(`/cases/${id}/print`)
  const answer = await b.send(`/cases/${id}/print`, [['what', what], ['words', why], ...identity ? [['identity', '1'], ['sure', '1']] : []])
  const pdf = answer.raw.subarray(0, 5).toString() === '%PDF-'
  const text = pdf && reader ? spawnSync(reader, ['-layout', '-', '-'], { input: answer.raw, encoding: 'utf8', maxBuffer: 64 << 20 }).stdout : null
  return { pdf, text, answer, says: x => text === null || text.replace(/\s+/g, ' ').includes(x) }
}

// From intake to the chair, with what the six forms must have and no more: for journeys that are about something else.
const RATED = { 'harm/harm_degree': 'medium', 'harm/harm_continues': 'medium', 'harm/harm_access': 'medium', 'harm/harm_development': 'medium',
  'harm/harm_obstacles': 'medium', 'protection/self_protects': 'medium', 'protection/self_adult': 'medium', 'protection/self_knows': 'medium',
  'protection/self_ties': 'medium', 'protection/self_asks': 'medium', 'protection/self_watch': 'medium', 'result/concluded_level': 'high',
  'result/concluded_reason': 'Chưa rõ.', 'result/emergency': 'no', 'result/no_emergency_reason': 'Đã tạm ở nơi an toàn.' }
const LEAST = { 'mau-01': {}, 'mau-02': RATED, 'mau-03': RATED, 'bien-ban-hop': { 'last/conclusion': 'Cần hỗ trợ.' },
  'mau-04': { 'goal[1]/goal_text': 'An toàn.', 'service[1]/service_kind': 'psychology' }, 'mau-05': {} }
export async function toChair(b, id) {
  const papers = {}
  for (const form of Object.keys(LEAST)) {
    papers[form] = await begin(b, id, form)
    const left = papers[form] ? await fill(b, papers[form], LEAST[form]) : ['not offered']
    if (!shows(b.page, 'Đã xong')) check(false, `${form} is finished`, `${left}\n${words(b.page)}`)
  }
  await act(b, id, 'verify')
  await b.get(`/cases/${id}/risk`)
  await b.send(`/cases/${id}/risk`, [['risk', 'high'], ['words', 'Chưa rõ.']])
  for (const step of ['assess', 'plan', 'submit']) await act(b, id, step)
  return papers
}
