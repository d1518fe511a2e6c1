#!/usr/bin/env node
// Driver of `make parity`, through the public API alone.
//
//   parity.mjs report <verifier-options.json>   paths of receipts on standard input; for each one line,
//                                               <path> TAB <report> or <path> TAB error TAB <kind> TAB <message>
//   parity.mjs held <verifier-options.json> <workspace>
//                                               the same, each receipt held against what recomputing it in the workspace gives,
//                                               and against <workspace>/out/app, a file at hand
//   parity.mjs sign <receipt> <key.pem>         the receipt, signed by that key

import { readFileSync, writeSync } from 'node:fs';

import { AttestError, digest, Receipt, recompute, SigningKey, Verifier } from '@attest/sdk';

import { verifierOptions } from './support/verifier-options.mjs';

const [command, ...args] = process.argv.slice(2);
const commands = { report, held: report, sign };
if (!Object.hasOwn(commands, command)) {
  writeSync(
    2,
    'usage: parity.mjs report <verifier-options.json> | held <verifier-options.json> <workspace> | sign <receipt> <key.pem>\n',
  );
  process.exit(2);
}
await commands[command](...args);

async function report(options, workspace) {
  const verifier = new Verifier(verifierOptions(options));
  const paths = readFileSync(0, 'utf8')
    .split('\n')
    .filter((path) => path !== '');
  for (const path of paths) {
    print(`${path}\t${await verdict(verifier, readFileSync(path), workspace)}`);
  }
}

async function verdict(verifier, receipt, workspace) {
  try {
    const evidence = workspace === undefined ? [] : [await found(receipt, workspace)];
    return verifier.report(receipt, ...evidence).toJson();
  } catch (error) {
    if (error instanceof AttestError) {
      return `error\t${error.kind}\t${error.message.replaceAll(/[\t\n\r]/g, ' ')}`;
    }
    throw error;
  }
}

async function found(receipt, workspace) {
  return {
    recomputed: await recompute(Receipt.parse(receipt), { workspace }),
    files: { app: digest(readFileSync(`${workspace}/out/app`)) },
  };
}

function sign(receipt, key) {
  const signed = Receipt.parse(readFileSync(receipt)).sign(SigningKey.fromPem(readFileSync(key, 'utf8')));
  print(signed.toJson());
}

/** A whole line, whatever standard output is. */
function print(line) {
  const bytes = Buffer.from(`${line}\n`);
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      if (error.code !== 'EAGAIN') {
        throw error;
      }
    }
  }
}
