// A client of the protocol /ispws as platforms have it: Basic authentication, XML, multipart; only its base address is ours.
import http from 'node:http'
import { crc32, deflateSync } from 'node:zlib'
import { multipart } from './client.mjs'

export class Client {
  constructor(port, user, password) { Object.assign(this, { port, user, password, agent: new http.Agent({ keepAlive: true }) }) }

  call(method, path, type, body = '', auth = true) {
    return new Promise((done, bad) => {
      const headers = { ...(auth && { authorization: `Basic ${Buffer.from(`${this.user}:${this.password}`).toString('base64')}` }),
        ...(type && { 'content-type': type }), 'content-length': Buffer.byteLength(body) }
      const q = http.request({ host: '127.0.0.1', port: this.port, path: `/ispws${path}`, method, headers, agent: this.agent, timeout: 20000 }, r => {
        const parts = []
        r.on('data', d => parts.push(d))
        r.on('error', bad)
        r.on('end', () => { const text = Buffer.concat(parts).toString(); done({ status: r.statusCode, headers: r.headers, text, code: Number(/<responseCode>(\d+)</.exec(text)?.[1] ?? NaN) }) })
      })
      q.on('error', bad)
      q.on('timeout', () => q.destroy(new Error('timeout')))
      q.end(body)
    })
  }

  async report(xml) {
    const a = await this.call('POST', '/submit', 'text/xml; charset=utf-8', xml)
    return { ...a, id: /<reportId>(\d+)</.exec(a.text)?.[1] }
  }
  async upload(id, name, type, bytes) {
    const form = multipart([['id', id], ['file', { name, type, bytes }]])
    const a = await this.call('POST', '/upload', form.type, form.body)
    return { ...a, file: /<fileId>([0-9a-f]{32})</.exec(a.text)?.[1], hash: /<hash>([0-9a-f]{32})</.exec(a.text)?.[1] }
  }
  about(id, file, more = '') {
    return this.call('POST', '/fileinfo', 'text/xml; charset=utf-8', `<fileDetails><reportId>${id}</reportId><fileId>${file}</fileId>${more}</fileDetails>`)
  }
  finish(id) { return this.call('POST', '/finish', 'application/x-www-form-urlencoded', `id=${id}`) }
  retract(id) { return this.call('POST', '/retract', 'application/x-www-form-urlencoded', `id=${id}`) }
}

export const document = (account, urgent = '', urls = [`https://platform.example/posts/${account}`]) => `<?xml version="1.0" encoding="UTF-8"?>
<report xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="https://report.cybertip.org/ispws/xsd">
  <incidentSummary>
    <incidentType>Online Enticement of Children for Sexual Acts</incidentType>${urgent && `<escalateToHighPriority>${urgent}</escalateToHighPriority>`}
    <incidentDateTime>${new Date(Date.now() - 3600e3).toISOString()}</incidentDateTime>
  </incidentSummary>
  <internetDetails><webPageIncident>${urls.map(u => `<url>${u}</url>`).join('')}</webPageIncident></internetDetails>
  <reporter><reportingPerson><firstName>An</firstName><email>trust@platform.example</email></reportingPerson></reporter>
  <personOrUserReported><espIdentifier>${account}</espIdentifier><espService>Sample</espService><screenName>paper boat</screenName></personOrUserReported>
  <victim><victimPerson><age>13</age></victimPerson></victim>
</report>`

// A made-up picture: soft hills in grey, as PNG.
export function picture(shift) {
  const side = 128, rows = Buffer.alloc(side * (side + 1))
  for (let y = 0; y < side; y++) for (let x = 0; x < side; x++) rows[y * (side + 1) + 1 + x] = 128 + shift + ((x * x / 47 + y * y / 31 + x * y / 23) % 100 - 50)
  const chunk = (name, data) => {
    const body = Buffer.concat([Buffer.from(name), data]), out = Buffer.alloc(body.length + 8)
    out.writeUInt32BE(data.length, 0); body.copy(out, 4); out.writeUInt32BE(crc32(body), body.length + 4)
    return out
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(side, 0); head.writeUInt32BE(side, 4); head.set([8, 0, 0, 0, 0], 8)
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]), chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))])
}
