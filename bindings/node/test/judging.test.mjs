// Many receipts at a time, files held against a receipt, and hashes derived again.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import {
  AttestIOError,
  ConfigError,
  digest,
  Receipt,
  ReceiptFormatError,
  recompute,
  SigningKey,
  Verifier,
} from '@attest/sdk';

const basic = fileURLToPath(new URL('../../../tests/vectors/receipts/basic', import.meta.url));
const text = readFileSync(join(basic, 'receipt.yaml'));
const now = '2030-01-01T00:00:00Z';
const verifier = new Verifier({ trustStore: join(basic, 'trust'), now });

/** The source and the outputs that the receipt is about. */
function workspace(t) {
  const dir = mkdtempSync(join(tmpdir(), 'attest-judging-'));
  t.after(() => rmSync(dir, { recursive: true }));
  execFileSync('tar', ['-xf', join(basic, 'workspace.tar'), '-C', dir]);
  return dir;
}

test('a batch gives each receipt its own verdict, in order', async () => {
  const changed = text.toString().replace('exit_code: 0', 'exit_code: 1');
  const receipts = Array.from({ length: 20 }, () => [text, changed, '{', '{}', Receipt.parse(text)]).flat();
  const results = await verifier.verifyBatch(receipts);
  assert.equal(results.length, receipts.length);
  for (const [index, result] of results.entries()) {
    if (result.report === undefined) {
      assert.ok(result.error instanceof ReceiptFormatError);
      assert.throws(() => verifier.report(receipts[index]), { message: result.error.message });
    } else {
      assert.equal(result.report.toJson(), verifier.report(receipts[index]).toJson());
    }
  }
  assert.deepEqual(
    results.slice(0, 5).map(({ report }) => report?.valid),
    [true, false, undefined, false, true],
  );
  assert.deepEqual(await verifier.verifyBatch([]), []);
});

test('a batch is judged beside the event loop, and called off by its signal', async () => {
  const many = Array.from({ length: 5_000 }, () => text);
  let turns = 0;
  const counting = setInterval(() => turns++, 1);
  const all = await verifier.verifyBatch(many);
  clearInterval(counting);
  assert.ok(all.every(({ report }) => report?.valid));
  assert.ok(turns > 0, 'the event loop stood still');
  const controller = new AbortController();
  const work = verifier.verifyBatch(many, { signal: controller.signal });
  controller.abort();
  await assert.rejects(work, { name: 'AbortError' });
});

test('a batch takes an array of receipts', async () => {
  for (const wrong of [text, 'text', undefined, [5], [undefined]]) {
    await assert.rejects(verifier.verifyBatch(wrong), TypeError);
  }
});

test('a file is attested by its content, whatever it is called', async (t) => {
  const dir = workspace(t);
  const app = join(dir, 'out/app');
  copyFileSync(app, join(dir, 'elsewhere'));
  symlinkSync('out/app', join(dir, 'link'));
  for (const artifact of [app, join(dir, 'elsewhere'), join(dir, 'link'), readFileSync(app)]) {
    const found = await verifier.verifyArtifact(text, artifact);
    assert.deepEqual(found.attested, [{ step: 'build', path: 'out/app' }]);
    assert.ok(found.valid && found.report.valid);
    assert.match(found.digest, /^blake3:/);
  }
  const other = await verifier.verifyArtifact(Receipt.parse(text), Buffer.from('other'));
  assert.ok(!other.valid && other.attested.length === 0);
  assert.equal(other.report.checks.find(({ name }) => name === 'artifacts').code, 'file_not_attested');
  // The receipt has to be believed as well.
  const stranger = new Verifier({ trustedKeys: [SigningKey.generate().publicKey], now });
  const doubted = await stranger.verifyArtifact(text, app);
  assert.ok(!doubted.valid && doubted.attested.length === 1);
});

test('what is no file is an error and is not waited for', async (t) => {
  const dir = workspace(t);
  execFileSync('mkfifo', [join(dir, 'fifo')]);
  for (const [path, why] of [
    [dir, /directory/],
    [join(dir, 'fifo'), /neither a file/],
    [join(dir, 'absent'), /absent/],
  ]) {
    await assert.rejects(verifier.verifyArtifact(text, path), (error) => {
      assert.ok(error instanceof AttestIOError);
      assert.match(error.message, why);
      return true;
    });
  }
  await assert.rejects(verifier.verifyArtifact('{', Buffer.from('')), ReceiptFormatError);
  await assert.rejects(verifier.verifyArtifact(text, undefined), TypeError);
});

test('hashes are derived again from files', async (t) => {
  const dir = workspace(t);
  const receipt = Receipt.parse(text);
  assert.deepEqual(await recompute(receipt, { workspace: dir }), { status: 'match', detail: null });
  const pipeline = readFileSync(join(dir, 'attest.yaml'));
  assert.equal((await recompute(receipt, { workspace: dir, pipeline })).status, 'match');
  writeFileSync(join(dir, 'out/app'), 'other');
  const found = await recompute(receipt, { workspace: dir, pipeline: pipeline.toString() });
  assert.equal(found.status, 'mismatch');
  assert.match(found.detail, /out\/app/);
  rmSync(join(dir, 'attest.yaml'));
  assert.equal((await recompute(receipt, { workspace: dir })).status, 'failed');
  await assert.rejects(recompute(text, { workspace: dir }), TypeError);
  await assert.rejects(recompute(receipt, {}), TypeError);
  const signal = AbortSignal.abort();
  await assert.rejects(recompute(receipt, { workspace: dir, signal }), { name: 'AbortError' });
});

const requiring = new Verifier({ trustStore: join(basic, 'trust'), now, policies: ['require-recompute'] });
const codeOf = (report, name) => report.checks.find((check) => check.name === name).code;

test('a recomputation that agrees meets require-recompute', async (t) => {
  const receipt = Receipt.parse(text);
  const without = requiring.report(receipt);
  assert.deepEqual(
    without.policyCompliance.violations.map(({ code }) => code),
    ['not_recomputed'],
  );
  assert.equal(requiring.verifyReceipt(receipt), false);
  assert.equal(requiring.report(receipt, {}).toJson(), without.toJson());
  const recomputed = await recompute(receipt, { workspace: workspace(t) });
  for (const one of [receipt, text, text.toString()]) {
    assert.equal(requiring.verifyReceipt(one, { recomputed }), true);
    const report = requiring.report(one, { recomputed });
    assert.ok(report.valid);
    assert.equal(codeOf(report, 'recompute'), 'ok');
  }
});

test('a recomputation that does not agree is never valid', async (t) => {
  const dir = workspace(t);
  const receipt = Receipt.parse(text);
  writeFileSync(join(dir, 'out/app'), 'other');
  const differs = await recompute(receipt, { workspace: dir });
  rmSync(join(dir, 'attest.yaml'));
  const failed = await recompute(receipt, { workspace: dir });
  for (const [recomputed, code] of [
    [differs, 'recompute_mismatch'],
    [failed, 'recompute_failed'],
  ]) {
    for (const by of [verifier, requiring]) {
      for (const one of [receipt, text]) {
        assert.equal(by.verifyReceipt(one, { recomputed }), false);
        const { checks } = by.report(one, { recomputed });
        const check = checks.find(({ name }) => name === 'recompute');
        assert.deepEqual([check.code, check.detail], [code, recomputed.detail]);
      }
    }
    const { violations } = requiring.report(receipt, { recomputed }).policyCompliance;
    assert.deepEqual(
      violations.map((violation) => violation.code),
      ['not_recomputed'],
    );
  }
});

test('every file at hand has to be attested', async (t) => {
  const dir = workspace(t);
  const receipt = Receipt.parse(text);
  const app = digest(readFileSync(join(dir, 'out/app')));
  const recomputed = await recompute(receipt, { workspace: dir });
  const report = requiring.report(receipt, { recomputed, files: { 'dist/app': app } });
  assert.ok(report.valid);
  assert.equal(codeOf(report, 'artifacts'), 'ok');
  const files = { 'dist/app': app, 'dist/other': digest('other') };
  assert.equal(codeOf(verifier.report(text, { files }), 'artifacts'), 'file_not_attested');
  assert.equal(verifier.verifyReceipt(receipt, { files }), false);
});

test('evidence that cannot be used is an error that names it', () => {
  const app = 'blake3:00';
  for (const [evidence, error, named] of [
    [null, TypeError, /the evidence must be an object/],
    ['match', TypeError, /the evidence must be an object/],
    [{ recompute: {} }, TypeError, /"recompute" is not known/],
    [{ recomputed: undefined }, TypeError, /the evidence.recomputed must be an object, and is undefined/],
    [{ recomputed: null }, TypeError, /the evidence.recomputed/],
    [{ recomputed: true }, TypeError, /the evidence.recomputed/],
    [{ recomputed: Promise.resolve() }, TypeError, /to be awaited first/],
    [{ recomputed: {} }, TypeError, /the evidence.recomputed.status is missing/],
    [{ recomputed: { status: 1 } }, TypeError, /the evidence.recomputed.status/],
    [{ recomputed: { status: 'match', detail: 1 } }, TypeError, /the evidence.recomputed.detail/],
    [{ recomputed: { status: 'matched', detail: null } }, ConfigError, /recomputed.status/],
    [{ files: undefined }, TypeError, /the evidence.files/],
    [{ files: [app] }, TypeError, /the evidence.files/],
    [{ files: { app: undefined } }, TypeError, /the evidence.files.app/],
    [{ files: { app } }, ConfigError, /"app"/],
  ]) {
    for (const judge of [() => verifier.report(text, evidence), () => verifier.verifyReceipt(text, evidence)]) {
      assert.throws(judge, (found) => {
        assert.ok(found instanceof error, `${found}`);
        assert.match(found.message, named);
        return true;
      });
    }
  }
});
