/*
 * What `make parity` compares with the other languages.
 *
 *   parity report OPTIONS     OPTIONS: a file with a verifier's options; the paths of receipts come on standard input, one
 *                             a line. For each, a line: the path, a tab, the report; or the path, `error`, the kind of
 *                             the error and its message, with tabs between.
 *   parity held OPTIONS WORKSPACE
 *                             The same, each receipt held against what recomputing it in WORKSPACE gives, and against
 *                             WORKSPACE/out/app, a file at hand.
 *   parity sign RECEIPT PEM   Prints the JSON of the receipt, signed by the key.
 */
#include "check.h"

/* Text that stays within its column and line. */
static void print_field(attest_slice text)
{
    size_t at;
    for (at = 0; at < text.len; at++) {
        char c = (char)text.data[at];
        putchar(c == '\t' || c == '\n' || c == '\r' ? ' ' : c);
    }
}

/* The verdict on a receipt, held against a workspace and a file in it. */
static attest_status held(const attest_verifier_t *verifier, attest_slice text, const char *workspace, attest_buf *report)
{
    char evidence[8192], path[4096];
    attest_receipt_t *receipt = NULL;
    attest_buf recomputed, digest;
    size_t len;
    char *app;
    OK(attest_receipt_parse(text, &receipt, &error));
    OK(attest_receipt_recompute(receipt, attest_text(workspace), bytes(NULL, 0), NULL, &recomputed, &error));
    attest_receipt_free(receipt);
    snprintf(path, sizeof path, "%s/out/app", workspace);
    app = file(path, &len);
    OK(attest_digest(bytes(app, len), &digest, &error));
    free(app);
    len = (size_t)snprintf(evidence, sizeof evidence, "{\"recomputed\":%s,\"files\":{\"app\":\"%s\"}}",
                           (const char *)recomputed.data, (const char *)digest.data);
    CHECK(len < sizeof evidence);
    attest_buf_free(&digest);
    attest_buf_free(&recomputed);
    return attest_verifier_report_with(verifier, text, attest_text(evidence), report, &error);
}

static int report(const char *options_path, const char *workspace)
{
    attest_verifier_t *verifier = NULL;
    char path[4096];
    size_t len;
    char *options = file(options_path, &len);
    OK(attest_verifier_new(bytes(options, len), &verifier, &error));
    free(options);
    while (fgets(path, sizeof path, stdin) != NULL) {
        attest_status status;
        attest_buf answer;
        char *receipt;
        path[strcspn(path, "\n")] = 0;
        receipt = file(path, &len);
        printf("%s\t", path);
        status = workspace == NULL ? attest_verifier_report(verifier, bytes(receipt, len), &answer, &error)
                                   : held(verifier, bytes(receipt, len), workspace, &answer);
        if (status == ATTEST_STATUS_OK) {
            fwrite(answer.data, 1, answer.len, stdout);
        } else {
            printf("error\t%s\t", (const char *)attest_error_kind(error).data);
            print_field(attest_error_message(error));
        }
        putchar('\n');
        attest_error_free(error);
        attest_buf_free(&answer);
        free(receipt);
    }
    attest_verifier_free(verifier);
    return 0;
}

static int sign(const char *receipt_path, const char *pem_path)
{
    attest_receipt_t *receipt = NULL, *signed_receipt = NULL;
    attest_signing_key_t *key = NULL;
    attest_buf json;
    size_t len;
    char *text = file(receipt_path, &len);
    OK(attest_receipt_parse(bytes(text, len), &receipt, &error));
    free(text);
    text = file(pem_path, &len);
    OK(attest_signing_key_from_pem(bytes(text, len), &key, &error));
    free(text);
    OK(attest_receipt_sign(receipt, key, &signed_receipt, &error));
    OK(attest_receipt_to_json(signed_receipt, &json, &error));
    puts((const char *)json.data);
    attest_buf_free(&json);
    attest_receipt_free(signed_receipt);
    attest_signing_key_free(key);
    attest_receipt_free(receipt);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "report") == 0) {
        return report(argv[2], NULL);
    }
    if (argc == 4 && strcmp(argv[1], "held") == 0) {
        return report(argv[2], argv[3]);
    }
    if (argc == 4 && strcmp(argv[1], "sign") == 0) {
        return sign(argv[2], argv[3]);
    }
    fprintf(stderr, "usage: parity report OPTIONS < PATHS\n       parity held OPTIONS WORKSPACE < PATHS\n       parity sign RECEIPT PEM\n");
    return 2;
}
