#!/usr/bin/env node
// Driver of `make bench`: `bench-verify.mjs verify <receipt> <verifier-options.json> <seconds>` prints the nanoseconds that
// one verification takes: the median of rounds, for as long as that.

import { readFileSync } from 'node:fs';

import { Verifier } from '@attest/sdk';

import { verifierOptions } from './support/verifier-options.mjs';

const [command, path, options, seconds] = process.argv.slice(2);
if (command !== 'verify' || !(Number(seconds) > 0)) {
  process.stderr.write('usage: bench-verify.mjs verify <receipt> <verifier-options.json> <seconds>\n');
  process.exit(2);
}
const receipt = readFileSync(path);
const verifier = new Verifier(verifierOptions(options));
if (!verifier.verifyReceipt(receipt)) {
  process.stderr.write(`${path} is not valid: ${verifier.report(receipt).toJson()}\n`);
  process.exit(1);
}

const ROUND = 200;
const end = performance.now() + Number(seconds) * 1000;
const rounds = [];
do {
  const start = process.hrtime.bigint();
  for (let call = 0; call < ROUND; call += 1) {
    verifier.verifyReceipt(receipt);
  }
  rounds.push(Number(process.hrtime.bigint() - start) / ROUND);
} while (performance.now() < end);
rounds.sort((a, b) => a - b);
process.stdout.write(`${Math.round(rounds[Math.floor(rounds.length / 2)])}\n`);
