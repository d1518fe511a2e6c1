#!/usr/bin/env node
// Driver of `make parity`, through the public API alone.
//
//   parity.mjs report <verifier-options.json>   paths of receipts on standard input; for each one line,
//                                               <path> TAB <report> or <path> TAB error TAB <kind> TAB <message>
//   parity.mjs sign <receipt> <key.pem>         the receipt, signed by that key

import { readFileSync, writeSync } from 'node:fs';

import { AttestError, Receipt, SigningKey, Verifier } from '@attest/sdk';

import { verifierOptions } from './support/verifier-options.mjs';

const [command, ...args] = process.argv.slice(2);
const commands = { report, sign };
if (!Object.hasOwn(commands, command)) {
  writeSync(2, 'usage: parity.mjs report <verifier-options.json> | sign <receipt> <key.pem>\n');
  process.exit(2);
}
commands[command](...args);

function report(options) {
  const verifier = new Verifier(verifierOptions(options));
  const paths = readFileSync(0, 'utf8')
    .split('\n')
    .filter((path) => path !== '');
  for (const path of paths) {
    print(`${path}\t${verdict(verifier, readFileSync(path))}`);
  }
}

function verdict(verifier, receipt) {
  try {
    return verifier.report(receipt).toJson();
  } catch (error) {
    if (error instanceof AttestError) {
      return `error\t${error.kind}\t${error.message.replaceAll(/[\t\n\r]/g, ' ')}`;
    }
    throw error;
  }
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
