// Pictures are turned into hashes here, and only those are sent. The field of the files has no name and stands outside the form;
// the page's policy lets this script ask for one thing, the program that hashes.
(() => {
"use strict";
const SIDE = 2048, PART = 1 << 20, MOST = 10;
const $ = (id) => document.getElementById(id);
const yes = $("yes"), words = yes.dataset, pick = $("pic"), list = $("list");
let wasm, busy = false;

const say = (text) => { $("say").textContent = text; };

async function load() {
  if (wasm) return;
  say(words.loading);
  const answer = await fetch(words.wasm, { cache: "no-store", credentials: "omit" });
  wasm = (await WebAssembly.instantiate(await answer.arrayBuffer(), {})).instance.exports;
}

function put(bytes) {
  const at = wasm.lachan_input(bytes.length);
  if (!at) throw new RangeError("memory");
  new Uint8Array(wasm.memory.buffer, at, bytes.length).set(bytes);
  return at;
}

const hex = (at, n) => Array.from(new Uint8Array(wasm.memory.buffer, at, n), (b) => b.toString(16).padStart(2, "0")).join("");

async function hashFile(file) {
  wasm.lachan_file_begin();
  for (let at = 0; at < file.size; at += PART) {
    put(new Uint8Array(await file.slice(at, at + PART).arrayBuffer()));
    wasm.lachan_file_add();
  }
  const at = wasm.lachan_file_end();
  return ` md5=${hex(at, 16)} sha256=${hex(at + 36, 32)}`;
}

function paper(width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const to = canvas.getContext("2d", { willReadFrequently: true });
  to.imageSmoothingQuality = "high";
  return { canvas, to };
}

// Some browsers give back other pixels than were drawn, against tracking. Then a picture's hash would be of nothing.
function honest() {
  const { to } = paper(32, 32);
  for (let i = 0; i < 32; i++) {
    to.fillStyle = `rgb(${i * 8},${255 - i * 8},${i * 4})`;
    to.fillRect(i, 0, 1, 32);
  }
  const got = to.getImageData(0, 0, 32, 32).data;
  let off = 0;
  for (let i = 0; i < 32 * 32; i++) off += Math.abs(got[4 * i] - (i % 32) * 8);
  return off < 32 * 32;
}

function hashPixels(image) {
  const scale = Math.min(1, SIDE / Math.max(image.width, image.height));
  const width = Math.max(1, Math.round(image.width * scale)), height = Math.max(1, Math.round(image.height * scale));
  const { canvas, to } = paper(width, height);
  to.drawImage(image, 0, 0, width, height);
  const pixels = to.getImageData(0, 0, width, height).data, input = put(pixels);
  const at = wasm.lachan_pdq(width, height, 4, 1);
  if (!at) throw new RangeError("pixels");
  const turned = [];
  for (let i = 1; i < 8; i++) turned.push(hex(at + 33 + 32 * i, 32));
  const text = `kind=picture quality=${new Uint8Array(wasm.memory.buffer, at, 1)[0]} pdq=${hex(at + 1, 32)} turned=${turned}`;
  new Uint8Array(wasm.memory.buffer, input, pixels.length).fill(0);
  canvas.width = canvas.height = 0;
  return text;
}

function small(image) {
  const { canvas, to } = paper(24, 24);
  to.drawImage(image, 0, 0, 24, 24);
  return canvas;
}

function line(picture, text, value) {
  const li = document.createElement("li"), field = document.createElement("input"), off = document.createElement("button");
  field.type = "hidden";
  field.name = "hash";
  field.value = value;
  field.setAttribute("form", "b");
  off.type = "button";
  off.className = "skip";
  off.textContent = words.off;
  off.onclick = () => { li.remove(); pick.focus(); };
  if (picture) li.append(picture);
  li.append(text, field, off);
  list.append(li);
}

async function open(file) {
  try {
    return await createImageBitmap(file, { colorSpaceConversion: "none", premultiplyAlpha: "none" });
  } catch {
    return null;
  }
}

let number = 0;
async function add(file) {
  const hashes = await hashFile(file), image = honest() ? await open(file) : null;
  const name = words.one.replace("#", ++number);
  if (image === null) return line(null, `${name}: ${words.file}`, "kind=file" + hashes);
  line(small(image), `${name}: ${words.done}`, hashPixels(image) + hashes);
  image.close();
}

async function chosen() {
  const files = [...pick.files];
  busy = pick.disabled = true;
  try {
    await load();
    say(words.working);
    for (const file of files) if (list.children.length < MOST) await add(file);
    say(list.children.length < MOST ? words.ready : words.most);
  } catch {
    say(words.broken);
    $("no").hidden = false;
  }
  pick.value = "";
  busy = pick.disabled = false;
}

if (!window.WebAssembly || !window.createImageBitmap || !yes.dataset.wasm) return;
yes.hidden = false;
$("no").hidden = true;
pick.onchange = chosen;
$("b").onsubmit = (e) => { if (busy) { e.preventDefault(); say(words.working); } };
})();
