// Verifies receipts by other libraries, as a peer of `make bench`. LIBRARY is `node:crypto` or `noble`.
//
//     check.mjs LIBRARY versions                   what is used, in one line
//     check.mjs LIBRARY check KEY RECEIPT...       for each its hash, or `refused`; KEY is the only one that is trusted
//     check.mjs LIBRARY time KEY RECEIPT SECONDS   nanoseconds of one verification: the median of rounds, for as long as that

import { createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { ed25519 } from '@noble/curves/ed25519.js';
import { blake3 } from '@noble/hashes/blake3.js';
import { createBLAKE3 } from 'hash-wasm';

import { read } from './receipt.mjs';

const CALLS = 50;

// Each: what holds a signature against a key, what hashes, and the packages it takes.
const LIBRARIES = {
  // Node has no BLAKE3: here in WebAssembly, which is the quickest that needs no compiler.
  'node:crypto': async () => {
    const hasher = await createBLAKE3();
    return {
      holds(key) {
        const jwk = { kty: 'OKP', crv: 'Ed25519', x: key.toString('base64url') };
        const pinned = createPublicKey({ key: jwk, format: 'jwk' });
        return (signed, signature) => verify(null, signed, pinned, signature);
      },
      hash: (signed) => hasher.init().update(signed).digest('hex'),
      used: [`node:crypto (OpenSSL ${process.versions.openssl})`, installed('hash-wasm')],
    };
  },
  // By RFC 8032; the default accepts more.
  noble: async () => ({
    holds: (key) => (signed, signature) => ed25519.verify(signature, signed, key, { zip215: false }),
    hash: (signed) => Buffer.from(blake3(signed)).toString('hex'),
    used: [installed('@noble/curves'), installed('@noble/hashes')],
  }),
};

function installed(name) {
  const path = new URL(`node_modules/${name}/package.json`, import.meta.url);
  return `${name} ${JSON.parse(readFileSync(path, 'utf8')).version}`;
}

/** A function from a receipt's text to its hash; it throws where the receipt is refused. */
function verifier({ holds, hash }, key) {
  const pinned = Buffer.from(key.replace(/^ed25519:/, ''), 'hex');
  const held = holds(pinned);
  return (text) => {
    const { signed, signature, key } = read(text);
    if (!key.equals(pinned) || !held(signed, signature)) throw new Error('not signed by the pinned key');
    return `blake3:${hash(signed)}`;
  };
}

function verdict(verify, text) {
  try {
    return verify(text);
  } catch {
    // Whatever it meets in a changed document, it is no valid receipt.
    return 'refused';
  }
}

function median(verify, text, seconds) {
  const runs = [];
  const end = performance.now() + seconds * 1000;
  do {
    const start = process.hrtime.bigint();
    for (let call = 0; call < CALLS; call += 1) verify(text);
    runs.push(Number(process.hrtime.bigint() - start) / CALLS);
  } while (performance.now() < end);
  return Math.round(runs.sort((a, b) => a - b)[Math.floor(runs.length / 2)]);
}

const [library, work, key, ...rest] = process.argv.slice(2);
const parts = await LIBRARIES[library]();
if (work === 'versions') {
  console.log(['JSON', ...parts.used, `Node ${process.versions.node}`].join(', '));
} else if (work === 'check') {
  const verify = verifier(parts, key);
  for (const path of rest) console.log(verdict(verify, readFileSync(path)));
} else if (work === 'time') {
  const [path, seconds] = rest;
  console.log(median(verifier(parts, key), readFileSync(path), Number(seconds)));
} else {
  throw new Error('usage: check.mjs LIBRARY versions | check KEY RECEIPT... | time KEY RECEIPT SECONDS');
}
