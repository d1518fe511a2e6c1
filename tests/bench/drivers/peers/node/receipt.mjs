// The signed bytes of a receipt in the API's JSON, rebuilt by what JavaScript has.
//
// As short as docs/receipt-format.md allows where every change must be refused. Types and times need no look: another spelling
// gives other bytes, which the signature refuses. Not here: limits, a key that stands twice, integers above 2^53 (they make
// other bytes too), YAML, and what only a signer can get wrong (two steps of one name, a digest that is none).

// A field that is absent: is missed; is null in the signed bytes; is left out of them.
const ALWAYS = 0;
const NULL = 1;
const OMIT = 2;

const same = (value) => value;
const each = (kind) => (values) => values.map(kind);

// A digest, key or signature without its prefix, which must be there.
const prefixed = (prefix) => (value) => {
  if (!value.startsWith(prefix)) throw new Error(`${value} does not start with ${prefix}`);
  return value.slice(prefix.length);
};
const digest = prefixed('blake3:');
const signedBy = prefixed('ed25519:');

// A map of just these fields, in this order: what is dropped before hashing could say anything.
function record(...fields) {
  const names = new Set(fields.map(([name]) => name));
  return (value) => {
    for (const name of Object.keys(value)) {
      if (!names.has(name)) throw new Error(`unknown: ${name}`);
    }
    const out = {};
    for (const [name, need, kind] of fields) {
      const found = value[name];
      if (found !== undefined && found !== null) out[name] = kind(found);
      else if (need === NULL) out[name] = null;
      else if (need === ALWAYS) throw new Error(`${name} is missing`);
    }
    return out;
  };
}
const all = (need, ...names) => names.map((name) => [name, need, same]);

const step = record(
  ...all(ALWAYS, 'name'),
  ['input_hash', ALWAYS, digest],
  ['output_hash', ALWAYS, digest],
  ...all(ALWAYS, 'duration_secs', 'exit_code', 'cache_hit', 'stdout', 'stderr'),
  ['capsule_hash', OMIT, digest],
);
const source = record(...all(NULL, 'repository'), ...all(ALWAYS, 'commit'), ...all(NULL, 'branch'), ...all(ALWAYS, 'tracked_dirty'));
const ci = record(...all(ALWAYS, 'provider'), ...all(NULL, 'run_id', 'job_id'));
const planned = record(...all(ALWAYS, 'name', 'needs'), ['command_hash', ALWAYS, digest], ...all(ALWAYS, 'inputs', 'outputs'));
const artifact = record(...all(ALWAYS, 'step', 'path', 'kind'), ['digest', ALWAYS, digest], ...all(ALWAYS, 'algorithm'));
const provenance = record(
  ...all(NULL, 'invocation_id', 'started_at', 'pipeline_name'),
  ['source', NULL, source],
  ...all(ALWAYS, 'runner_os', 'runner_arch'),
  ['ci', NULL, ci],
  ['steps', ALWAYS, each(planned)],
  ['artifacts', ALWAYS, each(artifact)],
  ['execution', OMIT, record(...all(ALWAYS, 'mode'), ...all(OMIT, 'command'))],
);
const isolation = record(
  ...all(ALWAYS, 'mode', 'platform'),
  ['controls', ALWAYS, each(record(...all(ALWAYS, 'name', 'status', 'detail')))],
  ...all(OMIT, 'capsule_steps'),
);
const receipt = record(
  ...all(OMIT, 'schema_version'),
  ['pipeline_hash', ALWAYS, digest],
  ['steps', ALWAYS, each(step)],
  ...all(ALWAYS, 'timestamp', 'total_duration_secs'),
  ['signature', ALWAYS, signedBy],
  ['signer_public_key', ALWAYS, signedBy],
  ...all(ALWAYS, 'attest_version', 'causal_events'),
  ['causal_chain_hash', NULL, digest],
  ['reproducibility', OMIT, record(...all(ALWAYS, 'verified', 'runs', 'method'))],
  ['provenance', OMIT, provenance],
  ['isolation', OMIT, isolation],
);

// By their bytes in UTF-8; JavaScript's own order is by UTF-16.
const byBytes = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** The signed bytes, the signature and the key that is said to have made it. Throws where there are none. */
export function read(text) {
  const document = JSON.parse(text);
  document.causal_events ??= [];
  const found = receipt(document);
  const signature = bytes(found.signature, 64);
  const key = bytes(found.signer_public_key, 32);
  found.signature = null;
  found.signer_public_key = null;
  found.steps.sort((a, b) => byBytes(a.name, b.name));
  found.causal_events.sort(byBytes);
  if (found.isolation?.capsule_steps?.length === 0) delete found.isolation.capsule_steps;
  return { signed: Buffer.from(JSON.stringify(found)), signature, key };
}

// Buffer.from stops at what is no hex, and takes capitals.
function bytes(hex, length) {
  const found = Buffer.from(hex, 'hex');
  if (found.length !== length || found.toString('hex') !== hex) throw new Error(`${hex} is not ${length} bytes in hex`);
  return found;
}
