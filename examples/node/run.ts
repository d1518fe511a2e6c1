// Runs a two-step pipeline on the server that ATTEST_BASE_URL and ATTEST_API_KEY name, and gates on its receipt.
//
//   npm install && npm run build && node run.js

import { writeFileSync } from 'node:fs';

import { AttestClient } from '@attest/sdk';

const client = new AttestClient();

const pipeline = await client.pipelines.create({
  name: 'greeting',
  config: {
    version: '0.1',
    steps: [
      { name: 'greet', run: 'echo hello > greeting.txt', outputs: ['greeting.txt'] },
      { name: 'test', run: 'grep hello greeting.txt', inputs: ['greeting.txt'], needs: ['greet'] },
    ],
  },
});

const execution = await pipeline.execute();
console.log(`execution ${execution.id}`);
execution.on('step_completed', (step) => console.log(`${step.name} ${step.status} in ${step.duration} s`));
for await (const line of execution.streamLogs()) {
  console.log(`[${line.step}] ${line.message}`);
}
await execution.waitForCompletion({ timeoutMs: 60_000 });

// The verifier trusts the keys that the server publishes: good for a first run. To gate a release, pin a key with
// `new AttestClient({ trustedKeys: […] })`, so that nobody who can answer for the server can vouch for it.
const receipt = await execution.getReceipt();
if (!(await receipt.verify())) {
  throw new Error(`the receipt of ${execution.id} does not hold`);
}
writeFileSync('receipt.json', receipt.toJson());
console.log('verified; the receipt is in receipt.json');
