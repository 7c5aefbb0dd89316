// Notices: a receiver that never answers, and addresses that lead inwards.
import { lookup } from 'node:dns/promises'
import { createServer } from 'node:net'
import { hostname } from 'node:os'

export default async function ({ server, figures, hold, small, sleep, call, signIn, fill }) {
  // -- a receiver that takes the connection and says nothing: intake and every page go on ------------------------------------------------
  const hanging = createServer(() => {}).listen(0, '127.0.0.1')
  let admin = await signIn('giang.mau')
  await admin.get('/admin/partners')
  await fill(admin, '/admin/partners', [['do', 'address'], ['environment', 'sandbox'], ['url', `http://127.0.0.1:${hanging.address().port}/`]])
  for (let i = 0; i < 5; i++) {
    await admin.get('/partner?env=sandbox')
    await admin.send('/partner?env=sandbox')
  }
  let slowest = 0
  for (let i = 0; i < (small ? 20 : 100); i++) {
    const began = Date.now()
    const told = await call('/api/v1/speak', {}, { method: 'POST', type: 'application/json', body: JSON.stringify({ story: `nơi nhận im lặng ${i}` }) })
    slowest = Math.max(slowest, Date.now() - began)
    hold(told.code === 201, `a report while a receiver is silent: ${told.code}`)
  }
  figures.slowest_report_ms = slowest
  hold(slowest < 5000, `a silent receiver held a report up: ${slowest} ms`)
  hanging.close()

  // -- what leads inwards, on a server that is no demo --------------------------------------------------------------------------------------
  await server.stop()
  server.verb = 'serve'
  await server.start()
  admin = await signIn('giang.mau')
  await admin.get('/admin/partners')
  let refused = 0
  for (const url of ['http://127.0.0.1/', 'https://127.0.0.1/', 'https://127.1/', 'https://2130706433/', 'https://0x7f000001/', 'https://[::1]/', 'https://[::ffff:127.0.0.1]/',
    'https://169.254.169.254/latest/meta-data', 'https://10.0.0.1/', 'https://192.168.1.1/', 'https://172.16.0.1/', 'https://[fd00::1]/', 'https://localhost/', 'https://0.0.0.0/',
    'file:///etc/passwd', 'gopher://127.0.0.1:6379/', 'https://a@127.0.0.1/', 'https://example.vn:22/', 'https://example.vn/\r\nHost: x', 'javascript:1']) {
    const page = await fill(admin, '/admin/partners', [['do', 'address'], ['environment', 'production'], ['url', url]])
    hold(page.code === 422, `the address ${JSON.stringify(url)} was taken: ${page.code}`)
    refused++
  }
  figures.addresses_refused = refused

  // A name of our own that leads to this machine passes the form, as a rebound one would: the connection is refused where it is opened.
  const name = hostname(), at = await lookup(name).catch(() => null)
  let connections = 0
  const inside = createServer(() => { connections++ }).listen(0, '0.0.0.0')
  if (at) {
    await admin.get('/admin/partners')
    await fill(admin, '/admin/partners', [['do', 'address'], ['environment', 'production'], ['url', `https://${name}:${inside.address().port}/`]])
    await admin.get('/partner')
    await admin.send('/partner')
    let page = { text: '' }
    for (let i = 0; i < 150 && !/Không trả lời/.test(page.text); i++) { await sleep(100); page = await admin.get('/partner') }
    hold(/Không trả lời/.test(page.text), 'a notice to a name that leads inwards was not tried')
    hold(connections === 0, `the server opened ${connections} connections to itself`)
  }
  figures.rebound = at ? at.address : 'this machine does not know its own name'
  inside.close()
  await server.stop()
  server.verb = 'demo'
  await server.start()
}
