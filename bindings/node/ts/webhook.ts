import { isUint8Array } from 'node:util/types';

import { bytes, text } from './argument.js';
import { value } from './call.js';
import { native } from './native.js';

/** Whether `signature`, the value of the header `X-Attest-Signature`, is that of `payload`, the raw body as it was received,
 * by `secret`. The comparison takes the same time wherever the two differ. No header, or any that is no signature, is
 * false, and so is everything by an empty secret. It says nothing about the body's age. */
export function verifyWebhook(
  payload: string | Uint8Array,
  signature: string | readonly string[] | null | undefined,
  secret: string,
): boolean {
  if (typeof payload !== 'string' && !isUint8Array(payload)) {
    throw new TypeError(
      'the payload must be the raw body, a string, a Buffer or a Uint8Array: not one that was parsed',
    );
  }
  const key = bytes('the secret', text('the secret', secret));
  if (typeof signature !== 'string' || (typeof payload === 'string' && !payload.isWellFormed())) {
    return false;
  }
  return value(native.verifyWebhook(bytes('the payload', payload), Buffer.from(signature), key));
}
