//! The native module of the npm package `@attest/sdk`.
