// A real `attest serve` on a port of its own, with a project to run steps on.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const checkout = fileURLToPath(new URL('../../../..', import.meta.url));
const binary = process.env.ATTEST_BIN ?? join(checkout, 'target/debug/attest');

/** Waits until `look` gives something. */
export async function until(what, look) {
  const end = Date.now() + 30_000;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) {
      return found;
    }
    if (Date.now() > end) {
      throw new Error(`waited for ${what} in vain`);
    }
    await pause(10);
  }
}

/** Starts a server whose executions run on `files`, a map of path to text. */
export async function startServer(files = { 'word.txt': 'one two\n' }) {
  const base = await mkdtemp(join(tmpdir(), 'attest-node-'));
  const project = join(base, 'project');
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(project, path)), { recursive: true });
    await writeFile(join(project, path), text);
  }
  const data = join(base, 'data');
  const child = spawn(
    binary,
    ['serve', '--data-dir', data, '--listen', '127.0.0.1:0', '--isolation', 'none', '--source', project],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  child.once('error', (error) => {
    throw new Error(`${binary} cannot be started: build it with cargo build --bins`, { cause: error });
  });
  const file = (name) =>
    readFile(join(data, name), 'utf8').then(
      (text) => text.trim() || undefined,
      () => undefined,
    );
  const baseUrl = await until("the server's address", () => {
    if (child.exitCode !== null) {
      throw new Error(`the server ended at its start with exit code ${child.exitCode}`);
    }
    return file('address');
  });
  await until('a ready server', () =>
    fetch(`${baseUrl}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    ),
  );
  const apiKey = await file('admin-key');
  const { keys } = await (await fetch(`${baseUrl}/v1/keys`)).json();
  return {
    baseUrl,
    apiKey,
    options: { baseUrl, apiKey },
    publicKey: keys[0].public_key,
    project,
    async stop() {
      child.kill('SIGKILL');
      await once(child, 'exit');
      await rm(base, { recursive: true, force: true });
    },
  };
}
