// What listeners of an execution are told.

import assert from 'node:assert/strict';
import { once } from 'node:events';
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
