// The ways into an empty folder, and the examples there.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { startServer, until } from '../support/server.mjs';

const here = fileURLToPath(new URL('../..', import.meta.url));
const examples = join(here, '../../examples/node');
const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');

let server;
let base;
before(async () => {
  server = await startServer();
  base = mkdtempSync(join(tmpdir(), 'attest-install-'));
});
after(async () => {
  await server.stop();
  rmSync(base, { recursive: true, force: true });
});

function run(cwd, command, args, env = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ATTEST_BASE_URL: server.baseUrl, ATTEST_API_KEY: server.apiKey, ...env },
  });
  return { status, out: stdout, all: `${stdout}${stderr}${error ?? ''}` };
}

function done(cwd, command, args) {
  const ended = run(cwd, command, args);
  assert.equal(ended.status, 0, `${command} ${args.join(' ')}\n${ended.all}`);
  return ended.out;
}

function emptyFolder(name) {
  const folder = join(base, name);
  cpSync(examples, folder, { recursive: true, filter: (path) => !/node_modules|package-lock|\.js$/.test(path) });
  writeFileSync(join(folder, 'package.json'), '{"private":true,"type":"module"}');
  return folder;
}

const INSTALL = ['install', '--no-audit', '--no-fund', '--prefer-offline'];
const WAYS = {
  'a folder, linked': () => [here],
  'a folder, copied': () => ['--install-links', here],
  'a packed tarball': () => {
    const [{ filename, files }] = JSON.parse(done(here, 'npm', ['pack', '--json', '--pack-destination', base]));
    const packed = files.map(({ path }) => path);
    assert.ok(packed.some((path) => path.startsWith('native/')) && packed.includes('dist/index.d.mts'), packed.join());
    assert.ok(!packed.some((path) => /^(ts|src|test|scripts)\//.test(path)), packed.join());
    return [join(base, filename)];
  },
};
/** Where the examples were compiled first; the types are the same the second way. */
let compiled;
for (const [name, source] of Object.entries(WAYS)) {
  test(`${name}: it can be imported and required, and the examples run`, () => {
    const folder = emptyFolder(name.replaceAll(/\W+/g, '-'));
    done(folder, 'npm', [...INSTALL, ...source()]);
    assert.equal(
      done(folder, process.execPath, ['--input-type=commonjs', '-p', "typeof require('@attest/sdk').AttestClient"]),
      'function\n',
    );
    if (compiled === undefined || name.includes('packed')) {
      done(folder, process.execPath, [compiler, '--typeRoots', join(here, 'node_modules/@types')]);
      compiled ??= folder;
    } else {
      cpSync(join(compiled, 'run.js'), join(folder, 'run.js'));
      cpSync(join(compiled, 'verify-offline.js'), join(folder, 'verify-offline.js'));
    }
    const ran = done(folder, process.execPath, ['run.js']);
    assert.match(ran, /\[test\] hello\n/);
    assert.match(ran, /\nverified; the receipt is in receipt\.json\n$/);

    const verify = () => run(folder, process.execPath, ['verify-offline.js', 'receipt.json', server.publicKey]);
    assert.match(verify().out, /\nvalid\n$/);
    const receipt = join(folder, 'receipt.json');
    writeFileSync(receipt, readFileSync(receipt, 'utf8').replace('hello', 'hullo'));
    const refused = verify();
    assert.equal(refused.status, 1);
    assert.match(refused.out, /\nrefused: signature\n$/);
  });
}

test('the example of a webhook receiver believes what is signed', async () => {
  const folder = join(base, 'a-folder-linked');
  const port = await freePort();
  const child = spawn(process.execPath, ['webhook-receiver.js', String(port)], {
    cwd: folder,
    env: { ...process.env, ATTEST_WEBHOOK_SECRET: 'secret' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  try {
    const body = '{"event":"execution.completed"}';
    const signature = `sha256=${createHmac('sha256', 'secret').update(body).digest('hex')}`;
    const post = (signed) =>
      fetch(`http://127.0.0.1:${port}`, { method: 'POST', body, headers: { 'x-attest-signature': signed } });
    const answer = await until('the receiver', () => post(signature).catch(() => undefined));
    assert.equal(answer.status, 204);
    assert.equal((await post(signature.replace(/.$/, 'x'))).status, 401);
  } finally {
    child.kill();
  }
});

test('where the native module is missing, the error says which package has it', () => {
  const folder = emptyFolder('without-native');
  const place = join(folder, 'sdk');
  cpSync(join(here, 'dist'), join(place, 'dist'), { recursive: true });
  cpSync(join(here, 'package.json'), join(place, 'package.json'));
  const ended = run(folder, process.execPath, ['--input-type=commonjs', '-e', "require('./sdk')"]);
  assert.equal(ended.status, 1);
  assert.match(ended.all, new RegExp(`needs the package @attest/sdk-${process.platform}-${process.arch}`));

  // It is found as the optional package that a release has.
  done(here, process.execPath, ['scripts/stage.mjs', join(base, 'staged')]);
  const staged = readdirSync(join(base, 'staged'));
  assert.equal(staged.length, 2, staged.join());
  const modules = join(folder, 'node_modules', '@attest');
  done(folder, process.execPath, ['-e', `require('fs').mkdirSync(${JSON.stringify(modules)}, { recursive: true })`]);
  for (const one of staged) {
    symlinkSync(join(base, 'staged', one), join(modules, one));
  }
  assert.ok(!existsSync(join(base, 'staged', 'sdk', 'native')));
  const preserve = ['--preserve-symlinks', '--input-type=commonjs', '-p'];
  assert.equal(
    done(folder, process.execPath, [...preserve, "require('@attest/sdk').digest('').slice(0, 7)"]),
    'blake3:\n',
  );
  const { optionalDependencies, version } = JSON.parse(readFileSync(join(base, 'staged/sdk/package.json'), 'utf8'));
  assert.ok(Object.values(optionalDependencies).length > 0);
  assert.ok(Object.values(optionalDependencies).every((wanted) => wanted === version));
});

async function freePort() {
  const listener = createServer();
  await new Promise((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address();
  await new Promise((resolve) => listener.close(resolve));
  return port;
}
