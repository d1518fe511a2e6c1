// What the specification's program does, piece by piece, against a real server.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { APIError, AttestClient, Receipt, ResourceNotFound, ValidationError } from '@attest/sdk';

import { startServer } from './support/server.mjs';

const CONFIG = {
  version: '0.1',
  steps: [
    { name: 'copy', run: 'cp word.txt copy.txt', inputs: ['word.txt'], outputs: ['copy.txt'] },
    {
      name: 'count',
      run: 'echo counting; wc -w <copy.txt >count.txt',
      inputs: [],
      outputs: ['count.txt'],
      needs: ['copy'],
    },
  ],
};
const FAILING = { version: '0.1', steps: [{ name: 'fail', run: 'exit 3', inputs: [], outputs: [] }] };

let server;
let client;
before(async () => {
  server = await startServer();
  client = new AttestClient(server.options);
});
after(async () => {
  client.close();
  await server.stop();
});

describe('a run', () => {
  test('gives a receipt that is valid, and is told step by step', async () => {
    const pipeline = await client.pipelines.create({ name: 'words', description: 'counts', config: CONFIG });
    assert.match(pipeline.id, /^pip_/);
    assert.deepEqual([pipeline.name, pipeline.description, pipeline.status], ['words', 'counts', 'active']);
    assert.deepEqual(pipeline.config.steps[1].needs, ['copy']);

    const execution = await pipeline.execute({
      environment: 'production',
      variables: { NODE_ENV: 'production', camelCase_and_snake: 'kept' },
      options: { sign: true, verify: true },
    });
    const told = [];
    execution.on('status_changed', (status) => told.push(status));
    execution.on('step_completed', (step) => {
      assert.equal(typeof step.duration, 'number');
      assert.equal(step.duration, step.durationSeconds);
      told.push(step.name);
    });
    const result = await execution.waitForCompletion();
    assert.equal(result, execution);
    assert.equal(execution.status, 'completed');
    assert.deepEqual(
      told.filter((one) => one !== 'running'),
      ['copy', 'count', 'completed'],
    );
    assert.deepEqual(
      execution.steps.map((step) => [step.name, step.status, step.exitCode]),
      [
        ['copy', 'completed', 0],
        ['count', 'completed', 0],
      ],
    );
    assert.equal(execution.environment, 'production');
    execution.raiseForStatus();

    const receipt = await execution.getReceipt();
    assert.equal(await receipt.verify(), true);
    const report = receipt.report();
    assert.equal(report.valid, true);
    assert.equal(report.trustMaterial.state, 'fetched_from_server');
    assert.deepEqual(JSON.parse(report.toJson()).policy_compliance.evaluated, ['require-success']);
    assert.equal(receipt.hash, execution.receiptHash);
    assert.equal(receipt.serverVerification.signatureValid, true);

    const verifier = client.createVerifier({ trustedKeys: [server.publicKey], policies: ['require-success'] });
    assert.equal(verifier.verifyReceipt(receipt), true);
    assert.equal(verifier.verifyReceipt(receipt.toJson()), true);
    assert.equal(verifier.verifyReceipt(Buffer.from(receipt.toYaml())), true);
    assert.equal(client.createVerifier({ trustedKeys: [] }).verifyReceipt(receipt), false);
    assert.throws(() => Receipt.parse(receipt.toJson()).report(), { kind: 'config' });
  });

  test('that failed is a result, whose receipt does not verify', async () => {
    const pipeline = await client.pipelines.create({ name: 'fails', config: FAILING });
    const execution = await (await client.pipelines.execute(pipeline.id)).waitForCompletion();
    assert.deepEqual([execution.status, execution.exitCode, execution.failure.step], ['failed', 3, 'fail']);
    assert.throws(
      () => execution.raiseForStatus(),
      (error) => error instanceof APIError && error.message.includes(execution.id),
    );
    const receipt = await execution.getReceipt();
    assert.equal(await receipt.verify(), false);
    assert.deepEqual(receipt.report().execution, { outcome: 'failure', failedSteps: ['fail'] });
    assert.equal(await (await execution.getReceipt({ allowFailed: true })).verify(), true);
  });

  test('is found again by its id', async () => {
    const pipeline = await client.pipelines.get((await client.pipelines.create({ name: 'again', config: CONFIG })).id);
    const { id } = await pipeline.execute();
    const execution = await client.executions.get(id);
    assert.equal(execution.pipelineId, pipeline.id);
    const entries = [];
    for await (const entry of execution.streamLogs({ step: 'count' })) {
      entries.push(entry);
    }
    assert.deepEqual(
      entries.map(({ step, level, message, stream }) => ({ step, level, message, stream })),
      [{ step: 'count', level: 'info', message: 'counting', stream: 'stdout' }],
    );
    assert.equal((await execution.refresh()).status, 'completed');
  });
});

test('many executions are started by one call, and one that cannot be keeps no other from it', async () => {
  const { id } = await client.pipelines.create({ name: 'many', config: CONFIG });
  const results = await client.pipelines.bulkExecute([
    { pipelineId: id, environment: 'staging' },
    { pipelineId: 'pip_nothing' },
    { pipelineId: id, variables: { A_b: 'c' }, options: { sign: false } },
  ]);
  assert.deepEqual(
    results.map(({ index }) => index),
    [0, 1, 2],
  );
  assert.equal((await results[0].execution.waitForCompletion()).environment, 'staging');
  assert.ok(results[1].error instanceof ResourceNotFound && results[1].execution === undefined);
  assert.equal((await results[2].execution.waitForCompletion()).status, 'completed');
});

test('errors of the server are typed', async () => {
  await assert.rejects(client.pipelines.get('pip_nothing'), (error) => {
    assert.ok(error instanceof ResourceNotFound && error instanceof APIError);
    assert.deepEqual([error.kind, error.status, error.name], ['resource_not_found', 404, 'ResourceNotFound']);
    assert.match(error.requestId, /^req_/);
    return true;
  });
  const config = { version: '0.1', steps: [{ name: 'a', run: 'true', needs: ['nobody'] }] };
  await assert.rejects(client.pipelines.create({ name: 'bad', config }), ValidationError);
});

test('a list is a page where it is awaited, and everything where it is iterated over', async () => {
  const name = 'listed';
  const made = [];
  for (let index = 0; index < 5; index += 1) {
    made.push((await client.pipelines.create({ name, config: CONFIG })).id);
  }
  const page = await client.pipelines.list({ name, limit: 2 });
  assert.deepEqual([page.pipelines.length, page.total, page.hasMore], [2, 5, true]);
  const found = [];
  for await (const pipeline of client.pipelines.list({ name, limit: 2 })) {
    found.push(pipeline.id);
  }
  assert.deepEqual(found.sort(), made.sort());
});

test('the cache says how it is used', async () => {
  const stats = await client.cache.getStats();
  assert.equal(typeof stats.hitRate, 'number');
  assert.ok(stats.totalSizeBytes >= 0 && Object.keys(stats.backends).length > 0);
});
