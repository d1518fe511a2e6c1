// Receipts for other verifiers: the same bytes as in every language, and what is refused.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { AttestIOError, ConfigError, Receipt, SigningKey } from '@attest/sdk';

const tests = fileURLToPath(new URL('../../../tests', import.meta.url));
const golden = (name) => readFileSync(join(tests, 'provenance/golden', name), 'utf8');
const workspace = join(tests, 'provenance/golden/workspace');
const key = SigningKey.fromPem(golden('key.pem'));
const receipt = Receipt.parse(readFileSync(join(tests, 'vectors/receipts/basic/receipt.yaml'))).sign(key);

test('an export is the same bytes as in every language', async () => {
  assert.equal(await receipt.toDsse({ workspace, key }), golden('basic.intoto.jsonl'));
  assert.equal(await receipt.toDsse({ workspace, key, format: 'sigstore' }), golden('basic.sigstore.json'));
  assert.equal(await receipt.toDsse({ workspace, key, subjects: ['./out/app'] }), golden('basic.intoto.jsonl'));
});

test('what cannot be exported is an error that says why', async () => {
  for (const [options, type, words] of [
    [{ workspace, key: SigningKey.generate() }, ConfigError, /use the key that signed the receipt/],
    [{ workspace, key, subjects: ['out/none'] }, ConfigError, /attests no/],
    [{ workspace, key, builderId: 'me' }, ConfigError, /builder id/],
    [{ workspace, key, format: 'jsonl' }, ConfigError, /intoto and sigstore/],
    [{ workspace: join(workspace, 'none'), key }, AttestIOError, /none/],
    [{ workspace, key: 'key' }, TypeError, /a SigningKey/],
    [{ workspace }, TypeError, /key/],
    [{ workspace, key, subject: 'out/app' }, TypeError, /subject/],
  ]) {
    await assert.rejects(receipt.toDsse(options), (error) => error instanceof type && words.test(error.message));
  }
});
