// A small S3-compatible store for tests, which keeps objects in memory and refuses what is not signed right: every request's Signature
// Version 4 is computed anew, and the body must be the one that was signed.
import { createHash, createHmac } from 'node:crypto'
import http from 'node:http'

const sha = x => createHash('sha256').update(x).digest('hex'), mac = (k, x) => createHmac('sha256', k).update(x).digest()

export class Store {
  constructor(access, secret, bucket = 'lachan') { Object.assign(this, { access, secret, bucket, objects: new Map(), slow: 0, broken: false, refused: 0, asked: 0 }) }

  start() {
    this.server = http.createServer((q, a) => this.#take(q, a).catch(e => { a.statusCode = 500; a.end(String(e)) }))
    return new Promise(done => this.server.listen(0, '127.0.0.1', () => { this.port = this.server.address().port; done(this) }))
  }

  stop() { this.server.closeAllConnections(); return new Promise(done => this.server.close(done)) }
  get address() { return `http://127.0.0.1:${this.port}/${this.bucket}` }

  // Why a request is not to be believed, or null.
  #wrong(q, body) {
    const m = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(q.headers.authorization ?? '')
    if (!m) return 'no signature'
    const [, access, day, region, signed, signature] = m, time = q.headers['x-amz-date'] ?? '', names = signed.split(';')
    if (access !== this.access) return 'InvalidAccessKeyId'
    if (!time.startsWith(day) || Math.abs(Date.parse(time.replace(/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/, '$1-$2-$3T$4:$5:$6Z')) - Date.now()) > 900000) return 'RequestTimeTooSkewed'
    for (const must of ['host', 'x-amz-content-sha256', 'x-amz-date']) if (!names.includes(must)) return `${must} is not signed`
    for (const name of names) if (q.headers[name] === undefined) return `SignatureDoesNotMatch: ${name} was signed and is not there`
    if (q.headers['x-amz-content-sha256'] !== sha(body)) return 'XAmzContentSHA256Mismatch'
    const url = new URL(q.url, 'http://x'), esc = s => encodeURIComponent(s).replace(/[!'()*]/g, c => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
    const query = [...url.searchParams].map(([k, v]) => `${esc(k)}=${esc(v)}`).sort().join('&')
    const request = [q.method, url.pathname, query, ...names.map(n => `${n}:${(q.headers[n] ?? '').trim()}`), '', signed, sha(body)].join('\n')
    const scope = `${day}/${region}/s3/aws4_request`
    const k = ['' + day, region, 's3', 'aws4_request'].reduce(mac, `AWS4${this.secret}`)
    return mac(k, ['AWS4-HMAC-SHA256', time, scope, sha(request)].join('\n')).toString('hex') === signature ? null : 'SignatureDoesNotMatch'
  }

  async #take(q, a) {
    const parts = []
    for await (const part of q) parts.push(part)
    const body = Buffer.concat(parts), wrong = this.#wrong(q, body)
    this.asked++
    if (this.slow) await new Promise(done => setTimeout(done, this.slow))
    const say = (code, text = '', headers = {}) => { a.writeHead(code, { 'Content-Length': Buffer.byteLength(text), ...headers }); a.end(q.method === 'HEAD' ? undefined : text) }
    if (wrong) { this.refused++; return say(403, `<Error><Code>${wrong}</Code></Error>`) }
    if (this.broken && q.method === 'PUT') return say(507, '<Error><Code>QuotaExceeded</Code></Error>')
    const url = new URL(q.url, 'http://x'), key = decodeURIComponent(url.pathname).slice(this.bucket.length + 2)
    if (!key) return say(200, this.#list(url.searchParams))
    if (q.method === 'PUT') { this.objects.set(key, { body, at: new Date() }); return say(200) }
    if (q.method === 'DELETE') { this.objects.delete(key); return say(204) }
    const o = this.objects.get(key)
    return o ? say(200, o.body, { 'Content-Length': o.body.length }) : say(404, '<Error><Code>NoSuchKey</Code></Error>')
  }

  // 100 to a page, so that a list has several.
  #list(p) {
    const keys = [...this.objects.keys()].filter(k => k.startsWith(p.get('prefix') ?? '') && k > (p.get('start-after') ?? '')).sort()
    const page = keys.slice(0, Math.min(100, Number(p.get('max-keys') ?? 100)))
    return `<?xml version="1.0"?><ListBucketResult><IsTruncated>${keys.length > page.length}</IsTruncated>` +
      page.map(k => `<Contents><Key>${k}</Key><LastModified>${this.objects.get(k).at.toISOString()}</LastModified><Size>${this.objects.get(k).body.length}</Size></Contents>`).join('') + '</ListBucketResult>'
  }
}
