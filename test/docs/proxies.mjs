// node proxies.mjs INSIDE HAPROXY CADDY (ports of loopback): one raw request a connection, and the status that comes back.
import net from 'node:net'

const [inside, haproxy, caddy] = process.argv.slice(2).map(Number)
let bad = 0

const status = (port, raw) => new Promise(done => {
  const socket = net.connect(port, '127.0.0.1', () => socket.write(Buffer.from(raw.replaceAll('HOST', `Host: 127.0.0.1:${port}`), 'latin1')))
  const end = value => { socket.destroy(); done(value) }
  socket.setTimeout(15000, () => end(0))
  socket.on('data', d => end(Number(d.toString('latin1').split(' ')[1])))
  socket.on('error', () => end(0))
  socket.on('close', () => done(0))
})

// shape, [the program, HAProxy, Caddy]
const get = 'GET / HTTP/1.1\r\nHOST\r\n', post = 'POST /talk HTTP/1.1\r\nHOST\r\n'
const table = [
  ['an ordinary page', get + '\r\n', [200, 200, 200]],
  ['an ordinary form', post + 'Content-Length: 3\r\n\r\na=b', [303, 303, 303]],
  ['length with coding', post + 'Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', [400, 303, 303]],
  ['two lengths', post + 'Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd', [400, 400, 400]],
  ['two equal hosts', get + 'HOST\r\n\r\n', [400, 200, 400]],
  ['no host', 'GET / HTTP/1.1\r\n\r\n', [400, 400, 400]],
  ['a blank before the colon', get + 'X-A : b\r\n\r\n', [400, 400, 400]],
  ['a negative length', post + 'Content-Length: -3\r\n\r\n', [400, 400, 400]],
  ['TRACE', 'TRACE / HTTP/1.1\r\nHOST\r\n\r\n', [405, 405, 405]],
  ['a method nobody knows', 'FOO / HTTP/1.1\r\nHOST\r\n\r\n', [501, 405, 501]],
  ['70 headers', get + Array.from({ length: 70 }, (_, i) => `A${i}: b\r\n`).join('') + '\r\n', [431, 431, 431]],
  ['a target of 5,000 bytes', `GET /${'a'.repeat(5000)} HTTP/1.1\r\nHOST\r\n\r\n`, [431, 431, 431]],
  // what the library hides: the program cannot see it, a proxy refuses it or writes it anew
  ['a folded line', get + 'X-A: b\r\n c\r\n\r\n', [200, 200, 200]],
  ['bare line feeds', 'GET / HTTP/1.1\nHOST\n\n', [200, 200, 200]],
  ['a NUL in a value', get + 'X-A: b\0c\r\n\r\n', [200, 400, 400]],
  ['a bare carriage return', get + 'X-A: b\rc\r\n\r\n', [200, 400, 400]],
]

for (const [shape, raw, wanted] of table)
  for (const [i, port] of [inside, haproxy, caddy].entries()) {
    const is = await status(port, raw)
    if (is !== wanted[i]) { bad++; console.log(`not ok - ${shape} at ${['the program', 'HAProxy', 'Caddy'][i]}: ${is}, not ${wanted[i]}`) }
  }
console.log(`${table.length * 3} tried, ${bad} wrong`)
process.exit(bad ? 1 : 0)
