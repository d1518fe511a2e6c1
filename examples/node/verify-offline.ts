// Checks a receipt without any server, against a pinned key.
//
//   node verify-offline.js receipt.json ed25519:<64 hex digits>

import { readFileSync } from 'node:fs';

import { Verifier } from '@attest/sdk';

const [file, key] = process.argv.slice(2);
if (file === undefined || key === undefined) {
  console.error('usage: verify-offline RECEIPT PUBLIC_KEY');
  process.exit(2);
}

// A receipt of a failed run is authentic too: the policy is what makes this a gate.
const verifier = new Verifier({ trustedKeys: [key], policies: ['require-success'] });
const report = verifier.report(readFileSync(file));
for (const check of report.checks) {
  console.log(`${check.name.padEnd(12)} ${check.status.padEnd(8)} ${check.detail}`);
}
const failed = report.checks.find((check) => check.status === 'fail');
console.log(failed === undefined ? 'valid' : `refused: ${failed.name}`);
process.exitCode = report.valid ? 0 : 1;
