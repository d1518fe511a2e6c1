/* What the library has only where it was built with the feature `test-hooks`. No release has it. */
#ifndef ATTEST_TEST_HOOKS_H
#define ATTEST_TEST_HOOKS_H

#include <attest.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Panics inside the library. */
attest_status attest_test_panic(attest_error_t **err);

/* How many handles live: clients, streams, receipts, verifiers, keys, tokens. */
int64_t attest_test_live_handles(void);

#ifdef __cplusplus
}
#endif

#endif
