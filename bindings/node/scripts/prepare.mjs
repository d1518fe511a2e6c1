// Makes a checkout usable as a package: the native module by cargo, the JavaScript by tsc. npm runs it for
// `npm install <folder>`, `npm pack` and `npm publish`; whoever installs a packed tarball runs nothing.
//
// For tests: ATTEST_NODE_PROFILE=dev builds the native module in seconds, ATTEST_NODE_FEATURES=test-hooks with their hooks.

import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('..', import.meta.url));

buildNative();
buildDist();

function buildNative() {
  const name = `attest.${platform()}.node`;
  const built = join(here, 'native', name);
  const checkout = existsSync(join(here, 'Cargo.toml'));
  if (!checkout || spawnSync('cargo', ['--version']).status !== 0) {
    if (existsSync(built)) {
      return;
    }
    fail(
      `there is no native/${name}, and to build it takes ${checkout ? 'cargo: https://rustup.rs' : 'a checkout of the sources'}`,
    );
  }
  const profile = process.env.ATTEST_NODE_PROFILE ?? 'release';
  const features = process.env.ATTEST_NODE_FEATURES ?? '';
  const args = ['build', '--locked', '--package', 'attest-node', '--profile', profile, '--features', features];
  const messages = run(
    'cargo',
    [...args, '--message-format', 'json-render-diagnostics'],
    ['ignore', 'pipe', 'inherit'],
  );
  const library = messages
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
    .filter((message) => message.reason === 'compiler-artifact' && message.target.name === 'attest_node')
    .flatMap((message) => message.filenames)
    .find((file) => /\.(so|dylib|dll)$/.test(file));
  mkdirSync(join(here, 'native'), { recursive: true });
  // In one step: a process may have the old one loaded.
  copyFileSync(library, `${built}.new`);
  renameSync(`${built}.new`, built);
}

function buildDist() {
  if (newest('dist/index.js') > newest('ts', 'tsconfig.json', 'package.json')) {
    return;
  }
  const tsc = join(here, 'node_modules', 'typescript', 'bin', 'tsc');
  if (!existsSync(tsc)) {
    run('npm', ['ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund'], ['ignore', 'ignore', 'inherit']);
  }
  rmSync(join(here, 'dist'), { recursive: true, force: true });
  run(process.execPath, [tsc, '--project', here], ['ignore', 'inherit', 'inherit']);
}

/** When the newest of these was changed; 0 where there is none. A folder counts too, for files that it lost. */
function newest(...paths) {
  const times = paths
    .map((path) => join(here, path))
    .filter((path) => existsSync(path))
    .flatMap((path) => {
      const found = statSync(path);
      const inside = found.isDirectory() ? readdirSync(path).map((name) => statSync(join(path, name))) : [];
      return [found, ...inside].map(({ mtimeMs }) => mtimeMs);
    });
  return Math.max(0, ...times);
}

function run(command, args, stdio) {
  const { status, error, stdout } = spawnSync(command, args, {
    cwd: here,
    stdio,
    encoding: 'utf8',
    maxBuffer: Number.POSITIVE_INFINITY,
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    fail(`${command} ${args.join(' ')}: ${error?.message ?? `exit code ${status}`}`);
  }
  return stdout;
}

/** As the loader in ts/native.ts says it. */
function platform() {
  if (process.platform !== 'linux') {
    return `${process.platform}-${process.arch}`;
  }
  const musl = /\/ld-musl-[^/]*$/m.test(readFileSync('/proc/self/maps', 'utf8'));
  return `linux-${process.arch}-${musl ? 'musl' : 'gnu'}`;
}

function fail(why) {
  process.stderr.write(`@attest/sdk: ${why}\n`);
  process.exit(1);
}
