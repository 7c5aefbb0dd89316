// PDQ hashes and file hashes in a web page or in Node, by lachan-detect.wasm.
// Give it pixels as the native library gets them for the same bits; a canvas may decode a picture a little
// differently (colour profiles, orientation, its own JPEG decoder), which changes a few bits of the hash.

export const FULL = 1, CPP512 = 2; // hash families, as in detect.h
export const TURNS = ['original', 'rotate-90', 'rotate-180', 'rotate-270', 'flip-x', 'flip-y', 'flip-plus-1', 'flip-minus-1'];

const CHUNK = 1 << 20;

export class Detect {
	#wasm;

	constructor(instance) {
		this.#wasm = instance.exports;
	}

	// From a Response, or a promise of one, or the bytes of lachan-detect.wasm.
	static async load(source) {
		source = await source;
		const bytes = source instanceof Response ? await source.arrayBuffer() : source;
		return new Detect((await WebAssembly.instantiate(bytes, {})).instance);
	}

	#put(bytes) {
		const at = this.#wasm.lachan_input(bytes.length);
		if (!at)
			throw new RangeError('not enough memory');
		new Uint8Array(this.#wasm.memory.buffer, at, bytes.length).set(bytes);
	}

	#hex(at, n) {
		return Array.from(new Uint8Array(this.#wasm.memory.buffer, at, n), b => b.toString(16).padStart(2, '0')).join('');
	}

	// pixels: Uint8Array of width * height * channels bytes (1, 2, 3 or 4 channels; alpha is dropped), such as
	// the data of an ImageData. Returns { pdq, quality, turned: { original, 'rotate-90', ... } } in hexadecimal.
	pdq(pixels, width, height, channels = 4, family = FULL) {
		this.#put(pixels);
		const at = this.#wasm.lachan_pdq(width, height, channels, family);
		if (!at)
			throw new RangeError(`${width} x ${height} pixels of ${channels} channels cannot be hashed`);
		const quality = new Uint8Array(this.#wasm.memory.buffer, at, 1)[0];
		const turned = Object.fromEntries(TURNS.map((name, i) => [name, this.#hex(at + 33 + 32 * i, 32)]));
		return { pdq: this.#hex(at + 1, 32), quality, turned };
	}

	// The hashes of a file (a Blob): { md5, sha1, sha256 } in hexadecimal.
	async file(blob) {
		const parts = [];
		this.#wasm.lachan_file_begin();
		for (let at = 0; at < blob.size; at += CHUNK) {
			this.#put(new Uint8Array(await blob.slice(at, at + CHUNK).arrayBuffer()));
			this.#wasm.lachan_file_add();
		}
		const at = this.#wasm.lachan_file_end();
		for (const [from, n] of [[0, 16], [16, 20], [36, 32]])
			parts.push(this.#hex(at + from, n));
		return { md5: parts[0], sha1: parts[1], sha256: parts[2] };
	}
}
