// What a whole process does: it ends, it survives, it leaks nothing.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

import { AttestClient, ConfigError, InternalFault } from '@attest/sdk';

import { startHolding } from './support/holding.mjs';
import { startServer } from './support/server.mjs';

const here = fileURLToPath(new URL('..', import.meta.url));
const { value } = createRequire(import.meta.url)('../dist/call.js');
const { native } = createRequire(import.meta.url)('../dist/native.js');

let server;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

/** Runs a program to its end: its exit code, what it printed, and how long it took. */
async function run(program, { args = [], env = {} } = {}) {
  const start = performance.now();
  const child = spawn(process.execPath, [...args, '--input-type=module', '--eval', program], {
    cwd: here,
    env: { ...process.env, ATTEST_BASE_URL: server.baseUrl, ATTEST_API_KEY: server.apiKey, ...env },
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (data) => {
    out += data;
  });
  child.stderr.on('data', (data) => {
    err += data;
  });
  const [code, signal] = await once(child, 'close');
  return { code, signal, out, err, took: performance.now() - start };
}

const START = `
import { AttestClient } from '@attest/sdk';
const client = new AttestClient();
const step = (run) => ({ version: '0.1', steps: [{ name: 'a', run, inputs: [], outputs: [], cache: false }] });
const start = async (run) => (await client.pipelines.create({ name: 'p', config: step(run) })).execute();
`;

test('a program ends by itself once its execution has, listeners or not', async () => {
  const { code, out, err, took } = await run(`${START}
    const execution = await start('true');
    execution.on('status_changed', (status) => console.log(status));
    execution.on('step_completed', () => {});
    await execution.waitForCompletion();
    console.log('over');
  `);
  assert.equal(code, 0, err);
  assert.match(out, /completed\nover\n$/);
  assert.ok(took < 10_000, `${took} ms`);
});

test('a program that exits with calls under way exits cleanly', async () => {
  const { code, out, err, took } = await run(`${START}
    const execution = await start('sleep 60');
    execution.on('step_completed', () => {});
    execution.waitForCompletion().catch(() => {});
    execution.streamLogs().next().catch(() => {});
    client.pipelines.list().then(() => {}, () => {});
    setTimeout(() => { console.log('leaving'); process.exit(7); }, 100);
  `);
  assert.deepEqual([code, out, err], [7, 'leaving\n', '']);
  assert.ok(took < 10_000, `${took} ms`);
});

test('worker threads have clients of their own, and can be ended in the middle of a call', async () => {
  const holding = await startHolding();
  const program = `
    const { parentPort, workerData } = require('node:worker_threads');
    const { AttestClient, Verifier } = require('@attest/sdk');
    (async () => {
      const client = new AttestClient(workerData.server);
      await client.cache.getStats();
      parentPort.postMessage('answered');
      new AttestClient(workerData.holding).cache.getStats().then(() => {}, () => {});
    })();
  `;
  for (let round = 0; round < 3; round += 1) {
    const request = holding.request();
    const worker = new Worker(program, {
      eval: true,
      workerData: { server: server.options, holding: holding.options },
    });
    assert.deepEqual(await once(worker, 'message'), ['answered']);
    const held = await request;
    await worker.terminate();
    await held.closed;
  }
  holding.stop();
  // This thread's own calls go on.
  await new AttestClient(server.options).cache.getStats();
});

test('a worker ends by itself', async () => {
  const program = `
    const { workerData } = require('node:worker_threads');
    const { AttestClient } = require('@attest/sdk');
    new AttestClient(workerData).cache.getStats();
  `;
  const worker = new Worker(program, { eval: true, workerData: server.options });
  assert.deepEqual(await once(worker, 'exit'), [0]);
});

test('a worker with an environment of its own is set up by that', async () => {
  const program = `
    const { parentPort } = require('node:worker_threads');
    const { AttestClient } = require('@attest/sdk');
    new AttestClient().cache.getStats().then((stats) => parentPort.postMessage(typeof stats.hitRate));
  `;
  const env = { ATTEST_BASE_URL: server.baseUrl, ATTEST_API_KEY: server.apiKey };
  assert.deepEqual(await once(new Worker(program, { eval: true, env }), 'message'), ['number']);
  assert.throws(() => new AttestClient(), ConfigError);
});

test('a panic in the native code is an error, and the process goes on', async () => {
  assert.ok(native.panicNow, 'the module under test has the hooks of tests');
  assert.throws(
    () => value(native.panicNow()),
    (error) => error instanceof InternalFault && /report it/.test(error.message),
  );
  const outcome = await native.panicLater();
  assert.throws(() => value(outcome), InternalFault);
  await new AttestClient(server.options).cache.getStats();
});

test('no handle outlives what holds it', async () => {
  const { code, out, err } = await run(
    `${START}
    import { createRequire } from 'node:module';
    import { setTimeout as pause } from 'node:timers/promises';
    import { Receipt, SigningKey, Verifier } from '@attest/sdk';
    const { native } = createRequire(process.cwd() + '/x')('./dist/native.js');
    const live = () => native.liveHandles();
    async function work() {
      const own = new AttestClient();
      const execution = await (await own.pipelines.create({ name: 'p', config: step('echo a; echo b') })).execute();
      execution.on('step_completed', () => {});
      for await (const line of execution.streamLogs()) break;
      for await (const event of execution.events()) ;
      await execution.waitForCompletion({ signal: new AbortController().signal });
      const receipt = await execution.getReceipt();
      new Verifier({ trustedKeys: [] }).verifyReceipt(receipt);
      receipt.sign(SigningKey.generate());
      await own.pipelines.get('pip_none').catch(() => {});
      await own.cache.getStats({ signal: AbortSignal.timeout(0) }).catch(() => {});
    }
    client.close();
    await work();
    const before = live();
    for (let i = 0; i < 5; i += 1) await work();
    const end = Date.now() + 20000;
    do { globalThis.gc(); await pause(20); } while (live() > 1 && Date.now() < end);
    console.log(before > 1, live());
  `,
    { args: ['--expose-gc'] },
  );
  assert.equal(code, 0, err);
  // The one is the client at the top.
  assert.equal(out, 'true 1\n');
});
