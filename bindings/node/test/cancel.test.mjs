// An AbortSignal ends what waits, at once, and the server sees it.

import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { after, before, describe, test } from 'node:test';

import { AttestClient, CancelledError, ClosedError, WaitTimeoutError } from '@attest/sdk';

import { startHolding } from './support/holding.mjs';
import { startServer } from './support/server.mjs';

const LONG = { version: '0.1', steps: [{ name: 'sleep', run: 'sleep 60', inputs: [], outputs: [] }] };

/** Runs `work` and says how many milliseconds it took. */
async function timed(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function aborted(reason) {
  return (error) => {
    assert.ok(error instanceof CancelledError);
    assert.deepEqual(
      [error.name, error.code, error.kind, error.cause],
      ['AbortError', 'ABORT_ERR', 'cancelled', reason],
    );
    return true;
  };
}

describe('against a server that never answers', () => {
  let holding;
  let client;
  before(async () => {
    holding = await startHolding();
    client = new AttestClient(holding.options);
  });
  after(() => holding.stop());

  const CALLS = {
    'pipelines.get': (signal) => client.pipelines.get('pip_1', { signal }),
    'pipelines.create': (signal) => client.pipelines.create({ name: 'a', config: LONG }, { signal }),
    'pipelines.list': async (signal) => client.pipelines.list({}, { signal }),
    'pipelines.execute': (signal) => client.pipelines.execute('pip_1', {}, { signal }),
    'pipelines.bulkExecute': (signal) => client.pipelines.bulkExecute([{ pipelineId: 'pip_1' }], { signal }),
    'executions.get': (signal) => client.executions.get('exec_1', { signal }),
    'cache.getStats': (signal) => client.cache.getStats({ signal }),
  };
  for (const [name, start] of Object.entries(CALLS)) {
    test(`${name} ends, and its connection is closed`, async () => {
      const controller = new AbortController();
      const request = holding.request();
      const call = start(controller.signal);
      const held = await request;
      const reason = new Error('enough');
      const took = await timed(async () => {
        controller.abort(reason);
        await assert.rejects(call, aborted(reason));
        await held.closed;
      });
      assert.ok(took < 2000, `${took} ms`);
      assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
    });
    test(`${name} is not begun with a signal that is aborted already`, async () => {
      const seen = holding.sockets.length;
      await assert.rejects(start(AbortSignal.abort('before')), aborted('before'));
      assert.equal(holding.sockets.length, seen);
    });
  }

  test('a time limit of AbortSignal is the cause', async () => {
    await assert.rejects(client.cache.getStats({ signal: AbortSignal.timeout(20) }), (error) => {
      assert.deepEqual([error.name, error.cause.name], ['AbortError', 'TimeoutError']);
      return true;
    });
  });

  test('one signal calls off any number of calls, without a warning', async () => {
    const warnings = [];
    const hear = (warning) => warnings.push(warning);
    process.on('warning', hear);
    const controller = new AbortController();
    const calls = Array.from({ length: 30 }, () => client.cache.getStats({ signal: controller.signal }));
    assert.equal(getEventListeners(controller.signal, 'abort').length, 1);
    controller.abort('enough');
    // All at once: one that is rejected while another is awaited would be nobody's.
    await Promise.all(calls.map((call) => assert.rejects(call, aborted('enough'))));
    assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
    await new Promise(setImmediate);
    process.off('warning', hear);
    assert.deepEqual(warnings, []);
  });

  test('closing the client ends its calls', async () => {
    const closing = new AttestClient(holding.options);
    const request = holding.request();
    const call = closing.cache.getStats();
    const held = await request;
    closing.close();
    closing.close();
    await assert.rejects(call, ClosedError);
    await held.closed;
    await assert.rejects(
      closing.pipelines.get('pip_1'),
      (error) => error instanceof ClosedError && /new/.test(error.message),
    );
  });
});

describe('against an execution that goes on', () => {
  let server;
  let client;
  let execution;
  before(async () => {
    server = await startServer();
    client = new AttestClient(server.options);
    execution = await (await client.pipelines.create({ name: 'long', config: LONG })).execute();
  });
  after(() => server.stop());

  for (const watched of [false, true]) {
    test(`a wait ends${watched ? ', with a listener too' : ''}`, async () => {
      const controller = new AbortController();
      const listener = () => {};
      if (watched) {
        execution.on('step_completed', listener);
      }
      const wait = execution.waitForCompletion({ signal: controller.signal });
      const took = await timed(async () => {
        setTimeout(() => controller.abort('enough'), 300);
        await assert.rejects(wait, aborted('enough'));
      });
      assert.ok(took < 2000, `${took} ms`);
      assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
      execution.off('step_completed', listener);
    });
  }

  test('a wait whose time is up says what it last saw, and cancels nothing', async () => {
    let lastSeen;
    await assert.rejects(execution.waitForCompletion({ timeoutMs: 400 }), (error) => {
      assert.ok(error instanceof WaitTimeoutError);
      lastSeen = error.lastSeen;
      assert.deepEqual([lastSeen.id, lastSeen.status], [execution.id, 'running']);
      return true;
    });
    assert.equal((await execution.refresh()).status, 'running');
    assert.notEqual(lastSeen, execution);
  });

  test('a loop over lines or changes ends with the signal', async () => {
    for (const stream of ['streamLogs', 'events']) {
      const controller = new AbortController();
      setTimeout(() => controller.abort('enough'), 200);
      await assert.rejects(
        (async () => {
          for await (const _ of execution[stream]({ signal: controller.signal })) {
            // Whatever comes.
          }
        })(),
        aborted('enough'),
      );
    }
  });

  test('leaving an iterator calls off what it waits for', async () => {
    const lines = execution.streamLogs();
    const next = lines.next();
    const took = await timed(async () => {
      assert.deepEqual(await lines.return(), { done: true, value: undefined });
      assert.deepEqual(await next, { done: true, value: undefined });
    });
    assert.ok(took < 2000, `${took} ms`);
    assert.deepEqual(await lines.next(), { done: true, value: undefined });
  });

  test('cancelling ends it for its listeners and its waiters', async () => {
    const told = [];
    execution.on('status_changed', (status) => told.push(status));
    const wait = execution.waitForCompletion();
    await execution.cancel();
    assert.equal((await wait).status, 'cancelled');
    assert.equal(told.at(-1), 'cancelled');
  });
});
