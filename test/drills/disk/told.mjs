// Children who tell, and keep what they were promised: each report under a key of its own, repeated with that key until its end is
// known, and compared with what the server gives back for its code.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Browser, sleep } from '../../journeys/client.mjs'
import { everyFile, hexOf, random, rows } from '../drill.mjs'

const FILE = { name: 'bằng chứng.png', type: 'image/png' }
export const reportsThere = () => Number(rows('SELECT count(*) FROM cases')[0][0])

export class Told {
  constructor(server, broken) { Object.assign(this, { server, broken, all: [], before: reportsThere() }) }

  // A report that nobody has sent yet.
  make({ file = 0, length = 60 } = {}) {
    const no = this.all.length, op = { no, key: `drill-told-${no}-000000000000`, file, outcome: 'unknown',
      story: `câu chuyện ${no} ${random().toString(36)} `.padEnd(length, 'ơ').trim() }
    this.all.push(op)
    return op
  }

  // One try, with its answer kept: acknowledged, refused (for good, or with the code that says "later"), or unknown.
  async send(op) {
    const fields = [['story', op.story], ...(op.file ? [['files', { ...FILE, bytes: Buffer.alloc(op.file, op.no + 1) }]] : [])]
    try {
      const r = await new Browser(this.server).apiForm('/api/v1/speak', fields, { 'Idempotency-Key': op.key })
      op.code = r.code
      op.later = r.headers['retry-after']
      if (r.code !== 201) return op
      const { code, files_refused: without = 0 } = JSON.parse(r.text)
      if (op.secret && op.secret !== code) this.broken.push(`report ${op.no} was given two codes`)
      Object.assign(op, { outcome: 'ok', secret: code, kept: op.file && !without })
    } catch { op.code = 0 }
    return op
  }

  // Until it is acknowledged; each refusal on the way must be one of those that say "later".
  async settle(op, { tries = 200, allowed = [0, 503] } = {}) {
    for (let i = 0; i < tries && op.outcome !== 'ok'; i++) {
      await this.send(op)
      if (op.outcome === 'ok') break
      if (!allowed.includes(op.code)) { this.broken.push(`report ${op.no} was answered by ${op.code}`); break }
      await sleep(100)
    }
    if (op.outcome !== 'ok') this.broken.push(`report ${op.no} cannot be sent: ${op.code}`)
    return op
  }

  async compare(op) {
    const r = await new Browser(this.server).api('/api/v1/talk', { code: op.secret }).catch(() => ({ code: 0 }))
    if (r.code !== 200) return this.broken.push(`report ${op.no} is lost: its code is answered by ${r.code}`)
    const { messages } = JSON.parse(r.text), mine = messages.filter(m => m.from === 'child')
    if (mine.length !== 1 || mine[0].text !== op.story) this.broken.push(`report ${op.no} does not hold what was sent`)
    if (op.kept && !messages.some(m => m.from === 'system')) this.broken.push(`report ${op.no} has lost its file`)
  }

  get acknowledged() { return this.all.filter(op => op.outcome === 'ok') }

  // Each acknowledged one is there, once and whole; what stayed unknown is there once or not at all.
  async check({ sample = Infinity } = {}) {
    const ok = this.acknowledged, there = reportsThere() - this.before
    if (there < ok.length || there > this.all.length) this.broken.push(`${there} reports for ${ok.length} acknowledged of ${this.all.length} told`)
    const step = Math.max(1, Math.ceil(ok.length / sample)), some = ok.filter((op, i) => i % step === 0 || i === ok.length - 1)
    for (let i = 0; i < some.length; i += 8) await Promise.all(some.slice(i, i + 8).map(op => this.compare(op)))
    return some.length
  }
}

// Of a stopped server: every row of a file has its file as it was sealed, no row without its parent, and the log holds.
export function checkAtRest(server, broken) {
  const onDisk = new Set(everyFile(join(server.data, 'files')).filter(p => !p.includes('/.tmp/')).map(p => createHash('sha256').update(readFileSync(p)).digest('hex')))
  const named = rows(`SELECT ${hexOf('sha256')} FROM files`).map(r => r[0])
  for (const sha of named) if (!onDisk.has(sha)) broken.push(`a file of ${sha.slice(0, 12)} is not on disk as it was sealed`)
  for (const [table, parent, key, column] of [['reporters', 'cases', 'report', 'id'], ['compartments', 'cases', 'case_id', 'id'],
    ['grants', 'compartments', 'comp', 'id'], ['records', 'compartments', 'comp', 'id'], ['files', 'compartments', 'comp', 'id']]) {
    const orphans = Number(rows(`SELECT count(*) FROM ${table} t WHERE NOT EXISTS (SELECT 1 FROM ${parent} p WHERE p.${column} = t.${key})`)[0][0])
    if (orphans) broken.push(`${orphans} orphan rows in ${table}`)
  }
  if (!process.env.LACHAN_TEST_POSTGRES && rows('PRAGMA integrity_check')[0][0] !== 'ok') broken.push('integrity_check is not content')
  const audit = server.run('audit verify')
  if (audit.status !== 0) broken.push(`audit verify: ${audit.stdout}${audit.stderr}`)
  return onDisk.size - new Set(named).size
}

export const skip = (drill, why) => { console.log(JSON.stringify({ drill, result: 'skipped', why })); process.exit(0) }
