// Receives webhooks and believes only those that were signed with ATTEST_WEBHOOK_SECRET.
//
//   node webhook-receiver.js 8080

import { createServer } from 'node:http';

import { verifyWebhook } from '@attest/sdk';

const secret = process.env['ATTEST_WEBHOOK_SECRET'];
if (secret === undefined || secret === '') {
  throw new Error('set ATTEST_WEBHOOK_SECRET to the secret that the server signs with');
}

const server = createServer(async (request, response) => {
  // The signature is over the bytes as they came: nothing may parse them before.
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  const body = Buffer.concat(chunks);
  if (!verifyWebhook(body, request.headers['x-attest-signature'], secret)) {
    response.writeHead(401).end('bad signature\n');
    return;
  }
  const { event } = JSON.parse(body.toString()) as { event: string };
  console.log(`received ${event}`);
  response.writeHead(204).end();
});
server.listen(Number(process.argv[2] ?? 8080), '127.0.0.1', () => console.log('listening'));
