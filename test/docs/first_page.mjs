// node first_page.mjs CONTRIBUTING.md FOLDER: applies the walk's code blocks to a copy of the tree. A block's head is
// ```LANGUAGE FILE new | end | before LINE | after LINE. A line that is not found once is an error: the walk is out of date.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'

const [document, folder] = process.argv.slice(2)
const walk = readFileSync(document, 'utf8').split('## Your first page')[1].split('\n## ')[0]
const blocks = [...walk.matchAll(/^```(\w+) (\S+) (new|end|before|after)(?: (.*))?\n([\s\S]*?)^```$/gm)]

function insert(path, where, line, text) {
  const lines = readFileSync(path, 'utf8').split('\n')
  const found = lines.flatMap((l, i) => l === line ? [i] : [])
  if (found.length !== 1) throw new Error(`${path}: "${line}" stands there ${found.length} times`)
  lines.splice(found[0] + (where === 'after'), 0, text.replace(/\n$/, ''))
  writeFileSync(path, lines.join('\n'))
}

if (blocks.length < 7) throw new Error(`only ${blocks.length} blocks were found`)
for (const [, , file, where, line, text] of blocks) {
  const path = `${folder}/${file}`
  if (where === 'new') {
    if (existsSync(path)) throw new Error(`${path} exists already`)
    writeFileSync(path, text)
  } else if (where === 'end') appendFileSync(path, text)
  else insert(path, where, line, text)
}
console.log(`${blocks.length} blocks applied`)
