// Real resolvers on loopback: a root that answers every name, Unbound before it that takes a list, and dig to ask them.
import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export const named = '/usr/sbin/named', unbound = '/usr/sbin/unbound'

const children = new Set()
process.on('exit', () => { for (const c of children) c.kill('SIGKILL') })

// A program beside ours: what it says is kept in .said, its end in .over.
export function run(path, args) {
  const child = spawn(path, args)
  children.add(child)
  child.said = ''
  child.stdout.on('data', d => { child.said += d })
  child.stderr.on('data', d => { child.said += d })
  child.once('exit', code => { children.delete(child); child.over = code })
  return child
}

export async function dig(at, ...more) {
  const child = run('dig', ['@127.0.0.1', '-p', String(at), '+time=3', '+tries=1', '+nocookie', ...more])
  await new Promise(done => child.once('close', done))
  return { status: child.said.match(/status: (\w+)/)?.[1], answer: [...child.said.matchAll(/^[^;\s].*$/gm)].map(m => m[0]), text: child.said }
}
export const blocked = async (at, name) => (await dig(at, name, 'A')).status === 'NXDOMAIN'
export const open = async (at, name) => (await dig(at, name, 'A')).answer.some(l => /192\.0\.2\.9/.test(l))

// Everything that is not blocked has the address 192.0.2.9: the root of this small world.
export async function startRoot() {
  const root = createSocket('udp4')
  root.on('message', (q, from) => {
    const end = q.indexOf(0, 12) + 5, type = q.readUInt16BE(end - 4)
    const answer = Buffer.concat([q.subarray(0, 2), Buffer.from([0x85, 0x80, 0, 1, 0, type === 1 ? 1 : 0, 0, 0, 0, 0]), q.subarray(12, end),
      type === 1 ? Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, 192, 0, 2, 9]) : Buffer.alloc(0)])
    root.send(answer, from.port, from.address)
  })
  await new Promise(done => root.bind(0, '127.0.0.1', done))
  return { port: root.address().port, close: () => root.close() }
}

// Unbound on the port `at` before `root`; `source` says where it takes the list from.
export function startUnbound(folder, root, at, source) {
  const dir = join(folder, `unbound-${at}`)
  mkdirSync(dir)
  writeFileSync(join(dir, 'unbound.conf'), `
server:
  directory: "${dir}"
  chroot: ""
  username: ""
  pidfile: ""
  use-syslog: no
  verbosity: 2
  do-daemonize: no
  interface: 127.0.0.1@${at}
  access-control: 127.0.0.0/8 allow
  module-config: "respip iterator"
  do-not-query-localhost: no
  qname-minimisation: no
forward-zone:
  name: "."
  forward-addr: 127.0.0.1@${root.port}
rpz:
  name: core.rpz.lachan
  zonefile: "core.zone"
  ${source}
remote-control:
  control-enable: no
`)
  return run(unbound, ['-d', '-p', '-c', join(dir, 'unbound.conf')])
}
