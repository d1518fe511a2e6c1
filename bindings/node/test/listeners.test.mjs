// What listeners of an execution are told.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';

import { AttestClient } from '@attest/sdk';

import { startServer, until } from './support/server.mjs';

const names = Array.from({ length: 6 }, (_, index) => `s${index}`);
const CHAIN = {
  version: '0.1',
  steps: names.map((name, index) => ({
    name,
    run: 'sleep 0.1',
    inputs: [],
    outputs: [],
    needs: index === 0 ? [] : [names[index - 1]],
    cache: false,
  })),
};

let server;
let client;
let pipeline;
before(async () => {
  server = await startServer();
  client = new AttestClient(server.options);
  pipeline = await client.pipelines.create({ name: 'chain', config: CHAIN });
});
after(() => server.stop());

test('each change is told once, in order, and before the wait is over', async () => {
  const execution = await pipeline.execute();
  const told = [];
  execution.on('status_changed', (status) => told.push(status));
  execution.on('step_started', (step) => told.push(`${step.name} started`));
  execution.on('step_completed', (step) => told.push(`${step.name} ${step.status}`));
  await execution.waitForCompletion();
  const completed = told.filter((one) => one.endsWith(' completed'));
  assert.deepEqual(
    completed,
    names.map((name) => `${name} completed`),
  );
  assert.equal(told.at(-1), 'completed');
  assert.equal(new Set(told).size, told.length);
  for (const started of told.filter((one) => one.endsWith(' started'))) {
    assert.ok(told.indexOf(started) < told.indexOf(started.replace('started', 'completed')), told.join());
  }
});

test('a listener that comes after the end is told what was', async () => {
  const execution = await (await pipeline.execute()).waitForCompletion();
  const told = [];
  (await client.executions.get(execution.id)).on('step_completed', (step) => told.push(step.name));
  await until('all steps', () => told.length === names.length);
  assert.deepEqual(told, names);
});

test('a listener that throws, or rejects, stops nobody, and is warned of', async () => {
  const execution = await pipeline.execute();
  const warnings = [];
  const hear = (warning) => warnings.push(warning);
  process.on('warning', hear);
  const told = [];
  execution.on('step_completed', () => {
    throw new Error('a listener threw');
  });
  execution.on('step_completed', async () => {
    throw new Error('a listener rejected');
  });
  execution.on('step_completed', (step) => told.push(step.name));
  await execution.waitForCompletion();
  await until('the warnings', () => warnings.length === 2 * names.length);
  process.off('warning', hear);
  assert.deepEqual(told, names);
  assert.ok(warnings.every((warning) => warning.name === 'AttestWarning' && warning.message.includes(execution.id)));
  assert.match(warnings[0].message, /a listener threw/);
});

test('once is once, and off is off', async () => {
  const execution = await pipeline.execute();
  const told = [];
  const never = () => told.push('never');
  execution
    .once('step_completed', (step) => told.push(step.name))
    .on('step_completed', never)
    .off('step_completed', never);
  await execution.waitForCompletion();
  assert.deepEqual(told, ['s0']);
});

test('listening again after all listeners left tells nothing twice', async () => {
  const execution = await pipeline.execute();
  const told = [];
  const listener = (step) => told.push(step.name);
  execution.on('step_completed', listener);
  await until('two steps', () => told.length >= 2);
  execution.off('step_completed', listener);
  execution.on('step_completed', listener);
  await execution.waitForCompletion();
  assert.deepEqual(told, names);
});

test('a listener that comes later is told what is over, in order and once', async () => {
  const execution = await pipeline.execute();
  const told = [];
  const late = [];
  execution.on('step_completed', (step) => told.push(step.name));
  await until('two steps', () => told.length >= 2);
  execution
    .on('step_completed', (step) => late.push(step.name))
    .once('step_completed', (step) => late.push(`once ${step.name}`))
    .on('status_changed', (status) => late.push(status));
  assert.deepEqual(late, []);
  await undefined;
  // A slow machine may have finished more than two by now.
  assert.deepEqual(
    late.filter((one) => names.includes(one.replace('once ', ''))),
    ['s0', 'once s0', ...told.slice(1)],
  );
  await execution.waitForCompletion();
  const after = [];
  execution.on('step_completed', (step) => after.push(step.name));
  await undefined;
  assert.deepEqual(after, names);
  assert.deepEqual(
    late.filter((one) => names.includes(one)),
    names,
  );
  assert.deepEqual([late.at(-1), new Set(late).size], ['completed', late.length]);
});

test('a wait that saw the end keeps it, though the last look for listeners fails', async () => {
  const state = { id: 'exec_1', pipeline_id: 'pip_1', exit_code: null, started_at: null, completed_at: null };
  const running = { ...state, status: 'running', duration_seconds: null, steps: [] };
  const looks = [];
  const stub = createServer((_, response) => {
    looks.push((status, body) => response.writeHead(status).end(JSON.stringify(body)));
  });
  stub.listen(0, '127.0.0.1');
  await once(stub, 'listening');
  const own = new AttestClient({ baseUrl: `http://127.0.0.1:${stub.address().port}`, apiKey: 'k' });
  const look = (count) => until(`look ${count}`, () => looks[count - 1]);
  const got = own.executions.get('exec_1');
  (await look(1))(200, running);
  const execution = await got;
  const wait = execution.waitForCompletion();
  const rejected = assert.rejects(wait, { kind: 'resource_not_found' });
  const answerWait = await look(2);
  execution.on('step_completed', () => {});
  await look(3);
  answerWait(200, { ...running, status: 'completed', exit_code: 0 });
  (await look(4))(404, {});
  await rejected;
  assert.deepEqual([execution.status, execution.exitCode], ['completed', 0]);
  execution.raiseForStatus();
  own.close();
  stub.closeAllConnections();
  stub.close();
});

test('the changes can be looped over', async () => {
  const execution = await pipeline.execute();
  const events = [];
  for await (const event of execution.events()) {
    events.push(event);
  }
  const completed = events.filter((one) => one.event === 'step_completed');
  assert.deepEqual(
    completed.map((one) => one.step.name),
    names,
  );
  assert.deepEqual(events.at(-1), { event: 'status_changed', status: 'completed' });
});

test('a watch that fails is warned of, where nobody waits', async () => {
  const alone = new AttestClient(server.options);
  const execution = await (await alone.pipelines.get(pipeline.id)).execute();
  execution.on('step_completed', () => {});
  alone.close();
  const [warning] = await once(process, 'warning');
  assert.match(warning.message, new RegExp(`${execution.id} is watched no more: ClosedError`));
});

test('a wait with listeners is rejected where the watch cannot go on', async () => {
  const alone = new AttestClient(server.options);
  const execution = await (await alone.pipelines.get(pipeline.id)).execute();
  execution.on('step_completed', () => {});
  const wait = execution.waitForCompletion();
  alone.close();
  await assert.rejects(wait, { kind: 'closed' });
});
