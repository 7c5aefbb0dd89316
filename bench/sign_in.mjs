// Signs a demo account in and prints its session cookie: node bench/sign_in.mjs BASE ACCOUNTS.json ROLE
import crypto from 'node:crypto';
import fs from 'node:fs';

const [base, accounts, role] = process.argv.slice(2);
const account = JSON.parse(fs.readFileSync(accounts)).find((a) => a.role === role);

function totp(secret) {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret].map((c) => letters.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000)));
  const hash = crypto.createHmac('sha1', key).update(step).digest();
  return String((hash.readUInt32BE(hash[19] & 15) & 0x7fffffff) % 1000000).padStart(6, '0');
}

const form = new URLSearchParams({ user: account.user, password: account.password, totp: totp(account.totp_secret) });
const answer = await fetch(base + '/sign-in', { method: 'POST', body: form, redirect: 'manual' });
const cookie = (answer.headers.getSetCookie?.() ?? []).find((c) => c.startsWith('__Host-s='));
if (answer.status !== 303 || !cookie) {
  console.error('sign-in answered ' + answer.status);
  process.exit(1);
}
console.log(cookie.split(';')[0]);
