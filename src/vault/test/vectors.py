#!/usr/bin/env python3
"""Second maker of the vault's bytes (V1). Writes vectors.h on stdout.

Nothing here calls libsodium: BLAKE2b, SHA-256 and HMAC are Python's, Argon2id is the reference program `argon2`, and
Curve25519, Ed25519, Salsa20, ChaCha20 and Poly1305 are written out from their papers and RFCs (7748, 8032, 8439).
Run it only to add a vector: the bytes of an old one never change.
"""
import base64, hashlib, hmac, struct, subprocess

P = 2**255 - 19
MASK = 0xffffffff


def key(n): return bytes((n + i) & 255 for i in range(32))
def ident(n): return bytes((16 * n + i) & 255 for i in range(16))
def i64(n): return struct.pack('<q', n)
def lp(x): return struct.pack('<I', len(x)) + x


def H(k, d, *parts):
    return hashlib.blake2b(lp(d) + b''.join(map(lp, parts)), digest_size=32, key=k or b'').digest()


def ctx(d, *parts): return H(None, b'lachan1/' + d, *parts)
def kdf(k, n, name): return hashlib.blake2b(b'', digest_size=32, key=k, salt=struct.pack('<Q', n) + bytes(8),
                                            person=name + bytes(8)).digest()
def sha256(x): return hashlib.sha256(x).digest()
def row_hash(table, *columns):
    return sha256(lp(table) + b''.join(b'\xff\xff\xff\xff' if c is None else lp(c) for c in columns))


# -- curves ---------------------------------------------------------------------------------------------------------
def x25519(k, u):
    k = int.from_bytes(k, 'little') & ~7 & (2**254 - 1) | 2**254
    u = int.from_bytes(u, 'little') & (2**255 - 1)
    x2, z2, x3, z3, swap = 1, 0, u, 1, 0
    for t in range(254, -1, -1):
        bit = k >> t & 1
        if swap ^ bit:
            x2, x3, z2, z3 = x3, x2, z3, z2
        swap = bit
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        da, cb = d * a % P, c * b % P
        x3, z3 = (da + cb)**2 % P, u * (da - cb)**2 % P
        aa, bb = a * a % P, b * b % P
        x2, z2 = aa * bb % P, (aa - bb) * (aa + 121665 * (aa - bb)) % P
    if swap:
        x2, z2 = x3, z3
    return (x2 * pow(z2, P - 2, P) % P).to_bytes(32, 'little')


BASE_U = (9).to_bytes(32, 'little')


def box_pair(seed):
    secret = hashlib.sha512(seed).digest()[:32]
    return x25519(secret, BASE_U), secret


D = -121665 * pow(121666, P - 2, P) % P
L = 2**252 + 27742317777372353535851937790883648493


def ed_add(p, q):
    (x1, y1), (x2, y2) = p, q
    t = D * x1 * x2 * y1 * y2
    return ((x1 * y2 + x2 * y1) * pow(1 + t, P - 2, P) % P, (y1 * y2 + x1 * x2) * pow(1 - t, P - 2, P) % P)


def ed_mul(k, p):
    r = (0, 1)
    while k:
        if k & 1:
            r = ed_add(r, p)
        p, k = ed_add(p, p), k >> 1
    return r


def ed_base():
    y = 4 * pow(5, P - 2, P) % P
    xx = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(xx, (P + 3) // 8, P)
    if (x * x - xx) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    return (P - x if x & 1 else x), y


ED_B = ed_base()


def ed_pack(p): return (p[1] | (p[0] & 1) << 255).to_bytes(32, 'little')


def ed_keys(seed):
    h = hashlib.sha512(seed).digest()
    return int.from_bytes(h[:32], 'little') & ~7 & (2**254 - 1) | 2**254, h[32:]


def ed_public(seed): return ed_pack(ed_mul(ed_keys(seed)[0], ED_B))


def ed_sign(seed, m):
    a, prefix = ed_keys(seed)
    pk = ed_pack(ed_mul(a, ED_B))
    r = int.from_bytes(hashlib.sha512(prefix + m).digest(), 'little') % L
    R = ed_pack(ed_mul(r, ED_B))
    h = int.from_bytes(hashlib.sha512(R + pk + m).digest(), 'little') % L
    return R + ((r + h * a) % L).to_bytes(32, 'little')


# -- streams ---------------------------------------------------------------------------------------------------------
def rot(v, n): return (v << n | v >> (32 - n)) & MASK


def chacha_rounds(s):
    for _ in range(10):
        for a, b, c, d in ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
                           (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)):
            for x, y, z, n in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
                s[x] = (s[x] + s[y]) & MASK
                s[z] = rot(s[z] ^ s[x], n)
    return s


def salsa_rounds(s):
    for _ in range(10):
        for a, b, c, d in ((0, 4, 8, 12), (5, 9, 13, 1), (10, 14, 2, 6), (15, 3, 7, 11),
                           (0, 1, 2, 3), (5, 6, 7, 4), (10, 11, 8, 9), (15, 12, 13, 14)):
            for x, y, z, n in ((b, a, d, 7), (c, b, a, 9), (d, c, b, 13), (a, d, c, 18)):
                s[x] ^= rot((s[y] + s[z]) & MASK, n)
    return s


SIGMA = struct.unpack('<4I', b'expand 32-byte k')


def words(b): return list(struct.unpack('<%dI' % (len(b) // 4), b))
def unwords(w): return struct.pack('<%dI' % len(w), *w)
def add_words(a, b): return [(x + y) & MASK for x, y in zip(a, b)]
def xor(a, b): return bytes(x ^ y for x, y in zip(a, b))


def chacha_block(k, nonce12, counter):
    s = list(SIGMA) + words(k) + [counter] + words(nonce12)
    return unwords(add_words(chacha_rounds(s[:]), s))


def chacha(k, nonce12, m, counter):
    stream = b''.join(chacha_block(k, nonce12, counter + i) for i in range(-(-len(m) // 64)))
    return xor(m, stream)


def hchacha(k, nonce16):
    s = chacha_rounds(list(SIGMA) + words(k) + words(nonce16))
    return unwords(s[:4] + s[12:])


def salsa_state(k, in16):
    k, n = words(k), words(in16)
    return [SIGMA[0], *k[:4], SIGMA[1], *n, SIGMA[2], *k[4:], SIGMA[3]]


def hsalsa(k, nonce16):
    s = salsa_rounds(salsa_state(k, nonce16))
    return unwords([s[0], s[5], s[10], s[15]] + s[6:10])


def xsalsa_stream(k, nonce24, n):
    sub, out = hsalsa(k, nonce24[:16]), b''
    for i in range(-(-n // 64)):
        s = salsa_state(sub, nonce24[16:] + struct.pack('<Q', i))
        out += unwords(add_words(salsa_rounds(s[:]), s))
    return out[:n]


def poly1305(k, m):
    r = int.from_bytes(k[:16], 'little') & 0x0ffffffc0ffffffc0ffffffc0fffffff
    acc = 0
    for i in range(0, len(m), 16):
        acc = (acc + int.from_bytes(m[i:i + 16] + b'\1', 'little')) * r % (2**130 - 5)
    return ((acc + int.from_bytes(k[16:], 'little')) % 2**128).to_bytes(16, 'little')


def box_seal(pk, m, ephemeral_secret):
    """crypto_box_seal with a fixed ephemeral pair."""
    epk = x25519(ephemeral_secret, BASE_U)
    nonce = hashlib.blake2b(epk + pk, digest_size=24).digest()
    k = hsalsa(x25519(ephemeral_secret, pk), bytes(16))
    stream = xsalsa_stream(k, nonce, 32 + len(m))
    c = xor(m, stream[32:])
    return epk + poly1305(stream[:32], c) + c


def pad16(n): return bytes(-n % 16)


def aead(k, nonce24, m, ad):
    """XChaCha20-Poly1305-IETF."""
    sub, nonce = hchacha(k, nonce24[:16]), bytes(4) + nonce24[16:]
    c = chacha(sub, nonce, m, 1)
    text = ad + pad16(len(ad)) + c + pad16(len(c)) + struct.pack('<QQ', len(ad), len(c))
    return c + poly1305(chacha_block(sub, nonce, 0)[:32], text)


def secretstream(k, header, chunks, ad):
    """All chunks; the last is final (tag 3)."""
    sub, nonce, counter, out = hchacha(k, header[:16]), header[16:], 1, header
    for i, m in enumerate(chunks):
        n12 = struct.pack('<I', counter) + nonce
        tag = b'\3' if i == len(chunks) - 1 else b'\0'
        block = chacha(sub, n12, tag + bytes(63), 1)
        c = chacha(sub, n12, m, 2)
        # libsodium pads by (16 - 64 + n) & 15 zeros, which is frozen, though 16 - n was meant.
        text = ad + pad16(len(ad)) + block + c + bytes((16 - 64 + len(m)) & 15)
        mac = poly1305(chacha_block(sub, n12, 0)[:32], text + struct.pack('<QQ', len(ad), 64 + len(m)))
        out += block[:1] + c + mac
        nonce, counter = xor(nonce, mac[:8]), counter + 1
    return out


# -- the vault's forms --------------------------------------------------------------------------------------------------
def wrap(pk, c, k, e): return b'\1' + box_seal(pk, c + k, e)
def box(k, c, m, nonce): return b'\1' + nonce + aead(k, nonce, m, c)


def pad(m):
    n = 256
    while n <= len(m):
        n *= 2
    return m + b'\x80' + bytes(n - len(m) - 1)


def body(kind, author, time, text): return bytes([kind]) + author + i64(time) + text


def argon2(password, salt, t, kib):
    run = subprocess.run(['argon2', salt, '-id', '-t', str(t), '-k', str(kib), '-p', '1', '-l', '32', '-r'],
                         input=password, capture_output=True, check=True)
    return bytes.fromhex(run.stdout.decode().strip())


def tree(leaves):
    if not leaves:
        return sha256(b'')
    if len(leaves) == 1:
        return sha256(b'\0' + leaves[0])
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b'\1' + tree(leaves[:k]) + tree(leaves[k:]))


def checkpoint(origin, leaves, seed):
    text = b'%s\n%d\n%s\n' % (origin, len(leaves), base64.b64encode(tree(leaves)))
    key_id = sha256(origin + b'\n\1' + ed_public(seed))[:4]
    line = base64.b64encode(key_id + ed_sign(seed, text))
    return text + '\n— '.encode() + origin + b' ' + line + b'\n'


def totp(secret, step):
    mac = hmac.new(secret, struct.pack('>Q', step), 'sha1').digest()
    return (struct.unpack('>I', mac[mac[19] & 15:][:4])[0] & 0x7fffffff) % 1000000


def emit(name, value): print('#define V_%s "%s"' % (name, value.hex()))


def main():
    print('/* Made by vectors.py, which knows nothing of libsodium. Frozen: an old line never changes. */\n#pragma once\n')
    k1, ck, m = key(1), key(40), key(3)
    pep, mac, job, seed_log = (kdf(k1, n, b'lachan_1') for n in (1, 2, 3, 4))
    user, unit, comp, record, file = ident(1), ident(2), ident(3), ident(4), ident(5)
    emit('HASH', H(k1, b'demo', b'', b'abc', ident(2)))
    emit('HASH_NO_KEY', H(None, b'demo'))
    emit('CTX', ctx(b'unit-key', unit, i64(3), user))
    emit('CTX_NEGATIVE', ctx(b'demo', i64(-2)))
    emit('K_PEP', pep)
    emit('K_MAC', mac)
    emit('K_JOB', job)
    emit('LOG_PK', ed_public(seed_log))
    rh = row_hash(b'demo', ident(7), None, b'', 'chữ'.encode(), i64(5))
    emit('ROW_HASH', rh)
    emit('ROW_MAC', H(mac, b'row', rh))
    emit('USER_KEK', H(pep, b'user-kek', user, m))
    emit('USER_REC', H(pep, b'user-rec', user, b'0123456789ABCDEFGHJKMNPQRS'))
    emit('REP_LOOKUP', H(pep, b'rep-look', m))
    emit('REP_PK', box_pair(H(pep, b'rep-seed', m))[0])
    emit('REP_SK', box_pair(H(pep, b'rep-seed', m))[1])
    emit('PWHASH_USER', argon2('mật khẩu dài'.encode(), '0123456789abcdef', 3, 65536))
    emit('PWHASH_CODE', argon2(b'123456789ABCDEFP', 'fedcba9876543210', 1, 4096))
    emit('SID', H(None, b'sid', key(9)))
    emit('SESS_KEY', H(key(9), b'sess'))
    emit('CSRF', H(key(9), b'csrf', b'note'))
    emit('DRAFT_KEY', H(key(9), b'draft'))
    emit('IDEM_ID', H(job, b'idem', b'0123456789abcdef', key(8)))
    emit('IDEM_KEY', H(job, b'idem-key', b'0123456789abcdef', key(8)))
    k_row = kdf(ck, 1, b'lachan_c')
    dpk, dsk = box_pair(kdf(ck, 2, b'lachan_c'))
    emit('COMP_ROW', k_row)
    emit('COMP_DPK', dpk)
    emit('COMP_DSK', dsk)
    emit('WRAP', wrap(dpk, ctx(b'comp-key', comp, unit, i64(1)), key(77), key(200)))
    emit('BOX', box(k1, ctx(b'totp', user), b'abc', key(90)[:24]))
    text = body(5, user, 1764000000000, 'ghi chú'.encode())
    rec_ctx = ctx(b'record', comp, record)
    emit('RECORD_SEALED', box(k_row, rec_ctx, pad(text), key(91)[:24]))
    emit('RECORD_DROPPED', b'\2' + box_seal(dpk, rec_ctx + pad(text), key(201)))
    emit('FILE', secretstream(key(70), key(92)[:24], [b'x' * 101 + bytes(3)], ctx(b'file', file)))
    emit('TREE_3', tree([b'', b'\0', b'\x10']))
    emit('CHECKPOINT', checkpoint(b'example.org/log', [b'', b'\0', b'\x10'], seed_log))
    entry = b''.join(map(lp, (ident(6), i64(1764046800000), user, unit, b'test.write', record,
                              b'demo', ident(7), bytes(32), rh, b'other', lp(unit) + lp(i64(2)), rh, bytes(32))))
    emit('ENTRY', entry)
    emit('ENTRY_MAC', i64(1) + H(mac, b'log', entry))
    print('#define V_TOTP %d' % totp(key(1)[:20], 58823529))


main()
