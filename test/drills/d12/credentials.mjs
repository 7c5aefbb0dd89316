// Tokens: stolen, of the other environment, without the scope, over the quota, replayed, forged, misspelt, and too long.
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { program } from '../drill.mjs'

const once = page => [...page.text.matchAll(/<output class="?mono"?>([^<]*)<\/output>/g)].map(m => m[1])

export default async function ({ server, figures, small, sleep, token, hold, bearer, call, raw, sign, signIn, fill, rows, random }) {
  // The sandbox may be asked much here; production keeps the shipped quota, for the flood below.
  server.run('partner quota', '--org', 'platform', '--scope', 'call', '--sandbox', '--per-second', '5000', '--burst', '5000')
  const sandbox = token('sandbox'), production = token('production')
  const codeOf = async (...all) => (await call(...all)).code
  let tried = 0
  const refused = async (sentence, codes, ...all) => { tried++; const code = await codeOf(...all); hold(codes.includes(code), `${sentence}: ${code}`) }

  // -- the other environment, other doors -------------------------------------------------------------------------------------------
  await refused("a sandbox token where production is meant", [403], '/api/v1/partner', { ...bearer(sandbox), 'Lachan-Environment': 'production' })
  await refused("a production token where the sandbox is meant", [403], '/api/v1/partner', { ...bearer(production), 'Lachan-Environment': 'sandbox' })
  const members = []
  for (const t of [sandbox, production]) members.push(JSON.parse((await call('/api/v1/partner', bearer(t))).text).member)
  hold(members[0] !== members[1], 'both environments are named by one member id')
  for (const path of ['/admin', '/desk', '/cases', '/log', '/partner', '/admin/partners', '/blocklist'])
    await refused(`a page ${path} by a token`, [303, 401, 403], path, bearer(production))
  for (const path of ['/api/v1/log/head', '/api/v1/log/leaves', '/api/v1/log/growth'])
    await refused(`the log ${path} by a partner's token`, [403], path, bearer(production))

  // -- a scope that the token does not hold: every route of programs, with a token for another thing ----------------------------------
  const admin = await signIn('giang.mau')
  await admin.get('/admin/partners')
  const make = async (...fields) => once(await fill(admin, '/admin/partners', [['do', 'add'], ['name', `D12 ${Math.floor(random() * 1e9)}`], ['environment', 'sandbox'], ...fields]))
  const words = { may_send_reports: 'report', may_match: 'match', may_take_hashes: 'hashes.read', may_give_hashes: 'hashes.write', may_answer_notices: 'notices' }
  const routes = spawnSync(program, ['routes', '--json'], { encoding: 'utf8' }).stdout
  for (const { method, path, permission } of JSON.parse(routes)) {
    if (!(permission in words)) continue
    const wrong = Object.values(words).filter(w => w !== words[permission])[0]
    const [t] = await make(['scope', wrong]), address = path.replace(/:\w+/g, 'x')
    const more = method === 'GET' ? {} : { method, type: 'application/json', body: '{}' }
    if (path.startsWith('/ispws/')) {       // its clients read a code in an answer of 200
      const told = await call(address, bearer(t), more)
      hold(told.code === 200 && /<responseCode>[1-9]/.test(told.text), `${method} ${path} with the scope ${wrong}: ${told.code} ${told.text.slice(0, 100)}`)
    } else await refused(`${method} ${path} with the scope ${wrong}`, [403], address, bearer(t), more)
    await refused(`${method} ${path} without a token`, [401], address, {}, more)
  }

  // -- guessed, cut, changed, doubled -------------------------------------------------------------------------------------------------
  const guesses = small ? 50 : 500
  for (let i = 0; i < guesses; i++) await refused('a guessed token', [401], '/api/v1/partner', bearer(randomBytes(32).toString('base64url')))
  const other = production[0] === 'A' ? 'B' : 'A'
  for (const t of [production.slice(1), production + 'A', other + production.slice(1), production.toUpperCase(), ` ${production}x`, '', '%00', `${production}\t${production}`])
    await refused('a token that is nearly right', [401], '/api/v1/partner', bearer(t))
  const basic = (code, t) => ({ Authorization: `Basic ${Buffer.from(`${code}:${t}`).toString('base64')}` })
  for (const code of ['hotline', 'police', 'PLATFORM', '', 'platform '])
    await refused(`a token under the name of "${code}"`, [401], '/api/v1/partner', basic(code, production))
  await refused('two ways at once', [401], '/api/v1/partner', { ...bearer(production), 'x-functions-key': sandbox, 'Ocp-Apim-Subscription-Key': 'platform' })
  await refused('the key of another organisation', [401], '/api/v1/partner', { 'x-functions-key': production, 'Ocp-Apim-Subscription-Key': 'hotline' })
  hold(await codeOf('/api/v1/partner', basic('platform', production)) === 200, 'the right Basic is refused')

  // -- headers that nobody writes --------------------------------------------------------------------------------------------------------
  const head = more => `GET /api/v1/partner HTTP/1.1\r\nHost: a\r\n${more}\r\n\r\n`
  for (const [name, text, codes] of [
    ['two tokens', head(`Authorization: Bearer ${production}\r\nAuthorization: Bearer ${production}`), [401, 400]],
    ['a folded header', head(`Authorization: Bearer\r\n ${production}`), [400, 401, 0]],
    ['a blank before the colon', head(`Authorization : Bearer ${production}`), [400, 0]],
    ['a NUL in the token', head(`Authorization: Bearer ${production.slice(0, 20)}\0${production.slice(20)}`), [400, 401, 0]],
    ['bytes that are no letters', head(`Authorization: Bearer \xff\xfe${production}`), [400, 401, 0]],
    ['a header of 100 kB', head(`Authorization: Bearer ${'A'.repeat(100000)}`), [400, 401, 413, 431, 0]],
    ['a Basic of 20 kB', head(`Authorization: Basic ${'QUFB'.repeat(5000)}`), [400, 401, 413, 431, 0]],
    ['a thousand headers', head(Array.from({ length: 1000 }, (_, i) => `X-${i}: 1`).join('\r\n')), [400, 431, 0]],
    ['a thousand signatures', head(`Authorization: Bearer ${production}\r\nwebhook-signature: ${'v1,AAAA '.repeat(1000)}`), [200, 400, 431, 0]],
    ['two lengths', `POST /api/v1/partner/echo HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${production}\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx`, [400, 0]],
  ]) { tried++; const code = await raw(text); hold(codes.includes(code), `${name}: ${code}`) }
  hold(await codeOf('/healthz') === 200, 'the server did not outlive the headers')

  // -- signatures -------------------------------------------------------------------------------------------------------------------------
  const [signed, secret] = await make(['scope', 'report'], ['signed', 'yes'])
  const [, foreign] = await make(['scope', 'report'], ['signed', 'yes'])
  const echo = (body, headers) => codeOf('/api/v1/partner/echo', { ...bearer(signed), ...headers }, { method: 'POST', type: 'text/plain', body })
  const now = Math.floor(Date.now() / 1000), good = sign(secret, 'a')
  hold(await echo('a', good) === 200, 'a right signature is refused')
  for (let i = 0; i < 5; i++) { tried++; hold(await echo('a', good) === 409, 'a replay was taken') }
  const batch = Array.from({ length: small ? 30 : 200 }, () => sign(secret, 'b'))
  for (const h of batch) await echo('b', h)
  const again = await Promise.all(batch.map(h => echo('b', h)))
  tried += again.length
  hold(again.every(c => c === 409), `a replayed batch was taken: ${again.filter(c => c !== 409)}`)
  const race = sign(secret, 'c'), raced = await Promise.all(Array.from({ length: 20 }, () => echo('c', race)))
  hold(raced.filter(c => c === 200).length === 1, `of twenty at once ${raced.filter(c => c === 200).length} were taken`)
  for (const [name, body, headers] of [
    ['no signature', 'a', {}], ['another body', 'b', sign(secret, 'a')], ['an old one', 'a', sign(secret, 'a', { at: now - 400 })],
    ['one of the future', 'a', sign(secret, 'a', { at: now + 400 })], ["another token's secret", 'a', sign(foreign, 'a')],
    ['a changed time', 'a', { ...sign(secret, 'a', { at: now - 400 }), 'webhook-timestamp': String(now) }],
    ['a changed id', 'a', { ...sign(secret, 'a'), 'webhook-id': 'msg_other' }],
    ['an id with a dot', `${now}.a`, { ...sign(secret, `${now}.a`, { id: 'x' }), 'webhook-id': `x.${now}` }],
    ['an empty signature', 'a', { ...sign(secret, 'a'), 'webhook-signature': '' }], ['v1 of nothing', 'a', { ...sign(secret, 'a'), 'webhook-signature': 'v1,' }],
    ['a version of its own', 'a', { ...sign(secret, 'a'), 'webhook-signature': sign(secret, 'a')['webhook-signature'].replace('v1', 'v0') }],
  ]) { tried++; const code = await echo(body, headers); hold(code === 401, `${name}: ${code}`) }

  // -- more than the quota, while a child tells ---------------------------------------------------------------------------------------------
  const flood = small ? 150 : 1000, answers = {}
  const began = Date.now()
  const floods = Promise.all(Array.from({ length: flood }, async (_, i) => { await sleep(i % 50); const c = await codeOf('/api/v1/partner', bearer(production)); answers[c] = (answers[c] ?? 0) + 1 }))
  const told = await call('/api/v1/speak', {}, { method: 'POST', type: 'application/json', body: JSON.stringify({ story: 'giữa lúc đông' }) })
  hold(told.code === 201, `a report during the flood: ${told.code}`)
  await floods
  figures.flood = answers
  const seconds = Math.ceil((Date.now() - began) / 1000)
  hold(Object.keys(answers).every(c => ['200', '429'].includes(c)) && answers[429] > 0, `the quota did not hold: ${JSON.stringify(answers)}`)
  hold((answers[200] ?? 0) <= 50 + 10 * (seconds + 1), `more than the quota was taken: ${JSON.stringify(answers)}`)
  hold(await codeOf('/api/v1/partner', bearer(sandbox)) === 200, 'a flood of production takes the quota of the sandbox')

  // -- revoked ---------------------------------------------------------------------------------------------------------------------------------
  await admin.get('/admin/partners')
  const [stolen] = await make(['scope', 'notices'])
  const page = await admin.get('/admin/partners'), id = page.text.match(/name="?id"? value="?([0-9a-z]+)/)[1]
  await fill(admin, '/admin/partners', [['do', 'end'], ['id', id]])
  const ended = Date.now()
  await refused('a revoked token', [401], '/api/v1/partner', bearer(stolen))
  figures.revoked_ms = Date.now() - ended
  const foreigner = await signIn('nga.mau'), left = page.text.match(/name="?id"? value="?([0-9a-z]+)/g)?.[1]?.match(/([0-9a-z]{26})/)?.[1]
  await foreigner.get('/admin/partners')
  const reach = await fill(foreigner, '/admin/partners', [['do', 'end'], ['id', left]])
  hold(reach.code === 404, `another organisation's administrator ended a token: ${reach.code}`)

  // -- nothing of it is kept ----------------------------------------------------------------------------------------------------------------------
  await sleep(7000)
  const kept = rows('SELECT code, kind FROM partner_errors').flat().join(' ')
  hold(!kept.includes(production) && !kept.includes('nearly'), 'an error keeps what was sent')
  hold(Number(rows('SELECT COUNT(*) FROM partner_errors')[0][0]) <= 400, 'errors are not bounded')
  figures.tried = tried
}
