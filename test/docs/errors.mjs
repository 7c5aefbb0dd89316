// node errors.mjs BASE, from the root of the sources: walks docs/errors.md.
import { readFileSync } from 'node:fs'

const base = process.argv[2]
const read = file => readFileSync(file, 'utf8')
let bad = 0
const say = (right, sentence) => { if (!right) { bad++; console.log(`not ok - ${sentence}`) } }

const texts = language => Object.fromEntries([...read(`lang/${language}/web.po`)
  .matchAll(/^msgid "([^"]+)"\nmsgstr "([^"]*)"/gm)].map(m => [m[1], m[2]]))
const both = { vi: texts('vi'), en: texts('en') }
const source = [...read('src/web/problem.c').matchAll(/ROW\("([a-z-]+)", (\d+), (\w+), \w+\)/g)]
  .map(([, name, code, said]) => ({ name, code, key: `web.error.${said.toLowerCase()}` }))
const rows = new Map(read('docs/errors.md').split('\n').filter(l => /^\| `/.test(l))
  .map(l => l.split('|').slice(1, -1).map(cell => cell.trim())).map(r => [r[0].replaceAll('`', ''), r]))

say(source.length > 5, 'problem.c was understood')
say(rows.size === source.length, `${rows.size} rows for ${source.length} problems`)
for (const { name, code, key } of source) {
  const row = rows.get(name)
  say(row !== undefined, `${name} has a row`)
  if (!row) continue
  say(row[1] === code, `${name}: ${row[1]} is ${code} in the program`)
  for (const [i, language] of [[2, 'vi'], [3, 'en']]) {
    const words = `${both[language][key + '_title']}. ${both[language][key + '_text']}`
    say(row[i] === words, `${name}: the program says "${words}"`)
  }
  say(row[4]?.length > 10, `${name}: a remedy`)
  const answer = await fetch(`${base}/problems/${name}`)
  say(answer.status === Number(code), `/problems/${name} answered ${answer.status}`)
}
say((await fetch(`${base}/problems/no-such-name`)).status === 404, 'an unknown name is not found')
console.log(`${rows.size} problems, ${bad} wrong`)
process.exit(bad ? 1 : 0)
