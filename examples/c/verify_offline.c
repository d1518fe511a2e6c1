/*
 * Checks a receipt without any server, against a pinned key: verify_offline RECEIPT ed25519:<64 hex digits>
 *
 *   make c
 *   export PKG_CONFIG_PATH=$PWD/target/c/lib/pkgconfig
 *   cc examples/c/verify_offline.c -o verify_offline $(pkg-config --cflags attest) $(pkg-config --variable=static attest)
 */
#include <attest.h>
#include <stdio.h>
#include <stdlib.h>

static int failed(attest_error_t *error)
{
    fprintf(stderr, "%s: %s\n", (const char *)attest_error_kind(error).data,
            (const char *)attest_error_message(error).data);
    attest_error_free(error);
    return 2;
}

int main(int argc, char **argv)
{
    static uint8_t bytes[16 * 1024 * 1024];
    attest_slice receipt = {bytes, 0};
    attest_error_t *error = NULL;
    attest_verifier_t *verifier = NULL;
    attest_buf report;
    bool valid = false;
    char options[256];
    FILE *file;

    if (argc != 3) {
        fprintf(stderr, "usage: verify_offline RECEIPT PUBLIC_KEY\n");
        return 2;
    }
    file = fopen(argv[1], "rb");
    if (file == NULL) {
        perror(argv[1]);
        return 2;
    }
    receipt.len = fread(bytes, 1, sizeof bytes, file);
    fclose(file);

    /* A receipt of a failed run is authentic too: the policy is what makes this a gate. */
    snprintf(options, sizeof options, "{\"trusted_keys\": [\"%.80s\"], \"policies\": [\"require-success\"]}", argv[2]);
    if (attest_verifier_new(attest_text(options), &verifier, &error) != ATTEST_STATUS_OK) {
        return failed(error);
    }
    if (attest_verifier_verify(verifier, receipt, &valid, &error) != ATTEST_STATUS_OK ||
        attest_verifier_report(verifier, receipt, &report, &error) != ATTEST_STATUS_OK) {
        attest_verifier_free(verifier);
        return failed(error);
    }
    puts(valid ? "valid" : "refused");
    /* Each check with its result and reason. */
    puts((const char *)report.data);
    attest_buf_free(&report);
    attest_verifier_free(verifier);
    return valid ? 0 : 1;
}
