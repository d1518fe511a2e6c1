// Receipts, keys and verifiers, without any network.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import {
  AttestClient,
  ConfigError,
  KeyFormatError,
  Receipt,
  ReceiptFormatError,
  SigningKey,
  Verifier,
} from '@attest/sdk';

const vectors = fileURLToPath(new URL('../../../tests/vectors/receipts', import.meta.url));
const NOW = '2026-11-25T12:00:00Z';
const read = (...path) => readFileSync(join(vectors, ...path));

describe('the receipts of the vectors', () => {
  for (const name of readdirSync(vectors).filter((name) => existsSync(join(vectors, name, 'receipt.yaml')))) {
    test(name, () => {
      const bytes = read(name, 'receipt.yaml');
      const verifier = new Verifier({ trustStore: join(vectors, name, 'trust'), now: NOW });
      const report = verifier.report(bytes);
      assert.equal(report.receiptHash, Receipt.parse(bytes).hash);
      assert.equal(report.checks.length, 9);
      assert.equal(verifier.verifyReceipt(bytes), report.valid);
      // As text, as another rendering and as a receipt that was read it is the same one.
      const receipt = Receipt.parse(bytes.toString());
      for (const same of [receipt, receipt.toJson(), receipt.toYaml(), new Uint8Array(bytes)]) {
        assert.equal(verifier.verifyReceipt(same), report.valid);
      }
      assert.equal(verifier.report(receipt).toJson(), report.toJson());
    });
  }

  test('mutants are judged, or are no receipts', () => {
    const verifier = new Verifier({ trustStore: join(vectors, 'weird', 'trust'), now: NOW });
    const expected = JSON.parse(read('mutants-weird', 'expected.json'));
    let judged = 0;
    for (const file of readdirSync(join(vectors, 'mutants-weird')).filter((file) => file.endsWith('.yaml'))) {
      try {
        assert.equal(typeof verifier.report(read('mutants-weird', file)).valid, 'boolean');
        judged += 1;
      } catch (error) {
        assert.ok(error instanceof ReceiptFormatError, `${file}: ${error}`);
      }
    }
    assert.ok(judged > 10 && Object.keys(expected).length > 0);
  });
});

describe('a key', () => {
  test('signs what only it could sign', () => {
    const [key, other] = [SigningKey.generate(), SigningKey.generate()];
    const unsigned = Receipt.parse(read('unsigned', 'receipt.yaml'));
    assert.equal(unsigned.keyId, undefined);
    const signed = unsigned.sign(key);
    assert.equal(signed.keyId, key.keyId);
    const trusting = (options) => new Verifier({ now: NOW, policies: ['require-signature'], ...options });
    assert.equal(trusting({ trustedKeys: [key.publicKey] }).verifyReceipt(signed), true);
    assert.equal(trusting({ trustedKeys: [other.publicKey] }).verifyReceipt(signed), false);
    assert.equal(trusting({ trustedKeys: [] }).verifyReceipt(signed), false);
    const named = trusting({ trustedKeys: [{ publicKey: key.publicKey, signer: 'ci@example.com' }] }).report(signed);
    assert.deepEqual([named.valid, named.signatureVerification.signer], [true, 'ci@example.com']);
    const altered = signed.toJson().replace(/"name":"[^"]*"/, '"name":"other"');
    assert.notEqual(altered, signed.toJson());
    assert.equal(trusting({ trustedKeys: [key.publicKey] }).verifyReceipt(altered), false);
  });

  test('is the same after its PEM', () => {
    const key = SigningKey.generate();
    const again = SigningKey.fromPem(key.toPem());
    assert.deepEqual([again.publicKey, again.keyId], [key.publicKey, key.keyId]);
    assert.match(key.publicKey, /^ed25519:[0-9a-f]{64}$/);
    assert.match(key.keyId, /^[0-9a-f]{32}$/);
    assert.throws(() => SigningKey.fromPem(key.publicKey), KeyFormatError);
  });
});

describe('a verifier', () => {
  const receipt = read('basic', 'receipt.yaml');
  const trustStore = join(vectors, 'basic', 'trust');

  test('judges by the moment it is given, as text or Date', () => {
    const at = (now) => new Verifier({ trustStore, now, policies: ['max-age-24h'] }).report(receipt);
    const signed = Date.parse(/timestamp: "?([^"\n]+)/.exec(receipt.toString())[1]);
    assert.equal(at(new Date(signed + 3_600_000)).policyCompliance.passed, true);
    const late = at(new Date(signed + 25 * 3_600_000).toISOString());
    assert.equal(late.valid, false);
    assert.equal(late.policyCompliance.violations[0].policy, 'max-age-24h');
  });

  test('asks for what is expected', () => {
    const report = new Verifier({ trustStore, now: NOW, expect: { invocationId: 'exec_other' } }).report(receipt);
    assert.equal(report.checks.find((check) => check.name === 'binding').status, 'fail');
  });

  test('refuses keys and a store together', () => {
    assert.throws(() => new Verifier({ trustStore, trustedKeys: [] }), ConfigError);
  });

  test('is handed a receipt that came without one', async () => {
    await assert.rejects(Receipt.parse(receipt).verify(), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, /Verifier/);
      return true;
    });
  });
});

test('bytes that another thread could change are judged as they were', () => {
  const bytes = read('basic', 'receipt.yaml');
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  assert.equal(Receipt.parse(shared).hash, Receipt.parse(bytes).hash);
});

test('what stands on the prototype of all objects is nobody’s option', () => {
  const key = SigningKey.generate();
  const signed = Receipt.parse(read('unsigned', 'receipt.yaml')).sign(key);
  assert.equal(new Verifier({ now: NOW, trustedKeys: [key.publicKey] }).verifyReceipt(signed), true);
  const polluted = { trustedKeys: [key.publicKey], signal: 'no signal', allowFailed: 'not asked', err: '{}' };
  Object.assign(Object.prototype, polluted);
  try {
    assert.equal(new Verifier({ now: NOW }).verifyReceipt(signed), false);
    new AttestClient({ baseUrl: 'http://127.0.0.1:9', apiKey: 'k' }).pipelines.list({});
  } finally {
    for (const name of Object.keys(polluted)) {
      delete Object.prototype[name];
    }
  }
});

test('an option that only a class has is an error, for it would be overlooked', () => {
  class Options {
    get expect() {
      return { commit: 'abc' };
    }
  }
  assert.throws(() => new Verifier(new Options()), /options\.expect is inherited: pass it as a property/);
});
