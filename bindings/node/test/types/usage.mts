// Use of every part, as a strict program has it; each line after `@ts-expect-error` must not compile.

import {
  APIError,
  AttestClient,
  type AttestError,
  type BulkResult,
  type Evidence,
  type Execution,
  type ExecutionEvent,
  hashInputs,
  type LogEntry,
  type Pipeline,
  type PipelinePage,
  RateLimitExceeded,
  Receipt,
  type Report,
  recompute,
  SigningKey,
  type Verifier,
  verifyWebhook,
  WaitTimeoutError,
} from '@attest/sdk';

const client = new AttestClient({
  baseUrl: 'https://attest.example.com',
  apiKey: 'attest_key',
  trustedKeys: ['ed25519:00'],
});
const controller = new AbortController();
const { signal } = controller;

const pipeline: Pipeline = await client.pipelines.create(
  { name: 'a', config: { version: '0.1', steps: [{ name: 'a', run: 'make', needs: [], timeoutSecs: 60 }] } },
  { signal },
);
const page: PipelinePage = await client.pipelines.list({ limit: 10 }, { signal: AbortSignal.timeout(1000) });
for await (const one of client.pipelines.list()) {
  const rate: number | null = one.successRate;
  console.log(one.id, rate, page.nextCursor?.length);
}

const execution: Execution = await pipeline.execute(
  { environment: 'production', variables: { NODE_ENV: 'production' }, options: { sign: true } },
  { signal },
);
execution
  .on('status_changed', (status) => console.log(status.toUpperCase()))
  .once('step_started', (step) => console.log(step.name))
  .on('step_completed', async (step) => console.log(step.duration?.toFixed(1), step.cacheHit));
const result: Execution = await execution.waitForCompletion({ timeoutMs: 60_000, signal });
result.raiseForStatus().steps.map((step) => step.exitCode);
for await (const entry of execution.streamLogs({ step: 'a', after: 7, signal })) {
  const line: LogEntry = entry;
  console.log(line.message, line.stream ?? 'none');
}
for await (const event of execution.events()) {
  const change: ExecutionEvent = event;
  console.log(change.event === 'status_changed' ? change.status : change.step.status);
}
const receipt: Receipt = await execution.getReceipt({ allowFailed: true });
const valid: boolean = await receipt.verify();
const report: Report = receipt.report();
console.log(valid, report.policyCompliance.violations[0]?.message, report.toJson(), receipt.keyId?.length);

const results: BulkResult[] = await client.pipelines.bulkExecute([{ pipelineId: pipeline.id, environment: 'a' }]);
for (const one of results) {
  if (one.error !== undefined) {
    const error: AttestError = one.error;
    console.log(error.code);
  } else {
    console.log(one.execution.id);
  }
}

const key = SigningKey.generate();
const verifier: Verifier = client.createVerifier({ trustedKeys: [{ publicKey: key.publicKey }], now: new Date() });
const passes: boolean = verifier.verifyReceipt(Receipt.parse(new Uint8Array()).sign(key));
const recomputed = await recompute(receipt, { workspace: '.' });
const evidence: Evidence = { recomputed, files: { app: 'blake3:00' } };
console.log(verifier.verifyReceipt(receipt, evidence), verifier.report('{}', { recomputed }).valid);
const digest: string = (await hashInputs({ workspace: '.', run: 'make', declared: ['src/'] })).digest;
const authentic: boolean = verifyWebhook(Buffer.from(''), undefined, 'secret');
console.log(passes, digest, authentic, (await client.cache.getStats()).backends.local?.hitRate);
client.close();

try {
  await client.executions.get('exec_1');
} catch (error) {
  if (error instanceof RateLimitExceeded) {
    const at: number | undefined = error.resetAt;
    console.log(at);
  } else if (error instanceof WaitTimeoutError) {
    console.log(error.lastSeen?.status);
  } else if (error instanceof APIError) {
    console.log(error.status, error.requestId, error.details?.reason, error.cause);
  }
}

// @ts-expect-error an unknown option
new AttestClient({ url: 'https://attest.example.com' });
// @ts-expect-error an unknown event
execution.on('error', () => {});
// @ts-expect-error a status is no number
execution.on('status_changed', (status: number) => status);
// @ts-expect-error options of the run are true or false
await pipeline.execute({ options: { sign: 'yes' } });
// @ts-expect-error a variable is text
await pipeline.execute({ variables: { PORT: 80 } });
// @ts-expect-error a promise is no boolean
const forgotten: boolean = receipt.verify();
// @ts-expect-error fields are the server's
execution.status = 'completed';
// @ts-expect-error a receipt is parsed or fetched
new Receipt();
// @ts-expect-error a promise is no answer
verifier.report(receipt, { recomputed: recompute(receipt, { workspace: '.' }) });
// @ts-expect-error what was found out has a value
verifier.report(receipt, { recomputed: undefined });
// @ts-expect-error a signal is none of its own
await client.cache.getStats({ signal: controller });
console.log(forgotten);
