// A program without the types of Node or of browsers: those of the package must not need them.

import { AttestClient } from '@attest/sdk';

const client = new AttestClient({ baseUrl: 'https://attest.example.com', apiKey: 'attest_key' });
const pipeline = await client.pipelines.get('pip_1');
const execution = await pipeline.execute();
export const valid: boolean = await (await execution.getReceipt()).verify();
