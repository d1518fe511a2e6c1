/*
 * Many receipts at a time, files held against a receipt, and hashes derived again.
 *
 *   judging RECEIPT TRUST WORKSPACE CHANGED    WORKSPACE: the source and the outputs of the receipt; CHANGED: other outputs
 */
#include "attest_test_hooks.h"
#include "check.h"

static void judges_a_batch(const attest_verifier_t *verifier, attest_slice text)
{
    attest_slice three[3];
    attest_cancel_t *cancel = NULL;
    attest_buf all, alone;
    three[0] = text;
    three[1] = attest_text("{");
    three[2] = attest_text("{}");
    OK(attest_verifier_verify_batch(verifier, three, 3, NULL, &all, &error));
    OK(attest_verifier_report(verifier, text, &alone, &error));
    /* Its first report is the very text that the receipt has alone. */
    CHECK(all.len > alone.len + 12 && strncmp((const char *)all.data, "[{\"report\":", 11) == 0);
    CHECK(memcmp(all.data + 11, alone.data, alone.len) == 0);
    CHECK(has(&all, "\"valid\":true") && has(&all, "{\"error\":{\"kind\":\"receipt_format\"") && has(&all, "schema_mismatch"));
    attest_buf_free(&alone);
    attest_buf_free(&all);

    OK(attest_verifier_verify_batch(verifier, NULL, 0, NULL, &all, &error));
    CHECK(is(&all, "[]"));
    attest_buf_free(&all);

    OK(attest_cancel_new(&cancel, &error));
    attest_cancel_trigger(cancel);
    REFUSED(attest_verifier_verify_batch(verifier, three, 3, cancel, &all, &error), ATTEST_STATUS_CANCELLED, "cancelled");
    CHECK(all.data == NULL);
    attest_cancel_free(cancel);

    REFUSED(attest_verifier_verify_batch(verifier, NULL, 3, NULL, &all, &error), ATTEST_STATUS_VALIDATION_ERROR, "`receipts`");
    three[1] = bytes(NULL, 5);
    REFUSED(attest_verifier_verify_batch(verifier, three, 3, NULL, &all, &error), ATTEST_STATUS_VALIDATION_ERROR, "`receipts[1]`");
    REFUSED(attest_verifier_verify_batch(NULL, three, 1, NULL, &all, &error), ATTEST_STATUS_VALIDATION_ERROR, "`verifier`");
}

static void holds_files_against(const attest_verifier_t *verifier, const attest_receipt_t *receipt, const char *workspace)
{
    char path[4096];
    attest_buf verdict;
    attest_cancel_t *cancel = NULL;
    char *content;
    size_t len;
    snprintf(path, sizeof path, "%s/out/app", workspace);
    content = file(path, &len);
    OK(attest_verifier_verify_artifact(verifier, receipt, attest_text(path), NULL, &verdict, &error));
    CHECK(has(&verdict, "{\"valid\":true,\"digest\":\"blake3:") && has(&verdict, "\"attested\":[{\"step\":\"build\",\"path\":\"out/app\"}]"));
    attest_buf_free(&verdict);
    OK(attest_verifier_verify_artifact_bytes(verifier, receipt, bytes(content, len), &verdict, &error));
    CHECK(has(&verdict, "{\"valid\":true"));
    attest_buf_free(&verdict);
    OK(attest_verifier_verify_artifact_bytes(verifier, receipt, bytes(content, len - 1), &verdict, &error));
    CHECK(has(&verdict, "{\"valid\":false") && has(&verdict, "file_not_attested"));
    attest_buf_free(&verdict);
    free(content);

    REFUSED(attest_verifier_verify_artifact(verifier, receipt, attest_text(workspace), NULL, &verdict, &error), ATTEST_STATUS_IO,
            "directory");
    REFUSED(attest_verifier_verify_artifact(verifier, receipt, attest_text("/dev/zero"), NULL, &verdict, &error),
            ATTEST_STATUS_IO, "neither a file");
    REFUSED(attest_verifier_verify_artifact(verifier, NULL, attest_text(path), NULL, &verdict, &error),
            ATTEST_STATUS_VALIDATION_ERROR, "`receipt`");
    OK(attest_cancel_new(&cancel, &error));
    attest_cancel_trigger(cancel);
    REFUSED(attest_verifier_verify_artifact(verifier, receipt, attest_text(path), cancel, &verdict, &error),
            ATTEST_STATUS_CANCELLED, "cancelled");
    attest_cancel_free(cancel);
}

static void recomputes(const attest_receipt_t *receipt, const char *workspace)
{
    char path[4096];
    attest_buf answer;
    attest_cancel_t *cancel = NULL;
    char *pipeline;
    size_t len;
    OK(attest_receipt_recompute(receipt, attest_text(workspace), bytes(NULL, 0), NULL, &answer, &error));
    CHECK(is(&answer, "{\"status\":\"match\",\"detail\":null}"));
    attest_buf_free(&answer);
    snprintf(path, sizeof path, "%s/attest.yaml", workspace);
    pipeline = file(path, &len);
    OK(attest_receipt_recompute(receipt, attest_text(workspace), bytes(pipeline, len), NULL, &answer, &error));
    CHECK(has(&answer, "\"match\""));
    attest_buf_free(&answer);
    free(pipeline);
    OK(attest_receipt_recompute(receipt, attest_text("/nonexistent"), bytes(NULL, 0), NULL, &answer, &error));
    CHECK(has(&answer, "\"failed\""));
    attest_buf_free(&answer);
    OK(attest_cancel_new(&cancel, &error));
    attest_cancel_trigger(cancel);
    REFUSED(attest_receipt_recompute(receipt, attest_text(workspace), bytes(NULL, 0), cancel, &answer, &error),
            ATTEST_STATUS_CANCELLED, "cancelled");
    attest_cancel_free(cancel);
}

/* The evidence that recomputing in this folder makes: the answer as it came. */
static void recomputed(const attest_receipt_t *receipt, const char *workspace, char *evidence, size_t room)
{
    attest_buf answer;
    OK(attest_receipt_recompute(receipt, attest_text(workspace), bytes(NULL, 0), NULL, &answer, &error));
    CHECK(snprintf(evidence, room, "{\"recomputed\":%.*s}", (int)answer.len, (const char *)answer.data) < (int)room);
    attest_buf_free(&answer);
}

/* All four functions say the same of the receipt: whether it is valid, with these words in the report. */
static void says(const attest_verifier_t *verifier, attest_slice text, const attest_receipt_t *receipt, const char *evidence,
                 bool valid, const char *words)
{
    attest_buf report, of_read;
    bool found = !valid;
    attest_slice given = attest_text(evidence);
    OK(attest_verifier_report_with(verifier, text, given, &report, &error));
    CHECK(has(&report, words) && has(&report, valid ? "{\"valid\":true," : "{\"valid\":false,"));
    OK(attest_verifier_report_receipt_with(verifier, receipt, given, &of_read, &error));
    CHECK(is(&of_read, (const char *)report.data));
    attest_buf_free(&of_read);
    attest_buf_free(&report);
    OK(attest_verifier_verify_with(verifier, text, given, &found, &error));
    CHECK(found == valid);
    found = !valid;
    OK(attest_verifier_verify_receipt_with(verifier, receipt, given, &found, &error));
    CHECK(found == valid);
}

static void holds_evidence_against(const char *trust, attest_slice text, const attest_receipt_t *receipt, const char *workspace,
                                   const char *changed)
{
    char options[8192], evidence[8192];
    attest_verifier_t *verifier = NULL;
    attest_buf buf;
    bool answer;
    snprintf(options, sizeof options,
             "{\"trust_store\": \"%s\", \"now\": \"2030-01-01T00:00:00Z\", \"policies\": [\"require-recompute\"]}", trust);
    OK(attest_verifier_new(attest_text(options), &verifier, &error));

    says(verifier, text, receipt, "{}", false, "\"code\":\"not_recomputed\"");
    recomputed(receipt, workspace, evidence, sizeof evidence);
    says(verifier, text, receipt, evidence, true, "\"name\":\"recompute\",\"status\":\"pass\"");
    /* A folder in which there is nothing of the pipeline. */
    recomputed(receipt, "/nonexistent", evidence, sizeof evidence);
    says(verifier, text, receipt, evidence, false, "\"code\":\"recompute_failed\",\"detail\":\"/nonexistent/attest.yaml ");
    recomputed(receipt, changed, evidence, sizeof evidence);
    says(verifier, text, receipt, evidence, false, "\"code\":\"recompute_mismatch\",\"detail\":\"");

    snprintf(evidence, sizeof evidence, "{\"recomputed\":{\"status\":\"match\"},\"files\":{\"app\":\"blake3:%064d\"}}", 0);
    says(verifier, text, receipt, evidence, false, "\"code\":\"file_not_attested\"");

    REFUSED(attest_verifier_report_with(verifier, text, attest_text("{\"recomputed\":\"match\"}"), &buf, &error),
            ATTEST_STATUS_CONFIG, "the evidence: `recomputed`");
    REFUSED(attest_verifier_verify_with(verifier, text, attest_text("{\"recompute\":{}}"), &answer, &error),
            ATTEST_STATUS_CONFIG, "`recompute` is not known");
    REFUSED(attest_verifier_report_receipt_with(verifier, receipt, attest_text("{\"recomputed\":null}"), &buf, &error),
            ATTEST_STATUS_CONFIG, "`recomputed`");
    REFUSED(attest_verifier_verify_receipt_with(verifier, receipt, bytes(NULL, 0), &answer, &error), ATTEST_STATUS_CONFIG,
            "a JSON object");
    REFUSED(attest_verifier_verify_receipt_with(verifier, receipt, bytes(NULL, 5), &answer, &error),
            ATTEST_STATUS_VALIDATION_ERROR, "`evidence`");
    CHECK(buf.data == NULL && !answer);
    attest_verifier_free(verifier);
}

int main(int argc, char **argv)
{
    char options[8192];
    attest_verifier_t *verifier = NULL;
    attest_receipt_t *receipt = NULL;
    size_t len;
    char *text;
    CHECK(argc == 5);
    text = file(argv[1], &len);
    snprintf(options, sizeof options, "{\"trust_store\": \"%s\", \"now\": \"2030-01-01T00:00:00Z\"}", argv[2]);
    OK(attest_verifier_new(attest_text(options), &verifier, &error));
    OK(attest_receipt_parse(bytes(text, len), &receipt, &error));
    judges_a_batch(verifier, bytes(text, len));
    holds_files_against(verifier, receipt, argv[3]);
    recomputes(receipt, argv[3]);
    holds_evidence_against(argv[2], bytes(text, len), receipt, argv[3], argv[4]);
    free(text);
    attest_receipt_free(receipt);
    attest_verifier_free(verifier);
    CHECK(attest_test_live_handles() == 0);
    puts("judging: ok");
    return 0;
}
