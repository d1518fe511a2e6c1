// Builds dist/: the page of public/, with the number of its words put in. It refuses to build by a rule that is wrong.
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { words } from 'words';

assert.equal(words('one  two\tthree'), 3);
assert.equal(words(' \n'), 0);

const page = await readFile('public/index.html', 'utf8');
const text = page.replace(/<[^>]*>/g, ' ');
await mkdir('dist', { recursive: true });
await writeFile('dist/index.html', page.replace('{words}', String(words(text))));
console.log(`dist/index.html: ${words(text)} words, for ${process.env.NODE_ENV ?? 'no environment'}`);
