// Every public type has an `@example`. All of them compile as their readers' programs would, and run: those of a client
// against a real server. A comment after `console.log(…)` is what it has to print.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { format } from 'node:util';

import * as exports from '@attest/sdk';
import ts from 'typescript';
import { startServer } from './support/server.mjs';

const sdk = { ...exports };
const here = fileURLToPath(new URL('.', import.meta.url));
const folder = join(here, 'types', 'examples');
const core = new URL('../../../attest-core/src/docs/receipt.json', import.meta.url);
const published = examples(join(here, '..', 'dist', 'index.d.ts'));

/** What an example finds without saying where from. Its program imports these, of the SDK whatever it names. */
const GIVEN = {
  client: 'AttestClient',
  pipeline: 'Pipeline',
  execution: 'Execution',
  receipt: 'Receipt',
  verifier: 'Verifier',
  publicKey: 'string',
};

/** The types that a module exports, each with its example. */
function examples(path) {
  const program = ts.createProgram([path], { module: ts.ModuleKind.Node16, types: ['node'] });
  const checker = program.getTypeChecker();
  const found = new Map();
  for (const exported of checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(path)))) {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    if (symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface | ts.SymbolFlags.TypeAlias)) {
      const tag = symbol.getJsDocTags(checker).find(({ name }) => name === 'example');
      const fenced = /```ts\n(.*)\n```/s.exec(ts.displayPartsToString(tag?.text));
      found.set(exported.name, fenced?.[1]);
    }
  }
  return found;
}

/** An error that only says which kind it is: `AttestError` shows what one does with it. */
function isPlainError(name) {
  const one = sdk[name];
  return one?.prototype instanceof sdk.AttestError && !/constructor/.test(String(one));
}

function programOf(code) {
  const names = (name) => new RegExp(`\\b${name}\\b`).test(code);
  const declares = (name) => new RegExp(`^const (${name}\\b|\\{ ${name}\\b(?!:))`, 'm').test(code);
  const exported = [...published.keys(), 'digest', 'hashInputs', 'hashOutputs', 'recompute'];
  const imported = exported
    .filter((name) => names(name) && !declares(name))
    .map((name) => (name in sdk ? name : `type ${name}`));
  const given = Object.keys(GIVEN).filter((name) => names(name) && !declares(name));
  return [
    imported.length > 0 && `import { ${imported.join(', ')} } from '@attest/sdk';`,
    given.length > 0 && `import { ${given.join(', ')} } from './given.mjs';`,
    names('readFile') && "import { readFile } from 'node:fs/promises';",
    code,
    'export {};',
  ]
    .filter(Boolean)
    .join('\n');
}

let server;
const cwd = process.cwd();
before(async () => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  copyFileSync(core, join(folder, 'receipt.json'));
  server = await startServer();
  process.env.ATTEST_BASE_URL = server.baseUrl;
  process.env.ATTEST_API_KEY = server.apiKey;
  process.chdir(folder);
});
after(async () => {
  process.chdir(cwd);
  delete process.env.ATTEST_BASE_URL;
  delete process.env.ATTEST_API_KEY;
  rmSync(folder, { recursive: true, force: true });
  await server?.stop();
});

test('every public type has an example', () => {
  assert.ok(published.size > 70, `only ${published.size} types were found`);
  const without = [...published].filter(([name, code]) => code === undefined && !isPlainError(name));
  assert.deepEqual(
    without.map(([name]) => name),
    [],
  );
});

test('every example compiles, runs, and prints what it says', async () => {
  const types = Object.entries(GIVEN).map(([name, type]) => `export declare const ${name}: ${type};`);
  const named = Object.values(GIVEN).filter((type) => published.has(type));
  writeFileSync('given.d.mts', [`import type { ${named.join(', ')} } from '@attest/sdk';`, ...types].join('\n'));
  writeFileSync(
    'given.mjs',
    `import { AttestClient, Receipt, Verifier } from '@attest/sdk';
import { readFileSync } from 'node:fs';
export const client = new AttestClient();
const config = { version: '0.1', steps: [{ name: 'greet', run: 'echo hello' }] };
export const pipeline = await client.pipelines.create({ name: 'greeting', config });
export const execution = await (await pipeline.execute({ options: { cache: false } })).waitForCompletion();
export const receipt = Receipt.parse(readFileSync('receipt.json'));
// Its private half stands in RFC 8032: trust it nowhere.
export const publicKey = 'ed25519:d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a';
export const verifier = new Verifier({ trustedKeys: [publicKey] });
`,
  );
  for (const [name, code] of published) {
    if (code !== undefined) {
      writeFileSync(`${name}.mts`, programOf(code));
    }
  }
  compile();
  for (const [name, code] of published) {
    if (code !== undefined) {
      const expected = [...code.matchAll(/console\.log\(.*\)\)?; \/\/ (.*)$/gm)].map(([, text]) => text);
      const printed = await printedBy(join(folder, `${name}.mjs`));
      const missing = expected.filter((text) => !printed.includes(text));
      assert.deepEqual(missing, [], `the example of ${name} printed ${JSON.stringify(printed)}`);
    }
  }
});

function compile() {
  const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const options = ['--ignoreConfig', '--strict', '--target', 'es2022', '--module', 'nodenext', '--types', 'node'];
  const files = readdirSync('.').filter((file) => file.endsWith('.mts') && !file.endsWith('.d.mts'));
  const { status, stdout } = spawnSync(process.execPath, [compiler, ...options, ...files], { encoding: 'utf8' });
  assert.equal(status, 0, stdout);
}

/** The lines that a module logs while it is loaded. */
async function printedBy(path) {
  const lines = [];
  const { log } = console;
  console.log = (...values) => lines.push(format(...values));
  try {
    await import(pathToFileURL(path));
  } catch (error) {
    error.message = `${path}: ${error.message}`;
    throw error;
  } finally {
    console.log = log;
  }
  return lines;
}
