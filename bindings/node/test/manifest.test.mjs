// The manifest vectors, through the public API.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { AttestIOError, digest, hashInputs, hashOutputs } from '@attest/sdk';

const vectors = fileURLToPath(new URL('../../../tests/vectors/manifests', import.meta.url));

describe('the manifests of the vectors', () => {
  for (const name of readdirSync(vectors).filter((name) => !name.endsWith('.md'))) {
    test(name, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'attest-manifest-'));
      try {
        const { status } = spawnSync('tar', ['-xf', join(vectors, name, 'tree.tar'), '-C', folder]);
        assert.equal(status, 0);
        const { workspace, declared, run, expect } = JSON.parse(readFileSync(join(vectors, name, 'case.json')));
        const place = join(folder, workspace);
        const hash = () =>
          run === null ? hashOutputs({ workspace: place, declared }) : hashInputs({ workspace: place, run, declared });
        if (expect.error === undefined) {
          assert.deepEqual(await hash(), { digest: `blake3:${expect.hash}`, text: expect.manifest });
        } else {
          await assert.rejects(hash(), AttestIOError);
        }
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }
});

test('the event loop goes on while files are hashed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'attest-manifest-'));
  writeFileSync(join(folder, 'big'), Buffer.alloc(64 << 20, 1));
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 1);
  let asked = 0;
  const all = Array.from({ length: 8 }, () => hashOutputs({ workspace: folder, declared: ['big'] }));
  asked = turns;
  const [first] = await Promise.all(all);
  clearInterval(timer);
  rmSync(folder, { recursive: true });
  assert.match(first.text, /^attest-manifest\/v1\nf:[0-9a-f]{64} big\n$/);
  assert.equal(asked, 0);
  assert.ok(turns > 0);
});

test('a digest is of bytes, or of text in UTF-8', () => {
  assert.equal(digest(''), 'blake3:af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262');
  assert.equal(digest('ü'), digest(Buffer.from([0xc3, 0xbc])));
});
