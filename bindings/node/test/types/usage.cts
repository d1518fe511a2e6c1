// The same package by `require`.

import sdk = require('@attest/sdk');

const verifier: sdk.Verifier = new sdk.Verifier({ trustedKeys: [] });
const passes: boolean = verifier.verifyReceipt('{}');
const failed: sdk.AttestError = new sdk.ConfigError('why');
console.log(passes, failed.kind);
