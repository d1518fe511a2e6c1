// The public API held against tests/conformance/api.json, both ways.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import * as exports from '@attest/sdk';
import ts from 'typescript';

const sdk = { ...exports };
const conformance = (name) =>
  JSON.parse(readFileSync(new URL(`../../../tests/conformance/${name}`, import.meta.url), 'utf8'));
const table = conformance('api.json');
const beside = conformance('public/typescript.json').names;

/** Which type holds the options of an operation. */
const OPTION_TYPES = {
  'client.create_verifier': 'VerifierOptions',
  'verifier.new': 'VerifierOptions',
  'pipelines.create': 'CreatePipeline',
  'pipelines.list': 'PipelineQuery',
  'pipelines.execute': 'ExecuteOptions',
  'pipelines.bulk_execute': 'BulkItem',
  'pipeline.execute': 'ExecuteOptions',
  'execution.wait_for_completion': 'WaitOptions',
  'execution.stream_logs': 'LogOptions',
  'execution.get_receipt': 'ReceiptOptions',
  'receipt.to_dsse': 'DsseOptions',
  'verifier.verify_receipt': 'Evidence',
  'verifier.report': 'Evidence',
  'manifest.hash_inputs': 'InputsToHash',
  'manifest.hash_outputs': 'OutputsToHash',
};
/** The models whose fields lie deeper here, as they do in the API. */
const NESTED = { ExecuteOptions: { options: ['sign', 'verify', 'cache'] } };

const camel = (name) => name.replaceAll(/_([a-z])/g, (_, letter) => letter.toUpperCase());

const file = fileURLToPath(new URL('../dist/index.d.ts', import.meta.url));
const program = ts.createProgram([file], {
  strict: true,
  module: ts.ModuleKind.Node16,
  target: ts.ScriptTarget.ES2024,
});
const checker = program.getTypeChecker();
const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)));

/** Every public name: exports, and `Type.member` for what a type declares itself. */
const names = new Set();
/** Every member of each type, inherited ones too. */
const members = new Map();
for (const symbol of exported) {
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  names.add(symbol.name);
  const type = checker.getDeclaredTypeOfSymbol(target);
  const inherited = new Set(
    (type.isClassOrInterface() ? checker.getBaseTypes(type) : []).flatMap((base) =>
      base.getProperties().map((member) => member.name),
    ),
  );
  const own = [...(target.members?.values() ?? []), ...(target.exports?.values() ?? [])]
    .filter((member) => member.name !== 'prototype' && isPublic(member) && !inherited.has(member.name))
    .map((member) => member.name);
  const variants = type.isUnion() ? type.types : [type];
  const all = variants.flatMap((variant) =>
    variant
      .getProperties()
      .filter(isPublic)
      .map((member) => member.name),
  );
  members.set(symbol.name, new Set([...own, ...all]));
  const listed = type.isUnion() && variants.every((variant) => variant.flags & ts.TypeFlags.Object) ? all : own;
  for (const member of listed) {
    names.add(`${symbol.name}.${member}`);
  }
}

function isPublic(member) {
  const name = member.name;
  const special = name.startsWith('__') && !name.startsWith('__@');
  return !special && !name.startsWith('#') && !name.startsWith('__#') && !/^__@/.test(name);
}

function rows(kind) {
  return table[kind].map((row) => ({ ...row, cell: row.typescript }));
}

const built = new Set();
const later = new Set();
for (const { cell } of [...rows('operations'), ...rows('errors'), ...rows('models')]) {
  for (const name of cell.slice(1)) {
    ({ built, later })[cell[0]]?.add(name);
  }
}
for (const [type, kind] of [
  ['ClientOptions', 'client_options'],
  ['CallOptions', 'call_options'],
]) {
  for (const { cell } of rows(kind)) {
    ({ built, later })[cell[0]]?.add(`${type}.${cell[1]}`);
  }
}
for (const { operation, options = [], cell } of rows('operations')) {
  const type = OPTION_TYPES[operation];
  if (type !== undefined && cell[0] === 'built') {
    for (const { name } of options.filter(({ name }) => !name.includes('.'))) {
      built.add(`${type}.${camel(operation === 'execution.wait_for_completion' ? `${name}_ms` : name)}`);
    }
  }
}
for (const { model, fields, cell } of rows('models')) {
  for (const field of cell[0] === 'built' ? fields : []) {
    const outer = Object.entries(NESTED[model] ?? {}).find(([, inner]) => inner.includes(field));
    built.add(`${model}.${outer === undefined ? camel(field) : outer[0]}`);
  }
}

const exists = (name) => {
  const [type, member] = name.split('.');
  return names.has(name) || (member !== undefined && members.get(type)?.has(member) === true);
};

test('everything that the table says is built exists', () => {
  assert.ok(built.size > 150);
  assert.deepEqual(
    [...built].filter((name) => !exists(name)),
    [],
  );
});

test('nothing exists that the table says comes later', () => {
  assert.ok(later.size > 30);
  assert.deepEqual([...later].filter(exists), []);
});

test('nothing is public beside the table and the list of what is', () => {
  const known = new Set([...built, ...beside]);
  assert.deepEqual([...names].filter((name) => !known.has(name)).sort(), []);
});

test('the list of what is beside has nothing that is not, in order and once', () => {
  assert.deepEqual(
    beside.filter((name) => !names.has(name) || built.has(name)),
    [],
  );
  assert.deepEqual(beside, [...new Set(beside)].sort());
});

test('each operation with options names their type', () => {
  const without = rows('operations').filter(
    ({ operation, options, cell }) => options !== undefined && cell[0] === 'built' && !(operation in OPTION_TYPES),
  );
  assert.deepEqual(
    without.map(({ operation }) => operation),
    ['manifest.digest', 'webhooks.verify_webhook'],
  );
});

test('each kind of error has its class', () => {
  for (const { kind, cell } of rows('errors')) {
    assert.equal(sdk[cell[1]].kind, kind);
    const error = new sdk[cell[1]]('why', { requestId: 'req_1' });
    assert.ok(error instanceof sdk.AttestError && error instanceof Error);
    assert.deepEqual([error.kind, error.message, error.requestId], [kind, 'why', 'req_1']);
    assert.equal(error.name, kind === 'cancelled' ? 'AbortError' : cell[1]);
  }
});

test('what can be imported is what the types say, by import and by require', async () => {
  const values = exported
    .filter((symbol) => {
      const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      const typeOnly = symbol.declarations?.some(
        (one) => ts.isExportSpecifier(one) && ts.isTypeOnlyExportDeclaration(one),
      );
      return !typeOnly && (target.flags & ts.SymbolFlags.Value) !== 0;
    })
    .map((symbol) => symbol.name)
    .sort();
  const { createRequire } = await import('node:module');
  const required = createRequire(import.meta.url)('@attest/sdk');
  assert.deepEqual(Object.keys(required).sort(), values);
  // What Node itself adds where ES modules import others.
  const added = ['__esModule', 'default', 'module.exports'];
  assert.deepEqual(
    Object.keys(sdk)
      .filter((name) => !added.includes(name))
      .sort(),
    values,
  );
  assert.equal(sdk.AttestError, required.AttestError);
});
