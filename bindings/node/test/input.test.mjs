// What callers get wrong, and what they are told.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';

import {
  AttestClient,
  ConfigError,
  digest,
  hashInputs,
  hashOutputs,
  KeyFormatError,
  Receipt,
  ReceiptFormatError,
  SigningKey,
  Verifier,
  verifyWebhook,
} from '@attest/sdk';

const OPTIONS = { baseUrl: 'http://127.0.0.1:9', apiKey: 'attest_key_secret' };
const client = new AttestClient(OPTIONS);
const CONFIG = { version: '0.1', steps: [] };
const HALF = 'half \ud800';

const TYPE_ERRORS = [
  [
    'options that are no object',
    () => new AttestClient('key'),
    /the client's options must be an object, and is a string/,
  ],
  ['options that are null', () => new AttestClient(null), /must be an object, and is null/],
  [
    'an unknown option',
    () => new AttestClient({ ...OPTIONS, url: 'x' }),
    /"url" is not known; known are baseUrl, apiKey/,
  ],
  [
    'a key of another type',
    () => new AttestClient({ ...OPTIONS, apiKey: 7 }),
    /options\.apiKey must be a string, and is a number/,
  ],
  ['a key that is null', () => new AttestClient({ ...OPTIONS, apiKey: null }), /apiKey must be a string, and is null/],
  [
    'a flag of another type',
    () => new AttestClient({ ...OPTIONS, anonymous: 'yes' }),
    /anonymous must be true or false/,
  ],
  [
    'a time of another type',
    () => new AttestClient({ ...OPTIONS, idleTimeoutMs: '5' }),
    /idleTimeoutMs must be a finite number/,
  ],
  [
    'a time that is none',
    () => new AttestClient({ ...OPTIONS, idleTimeoutMs: Number.NaN }),
    /finite number, and is NaN/,
  ],
  [
    'a header of another type',
    () => new AttestClient({ ...OPTIONS, headers: { a: 1 } }),
    /headers\.a must be a string/,
  ],
  ['one policy', () => new AttestClient({ ...OPTIONS, policies: 'max-age-24h' }), /policies must be an array/],
  [
    'a key without its half',
    () => new AttestClient({ ...OPTIONS, trustedKeys: [{ signer: 'me' }] }),
    /trustedKeys\[0\]\.publicKey is missing/,
  ],
  ['half a character', () => new AttestClient({ ...OPTIONS, apiKey: HALF }), /apiKey holds a lone surrogate/],
  ['an id of another type', () => client.pipelines.get(7), /the id of a pipeline must be a string, and is a number/],
  ['no id', () => client.executions.get(), /the id of an execution must be a string, and is undefined/],
  ['half an id', () => client.pipelines.get(HALF), /lone surrogate/],
  ['no pipeline', () => client.pipelines.create(), /the pipeline must be an object, and is undefined/],
  ['a pipeline without a name', () => client.pipelines.create({ config: CONFIG }), /the pipeline\.name is missing/],
  [
    'a step with a misspelt option',
    () => client.pipelines.create({ name: 'a', config: { ...CONFIG, steps: [{ name: 'a', run: 'b', input: [] }] } }),
    /the pipeline\.config\.steps\[0\]: "input" is not known; known are name, run, inputs/,
  ],
  [
    'a step of another type',
    () => client.pipelines.create({ name: 'a', config: { ...CONFIG, steps: ['make'] } }),
    /steps\[0\] must be an object, and is a string/,
  ],
  [
    'inputs that are one',
    () =>
      client.pipelines.create({ name: 'a', config: { ...CONFIG, steps: [{ name: 'a', run: 'b', inputs: 'src/' }] } }),
    /inputs must be an array, and is a string/,
  ],
  [
    'a variable that is a number',
    () => client.pipelines.execute('pip_1', { variables: { PORT: 80 } }),
    /variables\.PORT must be a string, and is a number/,
  ],
  [
    'options for the call among those of the run',
    () => client.pipelines.execute('pip_1', { signal: AbortSignal.abort() }),
    /"signal" is not known/,
  ],
  [
    'sign as text',
    () => client.pipelines.execute('pip_1', { options: { sign: 'no' } }),
    /options\.sign must be true or false/,
  ],
  [
    'a bulk that is no list',
    () => client.pipelines.bulkExecute({ pipelineId: 'a' }),
    /the executions must be an array/,
  ],
  [
    'a bulk item without a pipeline',
    () => client.pipelines.bulkExecute([{}]),
    /the executions\[0\]\.pipelineId is missing/,
  ],
  [
    'a signal that is none',
    () => client.cache.getStats({ signal: true }),
    /signal must be an AbortSignal, and is a boolean/,
  ],
  [
    'an unknown option of a call',
    () => client.cache.getStats({ sinal: undefined }),
    /"sinal" is not known; known are signal/,
  ],
  ['a promise for options', () => client.cache.getStats(Promise.resolve({})), /a promise, to be awaited first/],
  ['a query of another type', () => client.pipelines.list({ limit: 'ten' }), /limit must be a whole number/],
  [
    'a receipt that was not awaited',
    () => new Verifier().verifyReceipt(Promise.resolve('')),
    /a receipt must be a Receipt, or its text or bytes, and is a promise, to be awaited first/,
  ],
  ['no receipt', () => new Verifier().verifyReceipt(undefined), /a receipt must be/],
  [
    'null for a receipt',
    () => Receipt.parse(null),
    /a receipt must be a string, a Buffer or a Uint8Array, and is null/,
  ],
  ['half a receipt', () => new Verifier().report(HALF), /lone surrogate/],
  ['a receipt made by new', () => new Receipt('{}'), /Receipt\.parse/],
  ['a key made by new', () => new SigningKey(), /SigningKey\.generate/],
  ['no key to sign with', () => Receipt.prototype.sign.call({}, 'key'), /./],
  ['no PEM', () => SigningKey.fromPem(Buffer.from('')), /the PEM of a key must be a string/],
  ['an unknown option of a verifier', () => new Verifier({ keys: [] }), /"keys" is not known; known are trustedKeys/],
  ...['invocationId', 'pipelineHash', 'commit', 'artifacts'].flatMap((name) =>
    [undefined, null].map((lost) => [
      `${lost} for the expected ${name}`,
      () => new Verifier({ expect: { [name]: lost } }),
      new RegExp(`options\\.expect\\.${name} must be an? (string|object), and is ${lost}`),
    ]),
  ),
  ...['trustedKeys', 'policies', 'expect'].map((name) => [
    `undefined for the ${name} of a verifier`,
    () => new Verifier({ [name]: undefined }),
    new RegExp(`options\\.${name} must be an (array|object), and is undefined`),
  ]),
  ...['trustedKeys', 'policies'].map((name) => [
    `undefined for the ${name} of a client`,
    () => new AttestClient({ ...OPTIONS, [name]: undefined }),
    new RegExp(`options\\.${name} must be an array, and is undefined`),
  ]),
  ['a date that is none', () => new Verifier({ now: new Date('x') }), /now is an invalid Date/],
  ['a body that was parsed', () => verifyWebhook({ a: 1 }, 'sha256=', 's'), /raw body/],
  ['no secret', () => verifyWebhook('a', 'sha256=', undefined), /the secret must be a string, and is undefined/],
  ['no data', () => digest(), /the data must be/],
  ['nothing to hash', () => hashInputs(), /hashInputs must be an object/],
  ['paths that are one', () => hashOutputs({ workspace: '.', declared: 'a' }), /declared must be an array/],
];
for (const [name, act, message] of TYPE_ERRORS) {
  test(`${name}: a TypeError says what to pass`, async () => {
    await assert.rejects(
      async () => act(),
      (error) => {
        assert.ok(error instanceof TypeError, inspect(error));
        assert.match(error.message, message);
        return true;
      },
    );
  });
}

test('numbers out of range are a RangeError', async () => {
  await assert.rejects(async () => client.pipelines.list({ limit: -1 }), RangeError);
  await assert.rejects(async () => client.pipelines.list({ offset: 2 ** 60 }), RangeError);
});

test('what only the core can judge is a typed error', async () => {
  assert.throws(() => new AttestClient({ ...OPTIONS, token: 't' }), ConfigError);
  assert.throws(() => new AttestClient({ ...OPTIONS, baseUrl: 'ftp://x' }), ConfigError);
  assert.throws(() => new AttestClient({ ...OPTIONS, connectTimeoutMs: -1 }), ConfigError);
  assert.throws(() => new AttestClient({ ...OPTIONS, trustedKeys: ['ed25519:zz'] }), ConfigError);
  assert.throws(() => new Verifier({ policies: ['be-good'] }), ConfigError);
  assert.throws(() => Receipt.parse('no receipt'), ReceiptFormatError);
  assert.throws(() => Receipt.parse(new Uint8Array([0xff])), ReceiptFormatError);
  assert.throws(
    () => SigningKey.fromPem('secret'),
    (error) => {
      assert.ok(error instanceof KeyFormatError && !error.message.includes('secret'));
      return true;
    },
  );
  await assert.rejects(client.pipelines.get('..'), ConfigError);
});

test('a key of a map is the caller’s own, whatever it is called', async () => {
  const variables = JSON.parse('{"__proto__":"kept","constructor":"kept"}');
  // It gets as far as the network: nothing listens there.
  await assert.rejects(client.pipelines.execute('pip_1', { variables }), { kind: 'connection' });
});

test('nothing shows a secret', () => {
  const key = SigningKey.generate();
  const secret = key.toPem().split('\n')[1];
  for (const shown of [
    inspect(client, { depth: 9, showHidden: true }),
    JSON.stringify(client),
    inspect(key, { showHidden: true }),
    JSON.stringify(key),
  ]) {
    assert.ok(!shown.includes('attest_key_secret') && !shown.includes(secret), shown);
  }
});
