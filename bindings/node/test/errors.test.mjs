// What a server's answers become.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { inspect } from 'node:util';

import * as exports from '@attest/sdk';

const sdk = { ...exports };
const { AttestClient } = sdk;

let server;
let client;
let answer;
let requests;
before(async () => {
  server = createServer((request, response) => {
    requests.push(request);
    const { status, headers, body } = answer;
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  client = new AttestClient({ baseUrl: `http://127.0.0.1:${server.address().port}`, apiKey: 'attest_key_secret' });
});
after(() => server.close());

async function failing(given) {
  answer = { headers: { 'retry-after': '3600', 'x-request-id': 'req_1' }, ...given };
  requests = [];
  try {
    await client.pipelines.get('pip_1');
  } catch (error) {
    return error;
  }
  throw new Error('the call succeeded');
}

const STATUSES = {
  400: 'ValidationError',
  401: 'AuthenticationFailed',
  403: 'AuthorizationFailed',
  404: 'ResourceNotFound',
  409: 'ConflictError',
  418: 'APIError',
  422: 'ValidationError',
  429: 'RateLimitExceeded',
  500: 'InternalError',
  503: 'InternalError',
};
for (const [status, name] of Object.entries(STATUSES)) {
  test(`${status} is ${name}`, async () => {
    const details = { reason: 'because', snake_case: { stays_so: 1 } };
    const body = { error: { code: 'SOME_CODE', message: 'No.', details, request_id: 'req_1' } };
    const error = await failing({ status: Number(status), body });
    assert.ok(error instanceof sdk[name] && error instanceof sdk.APIError, inspect(error));
    assert.equal(error.name, name);
    assert.deepEqual([error.status, error.code, error.requestId], [Number(status), 'SOME_CODE', 'req_1']);
    assert.deepEqual(error.details, details);
    assert.match(error.message, /^No\./);
    assert.ok(!inspect(error).includes('attest_key_secret'));
    assert.match(error.stack, /errors\.test\.mjs/);
  });
}

test('an exceeded rate limit says when to come again', async () => {
  const start = Date.now();
  const error = await failing({ status: 429, body: '{}' });
  assert.equal(requests.length, 1);
  assert.deepEqual([error.retryAfter, error.retryable], [3600, true]);
  assert.ok(Number.isInteger(error.resetAt));
  assert.ok(error.resetAt >= start / 1000 + 3600 && error.resetAt <= Date.now() / 1000 + 3602, error.resetAt);
});

test('a proxy’s page is kept as an excerpt', async () => {
  const error = await failing({ status: 502, headers: { 'retry-after': '3600' }, body: '<html>Bad gateway</html>' });
  assert.ok(error instanceof sdk.InternalError);
  assert.match(error.message, /Bad gateway/);
});

test('what is no answer is a DecodeError', async () => {
  assert.ok((await failing({ status: 200, body: '{"id":' })) instanceof sdk.DecodeError);
});

test('where nobody listens it is a connection error', async () => {
  const alone = new AttestClient({ baseUrl: 'http://127.0.0.1:9', apiKey: 'k' });
  await assert.rejects(alone.pipelines.get('pip_1'), (error) => {
    assert.ok(error instanceof sdk.APIConnectionError && !(error instanceof sdk.APIError));
    assert.ok(error.attempts > 0 && error.retryable);
    return true;
  });
});

test('a server that is too slow is a timeout', async () => {
  const slow = createServer(() => {});
  slow.listen(0, '127.0.0.1');
  await once(slow, 'listening');
  const baseUrl = `http://127.0.0.1:${slow.address().port}`;
  const hasty = new AttestClient({ baseUrl, apiKey: 'k', attemptTimeoutMs: 50 });
  await assert.rejects(hasty.pipelines.get('pip_1'), (error) => error instanceof sdk.APITimeoutError);
  slow.closeAllConnections();
  slow.close();
});

test('a request says who asks, with the caller’s own headers', async () => {
  const { baseUrl } = { baseUrl: `http://127.0.0.1:${server.address().port}/prefix/` };
  const own = new AttestClient({ baseUrl, token: 't0', headers: { 'X-Trace': 'a' }, userAgentSuffix: 'my-tool/1' });
  answer = { status: 404, body: '{}' };
  requests = [];
  await own.pipelines.get('a/b').catch(() => {});
  const [{ url, headers }] = requests;
  assert.equal(url, '/prefix/v1/pipelines/a%2Fb');
  assert.equal(headers.authorization, 'Bearer t0');
  assert.equal(headers['x-trace'], 'a');
  assert.match(headers['user-agent'], /attest-node\/\d+\.\d+\.\d+ my-tool\/1/);
});

test('what is passed is sent as it is, and what is not passed is not sent', async () => {
  const bodies = [];
  const echo = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) {
      body += chunk;
    }
    bodies.push(JSON.parse(body));
    response.writeHead(202).end('{"execution_id":"exec_1","status":"queued"}');
  });
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  const own = new AttestClient({ baseUrl: `http://127.0.0.1:${echo.address().port}`, apiKey: 'k' });
  await own.pipelines.execute('pip_1');
  const variables = JSON.parse('{"__proto__":"a","camelCase":"b","snake_case":"c"}');
  await own.pipelines.execute('pip_1', { variables, options: { sign: false }, sourceInfo: { trackedDirty: true } });
  assert.deepEqual(bodies[0], {});
  assert.deepEqual(bodies[1], { variables, options: { sign: false }, source_info: { tracked_dirty: true } });
  own.close();
  echo.closeAllConnections();
  echo.close();
});
