// A partner's program that asks the match API for harm: addresses that lead inwards, pictures that are bombs, floods of lines, streams
// that nobody reads, questions without the scope. Holds: nothing is fetched, the sandbox and production never meet, and a child's page
// is answered meanwhile.
import http from 'node:http'
import net from 'node:net'

export default async function ({ server, broken, figures, hold, token, bearer, call, sleep, small }) {
  const ask = (body, { type = 'application/json', path = '/api/v1/match', of = 'production' } = {}) => call(path, bearer(token(of)), { method: 'POST', type, body })

  // -- nothing that is named is fetched ---------------------------------------------------------------------------------------
  let visits = 0
  const trap = net.createServer(s => { visits++; s.destroy() })
  await new Promise(done => trap.listen(0, '127.0.0.1', done))
  const inward = [`http://127.0.0.1:${trap.address().port}/`, `http://localhost:${trap.address().port}/a.jpg`, `http://[::1]:${trap.address().port}/`,
    'http://169.254.169.254/latest/meta-data/', 'file:///etc/passwd', 'gopher://127.0.0.1:11211/_stats']
  for (const url of inward)
    for (const body of [{ urls: [url] }, { text: url }, { urls: url, ref: url }, { pdq: [url] }, { picture: url }, { url }])
      await ask(JSON.stringify(body))
  await ask(inward[0], { type: 'image/jpeg' })
  await ask('', { type: 'image/jpeg', path: `/api/v1/match?url=${encodeURIComponent(inward[0])}` })
  await sleep(500)
  trap.close()
  hold(visits === 0, `an address that was named was visited ${visits} times`)

  // -- shapes ----------------------------------------------------------------------------------------------------------------------
  const deep = '{"pdq":'.repeat(3000) + '1' + '}'.repeat(3000)
  for (const [what, body, type] of [
    ['JSON of 3,000 levels', deep], ['100,000 values', JSON.stringify({ md5: Array(100000).fill('0'.repeat(32)) })], ['a key twice', '{"text":"a","text":"b"}'],
    ['NUL in a hash', '{"md5":["\u0000' + '0'.repeat(31) + '"]}'], ['broken UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d])], ['a number as an address', '{"urls":[1e999]}'],
    ['a JPEG that claims 65,535 by 65,535', Buffer.from('ffd8ffc0001108ffffffff03012200021101031101ffd9', 'hex'), 'image/jpeg'],
    ['a PNG of no lines', Buffer.from('89504e470d0a1a0a0000000d4948445200000000000000000806000000', 'hex'), 'image/png'],
    ['a script', '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', 'image/svg+xml'], ['nothing', '', 'image/jpeg'],
  ]) {
    const a = await ask(body, { type })
    hold([413, 422].includes(a.code), `${what}: answered ${a.code}`)
  }

  // -- environment and scope -----------------------------------------------------------------------------------------------------------
  const listed = JSON.stringify({ urls: ['https://la-do-mau.example/'] })
  hold(JSON.parse((await ask(listed)).text).matches.length === 1, 'production does not see its own blocklist')
  hold(JSON.parse((await ask(listed, { of: 'sandbox' })).text).matches.length === 0, 'a token of the sandbox sees production')
  const wrong = await call('/api/v1/match', { ...bearer(token('sandbox')), 'Lachan-Environment': 'production' }, { method: 'POST', type: 'application/json', body: listed })
  hold(wrong.code === 403, `a sandbox token that says production: ${wrong.code}`)

  // -- streams that nobody reads, while a child writes -------------------------------------------------------------------------------------
  const lines = Array.from({ length: small ? 20000 : 60000 }, (_, i) => `{"md5":["${i.toString(16).padStart(32, '0')}"],"ref":"${'x'.repeat(150)}"}`).join('\n')
  const held = Array.from({ length: 8 }, () => {
    const r = http.request({ host: '127.0.0.1', port: server.port, method: 'POST', path: '/api/v1/match/stream', agent: false,
      headers: { ...bearer(token('production')), 'Content-Type': 'application/x-ndjson', 'Content-Length': Buffer.byteLength(lines) } }, a => a.pause())
    r.on('error', () => {}).end(lines)
    return r
  })
  await sleep(1500)
  let slowest = 0
  for (let i = 0; i < 20; i++) {
    const began = Date.now(), page = await call('/speak')
    slowest = Math.max(slowest, Date.now() - began)
    hold(page.code === 200, `/speak answered ${page.code} while streams are held`)
  }
  hold(slowest < 5000, `/speak took ${slowest} ms while streams are held`)
  figures.speak_ms_while_streams_are_held = slowest
  for (const r of held) r.destroy()
  await sleep(300)
  hold((await ask(listed)).code === 200, 'after broken streams nothing is answered')
}
