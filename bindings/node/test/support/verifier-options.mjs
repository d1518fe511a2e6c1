// The options of a verifier from a file in the API's own spelling, as the drivers of all languages read it.

import { readFileSync } from 'node:fs';

export function verifierOptions(path) {
  const { trusted_keys, trust_store, policies, expect, now, trust_receipt_timestamp, ...others } = JSON.parse(
    readFileSync(path, 'utf8'),
  );
  if (Object.keys(others).length > 0) {
    throw new Error(`${path}: unknown options ${Object.keys(others)}`);
  }
  return present({
    trustedKeys: trusted_keys?.map((key) =>
      typeof key === 'string' ? key : { publicKey: key.public_key, signer: key.signer },
    ),
    trustStore: trust_store,
    policies,
    expect:
      expect &&
      present({
        invocationId: expect.invocation_id,
        pipelineHash: expect.pipeline_hash,
        commit: expect.commit,
        artifacts: expect.artifacts,
      }),
    now,
    trustReceiptTimestamp: trust_receipt_timestamp,
  });
}

function present(options) {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
