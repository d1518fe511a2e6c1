import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';

import { verifyWebhook } from '@attest/sdk';

const sign = (payload, secret) => `sha256=${createHmac('sha256', secret).update(payload).digest('hex')}`;

test('a signature is that of the raw body, as text or bytes', () => {
  const payload = '{"event":"execution.completed","of":"Zürich"}';
  const signature = sign(payload, 'secret');
  assert.equal(verifyWebhook(payload, signature, 'secret'), true);
  assert.equal(verifyWebhook(Buffer.from(payload), signature, 'secret'), true);
  assert.equal(verifyWebhook(new TextEncoder().encode(`x${payload}`).subarray(1), signature, 'secret'), true);
  assert.equal(verifyWebhook(payload, signature, 'other'), false);
  assert.equal(verifyWebhook(`${payload} `, signature, 'secret'), false);
});

test('no header, or any that is no signature, is false', () => {
  for (const header of [
    undefined,
    null,
    '',
    'sha256=',
    sign('b', 's'),
    ['sha256='],
    sign('a', 's').toUpperCase(),
    '\ud800',
  ]) {
    assert.equal(verifyWebhook('a', header, 's'), false, String(header));
  }
});

test('an empty secret verifies nothing', () => {
  assert.equal(verifyWebhook('a', sign('a', ''), ''), false);
});

test('a body with half a character is not the one that was sent', () => {
  // Both would be the same bytes after a careless conversion.
  assert.equal(verifyWebhook('a\ud800', sign('a\ufffd', 's'), 's'), false);
});
