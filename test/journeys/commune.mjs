// The road of the law, walked by a commune: a report reaches the hotline and is handed to the commune where it happened; its officer
// takes it from intake to closing with every form, clock, meeting, service and approval, without script, and prints each document.
// Usage: node commune.mjs PROGRAM; LACHAN_TEST_POSTGRES names a database, else it is SQLite.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Browser, Server, check, codeOn, finish, multipart, plain, same } from './client.mjs'
import { act, begin, fill, print, put, shown, shows, signIn, words } from './casework.mjs'

const folder = mkdtempSync(join(tmpdir(), 'lachan-journey-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const server = await new Server(process.argv[2], join(folder, 'data'), { verb: 'demo' }).start()
const name = 'Mầm Thử (tên giả)', story = 'Có người lạ trên mạng doạ sẽ tìm đến trường của em.'
const says = (page, text, sentence) => check(words(page).includes(text), sentence, words(page).slice(0, 3000))
const inDays = n => new Date(Date.now() + 7 * 3600e3 + n * 86400e3).toISOString().slice(0, 10)

// -- the hotline --------------------------------------------------------------------------------------------------------------------

const child = new Browser(server)
await child.get('/speak')
await child.send('/speak/send', [['danger', 'now'], ['harm', 'threat'], ['age', '12-15'], ['province', '14'], ['story', story]], { encode: multipart })
const code = codeOn(child.page)
await child.send('/speak/code', [['last', code.slice(-4)]])

const hanh = await signIn(server, 'hanh.mau'), lan = await signIn(server, 'lan.mau')
const hung = await signIn(server, 'hung.mau'), kien = await signIn(server, 'kien.mau')
let id
await hanh.get('/desk?show=unclaimed&level=now')
for (const found of new Set(plain(hanh.page.text).match(/\/desk\/[a-z0-9]{26}/g) ?? []))
  if (!id && shows(await hanh.get(found), story)) id = found.slice(6)
check(id, 'the counsellor finds the report')
await hanh.get(`/desk/${id}`)
await hanh.send(`/desk/${id}/case`)
const number = words(hanh.page).match(/TH-\d{4}-\d{4}/)?.[0]
check(number, 'and makes a case of it', words(hanh.page))
says(hanh.page, 'Chuyển UBND cấp xã nơi xảy ra', 'the first clock of the law runs: to the commune at once')
await hanh.get(`/cases/${id}/communes`)
await hanh.send(`/cases/${id}/communes`, [['event', '99901'], ['home', '99901'], ['words', 'Trẻ nói trong trò chuyện.']])
says(await hanh.get(`/cases/${id}/transfer`), 'Xã Lá Xanh (mẫu)', 'the communes are noted, and who serves them is offered')
const to = hanh.page.text.match(new RegExp(`/cases/${id}/transfer/[a-z0-9]{26}`))?.[0]
await hanh.get(to)
const boxes = [...hanh.page.text.matchAll(/<textarea[^>]*name="?(t\d+)"?[^>]*>([\s\S]*?)<\/textarea>/g)].map(m => [m[1], plain(m[2])])
await hanh.send(to, [...boxes, ['share', 'level/'], ['share', 'place/'], ['purpose', 'handover'], ['need', 'Trẻ ở xã này.'], ['consent', 'child'], ['expires', inDays(20)], ['do', 'check']])
await hanh.send(`${to}/check`)
const handed = hanh.page.text.match(/\/referrals\/[a-z0-9]{26}/)?.[0]
check(handed, 'the case is offered to the commune', words(hanh.page))

// -- intake, Mẫu 01 -----------------------------------------------------------------------------------------------------------------

says(await lan.get('/cases?show=mine'), 'Đường dây hỗ trợ (mẫu)', "it stands in the officer's work")
await lan.get(handed)
await lan.send(`${handed}/accept`)
says(await lan.get(`/cases/${id}`), 'phụ trách: Lan (mẫu)', 'who takes it over carries it')
check(/Quyết định biện pháp khẩn cấp, cách ly (2[0-4]|[01]\d):\d\d/.test(words(lan.page)) && /Còn 1[01] giờ/.test(words(lan.page)), 'the twelve hours run on, in words', words(lan.page))
check(new RegExp(`Còn 1[01] giờ( \\d\\d phút)? Quyết định biện pháp khẩn cấp, cách ly · ${number}`).test(words(await lan.get('/cases'))), "and stand among the officer's work", words(lan.page))
same((await hanh.get(`/cases/${id}`)).code, 404, 'the hotline has no key any more')

await lan.get(`/cases/${id}/people`)
await lan.send(`/cases/${id}/people`, [['role', 'child'], ['name', name], ['born', '2013-05-04'], ['phone', ''], ['address', 'Thôn Một (mẫu)'], ['words', '']])
const papers = {}
async function write(b, form, answers, sentence) {
  papers[form] = await begin(b, id, form)
  check(papers[form], `${form} is offered and begun`, words(b.page))
  const left = papers[form] ? await fill(b, papers[form], answers) : ['nothing']
  check(left.length === 0 && shows(b.page, 'Đã xong'), sentence, `${left}\n${words(b.page)}`)
}
papers['mau-01'] = await begin(lan, id, 'mau-01')
await lan.get(`${papers['mau-01']}?page=1`)
check(shows(await lan.get(`${papers['mau-01']}?page=3`), name), 'Mẫu 01 knows the child already', words(lan.page))
check(Object.values(shown(lan.page)).flat().includes('Xã Lá Xanh (mẫu)'), 'and the commune where the child lives', JSON.stringify(shown(lan.page)))
const left01 = await fill(lan, papers['mau-01'], {
  'opening/kind': 'abused', 'source/channel': 'online', 'child/child_sex': 'female', 'event/event_place': 'Trên mạng',
  'event/child_state': 'Em lo sợ.', 'event/online': 'yes', 'event/online_harm': ['lured'], 'event/platform': 'Trò chơi trên mạng',
  'family/carer_is_doer': 'no', 'done/actions_now': 'Gọi trẻ, báo nhà trường.', 'informant/informant_agrees': 'no', 'last/notes': 'Không.',
})
check(left01.length === 0 && shows(lan.page, 'Đã xong'), 'Mẫu 01 is filled by its pages and finished', `${left01}\n${words(lan.page)}`)

// -- verification, Mẫu 02, the emergency --------------------------------------------------------------------------------------------

await act(lan, id, 'verify')
says(lan.page, 'Kiểm tra, đánh giá ban đầu', 'verification begins')
const due = async (b, text, sentence) => check(words(await b.get('/cases?show=mine')).includes(`${text} · ${number} `), sentence, words(b.page).slice(600, 4000))
await due(lan, 'Mẫu số 02: Đánh giá nguy cơ ban đầu, tình trạng, mức độ tổn hại của trẻ em', 'the form that is due stands among the work')
await act(lan, id, 'urgent', [['words', 'Người doạ biết trường của trẻ.']])
says(lan.page, 'Đang can thiệp khẩn cấp', 'an emergency measure waits for nobody')
check(!/Quyết định biện pháp khẩn cấp[^.]*Còn/.test(words(lan.page).split('Việc song song')[0].split('Thời hạn theo luật')[1] ?? ''), 'and its twelve hours are over', words(lan.page))
await act(hung, id, 'separate', [['words', 'Tạm ở với bà 5 ngày.']])
says(hung.page, 'Đang tạm thời cách ly', 'the chair decides a separation')
says(hung.page, '15 ngày', 'of at most fifteen days, which run from now')
await write(lan, 'mau-02', {
  'head/sources': 'Trẻ, cô giáo.', 'head/verified': 'true', 'harm/harm_degree': 'medium', 'harm/harm_continues': 'high',
  'protection/self_protects': 'low', 'protection/self_adult': 'medium', 'result/concluded_level': 'high', 'result/concluded_reason': 'Người doạ ở gần.',
  'result/serious': 'no', 'result/carer_is_doer': 'no', 'result/emergency': 'yes', 'result/measures': ['safe_place'], 'result/measures_text': 'Ở với bà.',
}, 'Mẫu 02 is filled by its pages and finished')
await act(lan, id, 'assess')
same(lan.page.code, 422, 'without a conclusion on the risk nothing goes on')
await lan.get(`${papers['mau-02']}/risk`)
await lan.send(`${papers['mau-02']}/risk`, [['risk', 'high'], ['words', 'Người doạ ở gần.'], ['lower', '']])
await due(lan, 'Sang đánh giá nguy cơ cụ thể', 'with its forms finished the next step stands there')
await act(lan, id, 'assess')
says(lan.page, 'Đánh giá nguy cơ cụ thể', 'concluded, it does')
await act(hung, id, 'together', [['words', 'Người doạ đã bị giữ.']])
says(hung.page, 'Đã qua khẩn cấp', 'the separation is ended in time')

// -- Mẫu 03, the needs meeting ------------------------------------------------------------------------------------------------------

await write(lan, 'mau-03', {
  'child/body': 'Bình thường.', 'child/mind': 'Lo sợ.', 'child/child_view': 'Muốn đi học lại.', 'home/family': 'Ở với bà và mẹ.',
  'harm/harm_degree': 'medium', 'harm/harm_access': 'low', 'harm/harm_development': 'medium', 'harm/harm_obstacles': 'low',
  'protection/self_protects': 'medium', 'protection/self_knows': 'medium', 'protection/self_ties': 'medium', 'protection/self_asks': 'medium',
  'protection/self_watch': 'medium', 'result/concluded_level': 'high', 'result/concluded_reason': 'Vẫn còn lo ngại.',
}, 'Mẫu 03 is filled by its pages and finished')
await act(lan, id, 'plan')
same(lan.page.code, 422, 'no plan without a needs meeting')
says(lan.page, 'Biên bản', 'which is named')
await lan.get(`/cases/${id}/meetings`)
await lan.send(`/cases/${id}/meetings`, [['at', `${inDays(-1)}T14:00`], ['place', 'UBND xã'], ['subject', 'Nhu cầu của trẻ'], ['others', 'Cô giáo']])
says(lan.page, 'UBND xã', 'the meeting is called')
const meeting = lan.page.text.match(new RegExp(`/cases/${id}/meetings/[a-z0-9]{26}`))?.[0]
await lan.get(meeting)
await lan.send(meeting, [['state', 'held'], ['words', 'Đã họp đủ người.']])
says(lan.page, 'Đã họp đủ người.', 'and held')
check(lan.page.text.includes('bien-ban-hop'), 'from there it is one press to its minutes', words(lan.page))
papers['bien-ban-hop'] = await begin(lan, id, 'bien-ban-hop')
await lan.get(`${papers['bien-ban-hop']}?page=1`)
check(lan.page.text.includes(`${inDays(-1)}T14:00`) && lan.page.text.includes('UBND xã'), 'which know when and where it was', JSON.stringify(shown(lan.page)))
await lan.get(`${papers['bien-ban-hop']}/do/void`)
await lan.send(`${papers['bien-ban-hop']}/do/void`, [['words', 'Bắt đầu lại.']])
await write(lan, 'bien-ban-hop', { 'head/met_place': 'UBND xã', 'parents/carer_present': 'yes', 'last/child_view': 'Muốn đi học lại.', 'last/conclusion': 'Cần hỗ trợ tâm lý.' },
  'the minutes are filled and finished')
await act(lan, id, 'plan')
says(lan.page, 'Lập kế hoạch', 'planning begins')

// -- Mẫu 04, Mẫu 05, the chair ------------------------------------------------------------------------------------------------------

await write(lan, 'mau-04', {
  'head/grounds': 'Kết quả đánh giá.', 'goal[1]/goal_text': 'Trẻ an toàn, đi học lại.', 'service[1]/service_kind': 'psychology', 'service[1]/service_text': 'Tham vấn',
  'service[1]/provider': 'Phòng tâm lý (mẫu)', 'last/child_view': 'Đồng ý.', 'last/carer_agrees': 'agreed', 'last/review_on': inDays(30),
}, 'Mẫu 04 with a goal and a service')
await write(lan, 'mau-05', { 'articles/article_2': 'Lan (mẫu) theo dõi.', 'sign/signer_name': 'Hùng (mẫu)' }, 'the draft decision, Mẫu 05')
await act(lan, id, 'submit')
says(lan.page, 'Chờ Chủ tịch duyệt kế hoạch', 'plan and draft go to the chair')
check(!lan.page.text.includes('/act/approve'), 'the officer cannot approve them')
says(await hung.get('/cases?show=mine'), number, "it stands in the chair's work")
await hung.get(`/cases/${id}/act/return`)
await hung.send(`/cases/${id}/act/return`, [['words', '']])
same(hung.page.code, 422, 'nothing is sent back without a reason')
await hung.send(`/cases/${id}/act/return`, [['words', 'Ghi rõ ai theo dõi.']])
says(hung.page, 'Ghi rõ ai theo dõi.', 'with one it is')
says(await lan.get(papers['mau-04']), 'Ghi rõ ai theo dõi.', 'and the officer reads it at the form')
await due(lan, 'Mẫu số 04: Kế hoạch hỗ trợ, can thiệp', 'which is among the work again')
await act(lan, id, 'submit')
same(lan.page.code, 422, 'what was sent back is not sent again as it is')
for (const form of ['mau-04', 'mau-05']) {
  const left = await fill(lan, papers[form], form === 'mau-04' ? { 'last/coordinator': 'Lan (mẫu)' } : {})
  check(left.length === 0 && shows(lan.page, 'Đã xong'), `${form} is mended`, `${left}\n${words(lan.page)}`)
}
await act(lan, id, 'submit')
await act(hung, id, 'approve')
says(hung.page, 'Thực hiện kế hoạch', 'the chair approves')
says(await lan.get(`${papers['mau-05']}/read`), 'Đã duyệt', 'and with the plan the decision')

// -- carried out --------------------------------------------------------------------------------------------------------------------

await lan.get(`/cases/${id}/support`)
await put(lan, `/cases/${id}/support`, [['kind', 'service'], ['type', 'mind'], ['provider', 'Phòng tâm lý (mẫu)'], ['due', inDays(10)], ['aim', 'Trẻ bớt lo']])
await put(lan, `/cases/${id}/support`, [['kind', 'follow'], ['type', 'safety'], ['due', inDays(5)], ['aim', 'Thăm nhà']])
const supports = [...new Set(lan.page.text.match(new RegExp(`/cases/${id}/support/[a-z0-9]{26}`, 'g')) ?? [])]
same(supports.length, 2, 'a service and a follow-up are planned')
for (const one of supports) {
  await lan.get(one)
  await lan.send(one, [['state', 'given'], ['words', 'Trẻ đã bớt lo.']])
}
says(lan.page, 'Trẻ đã bớt lo.', 'what came of them is written down')

// -- review, Mẫu 06, the end --------------------------------------------------------------------------------------------------------

async function review(proposal, level, stable) {
  await act(lan, id, 'review')
  await write(lan, 'mau-06', {
    'harm/harm_degree': 'low', 'harm/harm_access': 'low', 'harm/harm_obstacles': 'low', 'protection/self_protects': 'high', 'protection/self_knows': 'high',
    'protection/self_ties': 'high', 'protection/self_asks': 'high', 'protection/self_watch': 'high', 'result/concluded_level': level,
    'result/concluded_reason': 'Đã rà soát.', 'result/stable': stable, 'result/proposal': proposal, 'service[1]/service_text': 'Tham vấn', 'service[1]/outcome': 'done',
  }, `Mẫu 06: ${proposal}`)
}
await review('replan', 'medium', 'no')
await act(hung, id, 'replan', [['words', 'Thêm hỗ trợ học tập.']])
says(hung.page, 'Lập kế hoạch', 'after the review the chair asks for a new plan')
await act(lan, id, 'submit')
same(lan.page.code, 422, 'which the old, approved plan is not')
says(lan.page, 'Mẫu số 04', 'the form that is wanted is named')
await write(lan, 'mau-04', { 'head/plan_no': '2', 'goal[1]/goal_text': 'Học lại cùng lớp.', 'service[1]/service_kind': 'school' }, 'a second plan')
await write(lan, 'mau-05', { 'articles/article_2': 'Cô giáo thực hiện.' }, 'and its decision')
await act(lan, id, 'submit')
await act(hung, id, 'approve')
says(hung.page, 'Thực hiện kế hoạch', 'approved like the first')
await review('close', 'low', 'yes')
await lan.get(`${papers['mau-06']}/risk`)
await lan.send(`${papers['mau-06']}/risk`, [['risk', 'low'], ['words', 'Đã ổn định.'], ['lower', 'Người doạ đã bị giữ.']])
await act(lan, id, 'propose', [['words', 'Trẻ đã an toàn.']])
says(lan.page, 'Chờ Chủ tịch quyết định kết thúc', 'the officer proposes the end')
await act(hung, id, 'close', [['choice', 'helped'], ['words', 'Đồng ý.']])
says(hung.page, 'Đã đóng', 'the chair closes the case')
check(!/Còn \d|Quá hạn/.test(words(hung.page).split('Thời hạn theo luật')[1]?.split('Việc song song')[0] ?? ''), 'and no clock runs on', words(hung.page))

// -- paper --------------------------------------------------------------------------------------------------------------------------

for (const [form, paper] of Object.entries(papers)) {
  const p = await print(lan, id, paper.split('/').pop())
  check(p.pdf && p.says(number) && (p.text === null || !p.text.includes(name)), `${form} is printed: the number, no name`, p.text ?? words(p.answer))
}
const open = await print(lan, id, papers['mau-05'].split('/').pop(), { identity: true })
check(open.pdf && open.says(name), 'asked for, the decision says whom it is about', open.text)
const whole = await print(lan, id, 'all', { why: 'lưu trữ' })
check(whole.pdf && whole.says(number) && (whole.text === null || !whole.text.includes(name)), 'the whole file is one document, without the name')
says(await kien.get(`/cases/${id}`), 'Đã đóng', 'the supervisor reads all of it')

await server.stop()
const audit = server.run('audit verify')
same(audit.status, 0, `audit verify is content: ${audit.stdout.trim()}${audit.stderr.trim()}`)
check(![name, story, code, 'Ghi rõ ai theo dõi.'].some(x => server.said.includes(x)), 'the server has said nothing of all this')
finish()
