// Lays out what a release publishes: `stage.mjs <folder>` writes <folder>/sdk, the package without a native module and with
// one optional dependency per platform, and <folder>/sdk-<platform> for each platform whose module is in native/.
//
// The optional dependencies are written here alone: in a checkout they would have npm ask the registry for packages that
// may be anybody's.

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('..', import.meta.url));
const out = process.argv[2];
if (out === undefined) {
  process.stderr.write('usage: stage.mjs FOLDER\n');
  process.exit(2);
}
const manifest = (path) => JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
const platforms = readdirSync(join(here, 'npm'));

const sdk = manifest(here);
const { scripts: _, devDependencies: __, ...published } = sdk;
published.files = ['dist'];
published.optionalDependencies = {};
for (const platform of platforms) {
  const { name, version, main } = manifest(join(here, 'npm', platform));
  if (version !== sdk.version) {
    throw new Error(`npm/${platform} is ${version} and @attest/sdk ${sdk.version}: they are published together`);
  }
  published.optionalDependencies[name] = version;
  const built = join(here, 'native', main);
  if (existsSync(built)) {
    const place = join(out, `sdk-${platform}`);
    mkdirSync(place, { recursive: true });
    cpSync(join(here, 'npm', platform, 'package.json'), join(place, 'package.json'));
    cpSync(built, join(place, main));
  }
}
mkdirSync(join(out, 'sdk'), { recursive: true });
cpSync(join(here, 'dist'), join(out, 'sdk', 'dist'), { recursive: true });
for (const file of ['README.md', 'LICENSE']) {
  cpSync(join(here, file), join(out, 'sdk', file));
}
writeFileSync(join(out, 'sdk', 'package.json'), `${JSON.stringify(published, null, 2)}\n`);
