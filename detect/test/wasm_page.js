// Runs in the test page: pictures, files, images, wasmBase64 and Detect are defined before it.
function bytesOf(base64) {
	return Uint8Array.from(atob(base64), c => c.charCodeAt(0));
}

function byteStream(state) {
	return () => {
		state ^= state << 13;
		state ^= state >>> 17;
		state ^= state << 5;
		return state >>> 24 & 255;
	};
}

function pixelsOf({ width, height, channels }) {
	const next = byteStream((width * 65537 + height) | 0);
	const pixels = new Uint8Array(width * height * channels);
	for (let i = 0; i < pixels.length; i++)
		pixels[i] = Math.floor(next() / 4) + Math.floor(Math.floor(i / channels) % width * 191 / width);
	return pixels;
}

function distance(a, b) {
	let bits = 0;
	for (let i = 0; i < 64; i++)
		for (let x = parseInt(a[i], 16) ^ parseInt(b[i], 16); x; x &= x - 1)
			bits++;
	return bits;
}

async function canvasPixels(base64, type) {
	const image = await createImageBitmap(new Blob([bytesOf(base64)], { type }), { imageOrientation: 'none', premultiplyAlpha: 'none', colorSpaceConversion: 'none' });
	const context = new OffscreenCanvas(image.width, image.height).getContext('2d', { willReadFrequently: true });
	context.drawImage(image, 0, 0);
	return context.getImageData(0, 0, image.width, image.height);
}

async function run(report) {
	const detect = await Detect.load(bytesOf(wasmBase64));
	let checks = 0, failed = 0;
	const check = (good, what) => { checks++; if (!good) { failed++; report('FAILED ' + what); } };
	for (const p of pictures) {
		const got = detect.pdq(pixelsOf(p), p.width, p.height, p.channels, p.family);
		const what = `${p.width}x${p.height}, ${p.channels} channels, family ${p.family}`;
		check(got.pdq === p.pdq && got.quality === p.quality, `${what}: ${got.pdq} ${got.quality}, not ${p.pdq} ${p.quality}`);
		check(Object.values(got.turned).join() === p.turned.join(), what + ': turned');
	}
	for (const f of files) {
		const next = byteStream((f.bytes + 1) | 0);
		const got = await detect.file(new Blob([Uint8Array.from({ length: f.bytes }, next)]));
		check(got.md5 === f.md5 && got.sha1 === f.sha1 && got.sha256 === f.sha256, f.bytes + ' bytes');
	}
	for (const bad of [[0, 5, 4, 1], [70000, 1, 1, 1], [9, 9, 5, 1], [9, 9, 2, 2], [9, 9, 3, 3]]) {
		let refused = false;
		try { detect.pdq(new Uint8Array(9 * 9 * 5), ...bad); } catch (e) { refused = e instanceof RangeError; }
		check(refused, 'must refuse ' + bad);
	}
	// What a canvas makes of the same files: not ours to fix, but to know.
	for (const i of typeof OffscreenCanvas === 'undefined' ? [] : images) {
		const data = await canvasPixels(i.base64, i.type);
		const bits = distance(detect.pdq(data.data, data.width, data.height).pdq, i.pdq);
		report(`canvas: ${i.name} ${bits} bits from the native hash`);
		check(bits <= 31, `${i.name} decoded by the canvas is ${bits} bits away`);
	}
	report(`${checks} checks, ${failed} failed`);
	return failed === 0 && checks > 70;
}

const report = line => console.log('detect: ' + line);
run(report).catch(error => report('FAILED ' + error)).then(good => report(good ? 'ALL GOOD' : 'NOT GOOD'));
