// Programs in TypeScript, checked as their authors would.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const STRICT = [
  '--ignoreConfig',
  '--strict',
  '--noEmit',
  '--target',
  'es2022',
  '--module',
  'nodenext',
  '--moduleResolution',
  'nodenext',
];

function check(files, options) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [compiler, ...STRICT, ...options, ...files], {
    cwd: join(here, 'types'),
    encoding: 'utf8',
  });
  assert.equal(status, 0, `${stdout}${stderr}`);
}

test('strict programs compile, and wrong ones do not', () => {
  const strictest = ['--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess'];
  check(['usage.mts', 'usage.cts'], ['--types', 'node', '--lib', 'es2022', ...strictest]);
});

test('no other types are needed', () => {
  check(['bare.mts'], ['--lib', 'es2022']);
});

const shared = process.env.ATTEST_SPEC_DIR ?? fileURLToPath(new URL('../../../../shared/spec', import.meta.url));
const spec = join(shared, '000_689f9baefc18d7eb.txt');
test('the program of the specification compiles as printed', { skip: !existsSync(spec) && 'no specification' }, () => {
  const program = /```typescript\n(.*?)```/s.exec(readFileSync(spec, 'utf8'))[1];
  assert.match(program, /await execution\.waitForCompletion\(\)/);
  const folder = join(here, 'types', 'spec');
  mkdirSync(folder, { recursive: true });
  try {
    writeFileSync(join(folder, 'program.mts'), program);
    check(['spec/program.mts'], ['--types', 'node']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
