// What D8 does to a request. mutate: anything; framing: only shapes that must be refused with the connection closed.
let random = Math.random
export const seedWith = chance => { random = chance }
const below = n => Math.floor(random() * n)
const some = list => list[below(list.length)]
const latin = b => b.toString('latin1'), bytes = s => Buffer.from(s, 'latin1')

const cut = b => { const at = b.indexOf('\r\n\r\n'); return [latin(b.subarray(0, at)), b.subarray(at + 4)] }
const join = (head, body) => Buffer.concat([bytes(`${head}\r\n\r\n`), body])
// A length that fits again, so that what stands in the body is read.
const measured = (head, body) => join(/content-length:/i.test(head) ? head.replace(/content-length: *[^\r]*/i, `Content-Length: ${body.length}`) : head, body)
const splice = (b, at, drop, put) => Buffer.concat([b.subarray(0, at), put, b.subarray(at + drop)])
const odd = [bytes('\0'), bytes('\xff\xfe'), bytes('\xc3'), bytes('\xed\xa0\x80'), bytes('\xf4\x90\x80\x80'), bytes('%00'), bytes('%ff'), bytes('%'), bytes('%2e%2e%2f'), bytes('\r\n'),
  bytes('\n'), bytes('\t'), bytes("'\"><"), bytes('{{'), bytes('-9223372036854775809'), bytes('99999999999999999999'), bytes('\u00e2\u0080\u00ae'), bytes('A'.repeat(5000)), bytes('%s%n'), bytes('\x7f'), bytes('&='), bytes(';'), bytes('..')]
const lines = head => head.split('\r\n')

const body = change => b => { const [head, rest] = cut(b); return rest.length ? measured(head, change(rest)) : change(b) }
const anywhere = change => b => change(b)
const headers = change => b => { const [head, rest] = cut(b); return join(change(lines(head)).join('\r\n'), rest) }

const flips = b => { const c = Buffer.from(b); for (let i = 1 + below(4); i > 0; i--) c[below(c.length)] ^= 1 << below(8); return c }
const insert = b => splice(b, below(b.length + 1), 0, some(odd))
const drop = b => splice(b, below(b.length), 1 + below(20), Buffer.alloc(0))
const repeat = b => { const at = below(b.length), n = 1 + below(60); return splice(b, at, 0, Buffer.concat(Array(1 + below(30)).fill(b.subarray(at, at + n)))) }

// Values of a form or of JSON in place of the ones that stand there.
function value(b) {
  const text = latin(b)
  if (text.startsWith('{')) return bytes(text.replace(/:("[^"]*"|\[[^\]]*\]|[\d.]+)/g, v => random() < 0.4 ? `:${some(['null', '[]', '{}', '-1', '1e999', '"\\ud800"', '"\\u0000"', 'true', '[['.repeat(200), '9'.repeat(400), '"' + 'x'.repeat(9000) + '"', '{"a":'.repeat(100)])}` : v))
  if (text.startsWith('--')) return bytes(text.replace(/\r\n\r\n([^\r]*)\r\n--/g, (all, v) => random() < 0.3 ? `\r\n\r\n${latin(some(odd))}\r\n--` : all))
  return bytes(text.replace(/=([^&]*)/g, (all, v) => random() < 0.3 ? `=${latin(some(odd))}` : all))
}
const parts = [
  t => t.replace(/boundary=[^\r;]*/, m => some([m.slice(0, -1), `${m}x`, 'boundary=', 'boundary=""', `boundary="${m.slice(9)}"`, `boundary=${'b'.repeat(300)}`])),
  t => t.replace(/name="[^"]*"/, () => some(['name=', 'name="a', 'name=""', 'name="csrf"', `name="${'n'.repeat(3000)}"`, 'name="\\"', "name*=utf-8''x", 'name="\0"'])),
  t => t.replace(/filename="[^"]*"/, () => some(['filename="../../../etc/passwd"', 'filename="a\0.png"', `filename="${'f'.repeat(4000)}"`, 'filename=', "filename*=utf-8''%00"])),
  t => t.replace(/--\r\n$/, () => some(['', '-', '--', '\r\n', '--\r\n--\r\nrest'])), t => t.replace(/\r\n\r\n/g, m => random() < 0.2 ? '\r\n' : m),
  t => t.replace(/Content-Disposition[^\r]*\r\n/, m => m.repeat(200)), t => t.replace(/\r\n--/g, m => random() < 0.3 ? '\r\n' : m),
]
const targets = ['//', '/../', '/%2e%2e/', '/%00', `/${'a'.repeat(4090)}`, '/\xff', '/speak?%', '/speak?=&=&', '/assets/..%2f..%2fetc%2fpasswd', '/welcome/%', `/?lang=${'v'.repeat(3000)}`, '*', 'http://x/', '/desk/', '/a b', '/#', '/speak;x=y', '/speak/', '/SPEAK']
const extra = ['Host: b', 'Content-Type: text/plain', 'Cookie: __Host-s=a', 'Cookie: ' + 'c=d; '.repeat(900), 'Authorization: Bearer', 'Authorization: Basic !!!', 'Authorization: Bearer \xff', 'Accept-Language: ' + 'vi,'.repeat(2000), 'Range: bytes=0-', 'If-None-Match: *',
  'Expect: 100-continue', 'Expect: 200-ok', 'Upgrade: h2c', 'Connection: upgrade', 'X-HTTP-Method-Override: DELETE', 'X-Forwarded-Proto: https', 'Forwarded: for=1', 'Content-Encoding: gzip', 'Sec-Fetch-Site: cross-site', 'TE: trailers', 'Trailer: Host', 'Idempotency-Key: ' + 'k'.repeat(3000), 'webhook-id: a', 'webhook-timestamp: -1', 'X-A: b\0c', 'X-A: b\rc', ' folded', 'bare\nline: x']
const chunked = (head, rest) => {
  const text = head.replace(/\r\nContent-Length:[^\r]*/i, '') + '\r\nTransfer-Encoding: chunked', pieces = []
  for (let at = 0; at < rest.length;) { const n = 1 + below(400), piece = rest.subarray(at, at + n); pieces.push(bytes(`${piece.length.toString(16)}${some(['', ';a=b', ' '])}\r\n`), piece, bytes('\r\n')); at += n }
  pieces.push(bytes(some(['0\r\n\r\n', '0\r\nX: y\r\n\r\n', '0\r\n', '00000\r\n\r\n', '-1\r\n\r\n', 'ffffffffffffffff\r\n', 'g\r\n\r\n'])))
  return join(text, Buffer.concat(pieces))
}

const all = {
  flip: anywhere(flips), 'flip body': body(flips), insert: anywhere(insert), 'insert body': body(insert), drop: anywhere(drop), 'drop body': body(drop), repeat: body(repeat), value: body(value), 'value again': body(b => value(value(b))),
  part: b => { const [head, rest] = cut(b); const one = some(parts); return measured(one(head), bytes(one(latin(rest)))) },
  target: b => { const [head, rest] = cut(b); return join(head.replace(/^(\w+) \S+/, (m, method) => `${method} ${some(targets)}`), rest) },
  'in target': b => { const [head, rest] = cut(b), first = head.split(' '); first[1] = latin(insert(bytes(first[1] ?? '/'))); return join(first.join(' '), rest) },
  method: b => { const [head, rest] = cut(b); return join(head.replace(/^\w+/, () => some(['HEAD', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PATCH', 'CONNECT', 'BREW', 'get', 'G'.repeat(3000), 'GET\0', 'POST'])), rest) },
  header: headers(l => { l.splice(1 + below(l.length), 0, ...Array(1 + below(3)).fill(some(extra))); return l }), twice: headers(l => { const at = 1 + below(l.length - 1); l.splice(at, 0, l[at] ?? 'A: b'); return l }),
  many: headers(l => [...l, ...Array(10 + below(90)).fill('X-A: b')]), cookie: headers(l => l.map(x => /^Cookie/.test(x) ? latin(some([flips, insert, drop])(bytes(x))) : x)), type: headers(l => l.map(x => /^Content-Type/.test(x) ? `Content-Type: ${some(['application/json', 'multipart/form-data', 'text/plain', 'application/x-www-form-urlencoded; charset=utf-16', 'multipart/mixed; boundary=x', '', '\xff'])}` : x)),
  chunked: b => chunked(...cut(b)), version: b => { const [head, rest] = cut(b); return join(head.replace(/HTTP\/1\.1/, () => some(['HTTP/1.0', 'HTTP/2.0', 'HTTP/0.9', 'HTTP/1.1\0', 'HTTP/11', 'http/1.1', ''])), rest) },
  cut: b => b.subarray(0, below(b.length)), noise: () => Buffer.from([...Array(1 + below(600))].map(() => below(256))),
}
export function mutate(b, other) {
  if (random() < 0.06) return ['splice', Buffer.concat([b.subarray(0, below(b.length)), other.subarray(below(other.length))])]
  if (random() < 0.03) return ['two', Buffer.concat([b, other])]
  const kind = some(Object.keys(all))
  return [kind, all[kind](b)]
}

// Read in two ways by two programs, or by no rule at all: always refused, always closed. Folded lines, bare line feeds and NULs in values are
// not among them: the HTTP library hides these from the program (SECURITY.md, "Requests").
const refused = {
  'CL and TE': l => [...l, 'Transfer-Encoding: chunked', ...(l.some(x => /^content-length/i.test(x)) ? [] : ['Content-Length: 4'])],
  'two lengths': l => [...l.filter(x => !/^content-length/i.test(x)), 'Content-Length: 0', 'Content-Length: 5'], 'two equal lengths': l => [...l.filter(x => !/^content-length/i.test(x)), 'Content-Length: 0', 'content-length: 0'],
  'length with sign': l => [...l.filter(x => !/^content-length/i.test(x)), `Content-Length: ${some(['+3', '-3', '0x3', '3,3', '3 3', '3;', '۳'.normalize(), '9'.repeat(30)])}`],
  'blank before the colon': l => [...l, 'Content-Length : 3'], 'other coding': l => [...l.filter(x => !/^content-length/i.test(x)), `Transfer-Encoding: ${some(['gzip, chunked', 'identity', 'chunked, chunked', 'xchunked', 'chunked\x0b'])}`],
  'two hosts': l => [...l, 'Host: other.test'], 'no host': l => l.filter(x => !/^host/i.test(x)), 'odd name': l => [...l, 'X(A): b'], 'two codings': l => [...l.filter(x => !/^content-length/i.test(x)), 'Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'],
}
export function framing(b) {
  const kind = some(Object.keys(refused)), [head, rest] = cut(b)
  return [kind, join(refused[kind](lines(head)).join('\r\n'), rest)]
}
