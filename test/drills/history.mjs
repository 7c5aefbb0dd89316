// What clients saw, kept by themselves: each writes its own file, synced before the next step, so that the file knows what was
// promised whatever happens to the server. Outcomes: ok (acknowledged), fail (refused for good), unknown (anything else).
import { closeSync, fsyncSync, openSync, readFileSync, readdirSync, writeSync } from 'node:fs'
import { join } from 'node:path'

export class Witness {
  constructor(folder, name) { this.fd = openSync(join(folder, `${name}.jsonl`), 'a') }
  #say(line) { writeSync(this.fd, `${JSON.stringify(line)}\n`); fsyncSync(this.fd) }
  invoke(id, what) { this.#say({ id, ...what, t_invoke: Date.now(), outcome: 'unknown' }) }
  done(id, outcome, secret) { this.#say({ id, outcome, secret, t_done: Date.now() }) }
  close() { closeSync(this.fd) }
}

// Every operation once, with its last outcome. An operation that was told two different secrets is kept as such.
export function history(folder) {
  const all = new Map()
  for (const file of readdirSync(folder)) for (const line of readFileSync(join(folder, file), 'utf8').split('\n')) {
    if (!line) continue
    const { id, ...said } = JSON.parse(line), before = all.get(id) ?? { id }
    const twice = before.secret && said.secret && before.secret !== said.secret
    all.set(id, { ...before, ...said, outcome: before.outcome === 'ok' ? 'ok' : said.outcome, twice: before.twice || twice })
  }
  return [...all.values()]
}
