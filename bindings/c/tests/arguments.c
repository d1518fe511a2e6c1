/* Every function with NULL, with empty and with bad arguments: an error that says what to pass, never a crash. */
#include "attest_test_hooks.h"
#include "check.h"

#define INVALID ATTEST_STATUS_VALIDATION_ERROR

static const attest_slice NONE = {NULL, 0};
/* Not UTF-8, and not JSON. */
static const uint8_t BAD[] = {'a', 0xff};

static void null_handles(void)
{
    attest_buf buf;
    attest_cancel_t *cancel;
    attest_receipt_t *receipt;
    attest_log_stream_t *log;
    attest_event_stream_t *events;
    bool answer;

    REFUSED(attest_cancel_clone(NULL, &cancel, &error), INVALID, "`cancel` is NULL");
    REFUSED(attest_client_close(NULL, &error), INVALID, "`client` is NULL");
    REFUSED(attest_cache_stats(NULL, NULL, &buf, &error), INVALID, "`client` is NULL");
    REFUSED(attest_pipeline_create(NULL, NONE, NULL, &buf, &error), INVALID, "`client` is NULL");
    REFUSED(attest_pipeline_get(NULL, NONE, NULL, &buf, &error), INVALID, "`client` is NULL");
    REFUSED(attest_pipeline_list(NULL, NONE, NULL, &buf, &error), INVALID, "`client` is NULL");
    REFUSED(attest_pipeline_execute(NULL, NONE, NONE, NULL, &buf, &error), INVALID, "`client` is NULL");
    REFUSED(attest_pipeline_bulk_execute(NULL, NONE, NULL, &buf, &error), INVALID, "`client` is NULL");
    REFUSED(attest_execution_get(NULL, NONE, NULL, &buf, &error), INVALID, "`client` is NULL");
    REFUSED(attest_execution_cancel(NULL, NONE, NULL, &buf, &error), INVALID, "`client` is NULL");
    REFUSED(attest_execution_wait(NULL, NONE, 0, NULL, &buf, &error), INVALID, "`client` is NULL");
    REFUSED(attest_execution_get_receipt(NULL, NONE, false, NULL, &receipt, &error), INVALID, "`client` is NULL");
    REFUSED(attest_execution_stream_logs(NULL, NONE, NONE, &log, &error), INVALID, "`client` is NULL");
    REFUSED(attest_execution_events(NULL, NONE, NONE, &events, &error), INVALID, "`client` is NULL");
    REFUSED(attest_log_stream_next(NULL, NULL, &buf, &error), INVALID, "`stream` is NULL");
    REFUSED(attest_event_stream_next(NULL, NULL, &buf, &error), INVALID, "`stream` is NULL");
    REFUSED(attest_receipt_verify(NULL, &answer, &error), INVALID, "`receipt` is NULL");
    REFUSED(attest_receipt_report(NULL, &buf, &error), INVALID, "`receipt` is NULL");
    REFUSED(attest_receipt_to_json(NULL, &buf, &error), INVALID, "`receipt` is NULL");
    REFUSED(attest_receipt_to_yaml(NULL, &buf, &error), INVALID, "`receipt` is NULL");
    REFUSED(attest_receipt_raw(NULL, &buf, &error), INVALID, "`receipt` is NULL");
    REFUSED(attest_receipt_hash(NULL, &buf, &error), INVALID, "`receipt` is NULL");
    REFUSED(attest_receipt_key_id(NULL, &buf, &error), INVALID, "`receipt` is NULL");
    REFUSED(attest_receipt_server_verification(NULL, &buf, &error), INVALID, "`receipt` is NULL");
    REFUSED(attest_receipt_sign(NULL, NULL, &receipt, &error), INVALID, "`key` is NULL");
    REFUSED(attest_signing_key_to_pem(NULL, &buf, &error), INVALID, "`key` is NULL");
    REFUSED(attest_signing_key_public_key(NULL, &buf, &error), INVALID, "`key` is NULL");
    REFUSED(attest_signing_key_key_id(NULL, &buf, &error), INVALID, "`key` is NULL");
    REFUSED(attest_verifier_verify(NULL, NONE, &answer, &error), INVALID, "`verifier` is NULL");
    REFUSED(attest_verifier_report(NULL, NONE, &buf, &error), INVALID, "`verifier` is NULL");
    REFUSED(attest_verifier_verify_receipt(NULL, NULL, &answer, &error), INVALID, "`receipt` is NULL");
    REFUSED(attest_verifier_report_receipt(NULL, NULL, &buf, &error), INVALID, "`receipt` is NULL");
    REFUSED(attest_verifier_verify_with(NULL, NONE, NONE, &answer, &error), INVALID, "`verifier` is NULL");
    REFUSED(attest_verifier_report_with(NULL, NONE, NONE, &buf, &error), INVALID, "`verifier` is NULL");
    REFUSED(attest_verifier_verify_receipt_with(NULL, NULL, NONE, &answer, &error), INVALID, "`receipt` is NULL");
    REFUSED(attest_verifier_report_receipt_with(NULL, NULL, NONE, &buf, &error), INVALID, "`receipt` is NULL");

    /* What was written is empty, so freeing it is harmless. */
    CHECK(buf.data == NULL && buf.len == 0 && cancel == NULL && receipt == NULL && log == NULL && events == NULL && !answer);
}

static void null_outputs(attest_client_t *client)
{
    attest_signing_key_t *key = NULL;
    attest_verifier_t *verifier = NULL;
    attest_cancel_t *cancel = NULL;
    OK(attest_signing_key_generate(&key, &error));
    OK(attest_verifier_new(attest_text("{}"), &verifier, &error));
    OK(attest_cancel_new(&cancel, &error));

    REFUSED(attest_cancel_new(NULL, &error), INVALID, "`out` is NULL");
    REFUSED(attest_cancel_clone(cancel, NULL, &error), INVALID, "`out` is NULL");
    REFUSED(attest_client_new(attest_text("{}"), NONE, NULL, &error), INVALID, "`out` is NULL");
    REFUSED(attest_cache_stats(client, NULL, NULL, &error), INVALID, "`out` is NULL");
    REFUSED(attest_pipeline_create(client, attest_text("{}"), NULL, NULL, &error), INVALID, "`out` is NULL");
    REFUSED(attest_pipeline_get(client, attest_text("p"), NULL, NULL, &error), INVALID, "`out` is NULL");
    REFUSED(attest_pipeline_list(client, attest_text("{}"), NULL, NULL, &error), INVALID, "`out` is NULL");
    REFUSED(attest_pipeline_execute(client, attest_text("p"), attest_text("{}"), NULL, NULL, &error), INVALID, "`out`");
    REFUSED(attest_pipeline_bulk_execute(client, attest_text("[]"), NULL, NULL, &error), INVALID, "`out` is NULL");
    REFUSED(attest_execution_get(client, attest_text("e"), NULL, NULL, &error), INVALID, "`out` is NULL");
    REFUSED(attest_execution_cancel(client, attest_text("e"), NULL, NULL, &error), INVALID, "`out` is NULL");
    REFUSED(attest_execution_wait(client, attest_text("e"), 0, NULL, NULL, &error), INVALID, "`out` is NULL");
    REFUSED(attest_execution_get_receipt(client, attest_text("e"), true, NULL, NULL, &error), INVALID, "`out` is NULL");
    REFUSED(attest_execution_stream_logs(client, attest_text("e"), attest_text("{}"), NULL, &error), INVALID, "`out`");
    REFUSED(attest_execution_events(client, attest_text("e"), NONE, NULL, &error), INVALID, "`out` is NULL");
    REFUSED(attest_receipt_parse(attest_text("{}"), NULL, &error), INVALID, "`out` is NULL");
    REFUSED(attest_signing_key_generate(NULL, &error), INVALID, "`out` is NULL");
    REFUSED(attest_signing_key_from_pem(attest_text("x"), NULL, &error), INVALID, "`out` is NULL");
    REFUSED(attest_signing_key_to_pem(key, NULL, &error), INVALID, "`out` is NULL");
    REFUSED(attest_signing_key_public_key(key, NULL, &error), INVALID, "`out` is NULL");
    REFUSED(attest_signing_key_key_id(key, NULL, &error), INVALID, "`out` is NULL");
    REFUSED(attest_verifier_new(attest_text("{}"), NULL, &error), INVALID, "`out` is NULL");
    REFUSED(attest_verifier_verify(verifier, attest_text("{}"), NULL, &error), INVALID, "`out` is NULL");
    REFUSED(attest_verifier_report(verifier, attest_text("{}"), NULL, &error), INVALID, "`out` is NULL");
    REFUSED(attest_manifest_hash_inputs(attest_text("."), NONE, attest_text("[]"), NULL, &error), INVALID, "`out`");
    REFUSED(attest_manifest_hash_outputs(attest_text("."), attest_text("[]"), NULL, &error), INVALID, "`out` is NULL");
    REFUSED(attest_digest(NONE, NULL, &error), INVALID, "`out` is NULL");

    attest_cancel_free(cancel);
    attest_verifier_free(verifier);
    attest_signing_key_free(key);
}

/* Text that is no UTF-8, JSON that is none, slices that point nowhere. None of it reaches the network. */
static void bad_inputs(attest_client_t *client)
{
    const attest_slice bad = {BAD, sizeof BAD};
    const attest_slice nowhere = {NULL, 3};
    const attest_slice endless = {BAD, SIZE_MAX};
    attest_buf buf;
    attest_client_t *other;
    attest_receipt_t *receipt;
    attest_log_stream_t *log;
    attest_event_stream_t *events;
    attest_signing_key_t *key;
    attest_verifier_t *verifier;

    REFUSED(attest_client_new(bad, NONE, &other, &error), ATTEST_STATUS_CONFIG, "options");
    REFUSED(attest_client_new(NONE, NONE, &other, &error), ATTEST_STATUS_CONFIG, "options");
    REFUSED(attest_client_new(attest_text("{\"api_kee\": 1}"), NONE, &other, &error), ATTEST_STATUS_CONFIG, "api_kee");
    REFUSED(attest_client_new(attest_text("{\"api_key\": 1}"), NONE, &other, &error), ATTEST_STATUS_CONFIG, "api_key");
    REFUSED(attest_client_new(attest_text("{}"), bad, &other, &error), INVALID, "`binding` is not UTF-8 at byte 1");
    REFUSED(attest_pipeline_create(client, bad, NULL, &buf, &error), INVALID, "the pipeline");
    REFUSED(attest_pipeline_create(client, NONE, NULL, &buf, &error), INVALID, "the pipeline");
    REFUSED(attest_pipeline_create(client, attest_text("{\"nam\": 1}"), NULL, &buf, &error), INVALID, "nam");
    REFUSED(attest_pipeline_get(client, bad, NULL, &buf, &error), INVALID, "`id` is not UTF-8");
    REFUSED(attest_pipeline_get(client, NONE, NULL, &buf, &error), ATTEST_STATUS_CONFIG, "id");
    REFUSED(attest_pipeline_get(client, attest_text(".."), NULL, &buf, &error), ATTEST_STATUS_CONFIG, "..");
    REFUSED(attest_pipeline_list(client, bad, NULL, &buf, &error), INVALID, "the query");
    REFUSED(attest_pipeline_list(client, attest_text("{\"limit\": \"x\"}"), NULL, &buf, &error), INVALID, "limit");
    REFUSED(attest_pipeline_execute(client, bad, attest_text("{}"), NULL, &buf, &error), INVALID, "`id`");
    REFUSED(attest_pipeline_execute(client, attest_text("p"), bad, NULL, &buf, &error), INVALID, "options");
    REFUSED(attest_pipeline_bulk_execute(client, bad, NULL, &buf, &error), INVALID, "");
    REFUSED(attest_pipeline_bulk_execute(client, attest_text("[{\"pipe\": 1}]"), NULL, &buf, &error), INVALID, "pipe");
    REFUSED(attest_execution_get(client, bad, NULL, &buf, &error), INVALID, "`id`");
    REFUSED(attest_execution_get(client, NONE, NULL, &buf, &error), ATTEST_STATUS_CONFIG, "id");
    REFUSED(attest_execution_cancel(client, bad, NULL, &buf, &error), INVALID, "`id`");
    REFUSED(attest_execution_wait(client, bad, -1, NULL, &buf, &error), INVALID, "`id`");
    REFUSED(attest_execution_get_receipt(client, bad, false, NULL, &receipt, &error), INVALID, "`id`");
    REFUSED(attest_execution_stream_logs(client, bad, attest_text("{}"), &log, &error), INVALID, "`id`");
    REFUSED(attest_execution_stream_logs(client, attest_text("e"), bad, &log, &error), INVALID, "the log filter");
    REFUSED(attest_execution_events(client, bad, NONE, &events, &error), INVALID, "`id`");
    REFUSED(attest_execution_events(client, attest_text("e"), bad, &events, &error), INVALID, "`known_status`");
    REFUSED(attest_receipt_parse(bad, &receipt, &error), ATTEST_STATUS_RECEIPT_FORMAT, "");
    REFUSED(attest_receipt_parse(NONE, &receipt, &error), ATTEST_STATUS_RECEIPT_FORMAT, "");
    REFUSED(attest_signing_key_from_pem(bad, &key, &error), INVALID, "`pem`");
    REFUSED(attest_signing_key_from_pem(NONE, &key, &error), ATTEST_STATUS_KEY_FORMAT, "");
    REFUSED(attest_verifier_new(bad, &verifier, &error), ATTEST_STATUS_CONFIG, "the verifier's options");
    REFUSED(attest_verifier_new(NONE, &verifier, &error), ATTEST_STATUS_CONFIG, "the verifier's options");
    REFUSED(attest_verifier_new(attest_text("{\"trusted_keys\": [\"x\"]}"), &verifier, &error), ATTEST_STATUS_CONFIG, "");
    REFUSED(attest_manifest_hash_inputs(bad, NONE, attest_text("[]"), &buf, &error), INVALID, "`workspace`");
    REFUSED(attest_manifest_hash_inputs(attest_text("."), bad, attest_text("[]"), &buf, &error), INVALID, "`run`");
    REFUSED(attest_manifest_hash_inputs(attest_text("."), NONE, bad, &buf, &error), INVALID, "the declared paths");
    REFUSED(attest_manifest_hash_inputs(attest_text("."), NONE, attest_text("[\"/x\"]"), &buf, &error), ATTEST_STATUS_IO,
            "/x");
    REFUSED(attest_manifest_hash_outputs(bad, attest_text("[]"), &buf, &error), INVALID, "`workspace`");
    REFUSED(attest_manifest_hash_outputs(attest_text("."), NONE, &buf, &error), INVALID, "the declared paths");
    REFUSED(attest_digest(nowhere, &buf, &error), INVALID, "`bytes` has 3 bytes at");
    REFUSED(attest_digest(endless, &buf, &error), INVALID, "`bytes` has");
    CHECK(!attest_webhook_verify(NONE, NONE, NONE));
    CHECK(!attest_webhook_verify(bad, bad, bad));
    CHECK(!attest_webhook_verify(nowhere, nowhere, nowhere));
}

static void null_is_nothing(void)
{
    attest_buf buf = {NULL, 0};
    attest_buf_free(NULL);
    attest_buf_wipe(NULL);
    attest_buf_free(&buf);
    attest_buf_wipe(&buf);
    attest_error_free(NULL);
    attest_cancel_trigger(NULL);
    CHECK(!attest_cancel_is_triggered(NULL));
    attest_cancel_free(NULL);
    attest_client_free(NULL);
    attest_log_stream_free(NULL);
    attest_event_stream_free(NULL);
    attest_receipt_free(NULL);
    attest_signing_key_free(NULL);
    attest_verifier_free(NULL);
    CHECK(attest_error_status(NULL) == ATTEST_STATUS_OK);
    CHECK(attest_error_kind(NULL).len == 0 && attest_error_message(NULL).len == 0 && attest_error_json(NULL).len == 0);

    /* An error that nobody wants. */
    CHECK(attest_digest(attest_text("x"), NULL, NULL) == INVALID);
    /* A buffer that was freed is empty, so the second time is harmless. */
    OK(attest_digest(attest_text("x"), &buf, &error));
    CHECK(buf.len == 71 && buf.data[71] == 0);
    attest_buf_free(&buf);
    CHECK(buf.data == NULL && buf.len == 0);
    attest_buf_free(&buf);
}

int main(void)
{
    attest_client_t *client = NULL;
    /* Nobody listens there; a call that reached the network would say `connection`. */
    const char *options = "{\"base_url\": \"http://127.0.0.1:9\", \"api_key\": \"k\"}";
    OK(attest_client_new(attest_text(options), NONE, &client, &error));
    null_handles();
    null_outputs(client);
    bad_inputs(client);
    null_is_nothing();

    REFUSED(attest_test_panic(&error), ATTEST_STATUS_INTERNAL, "a panic that a test asked for");
    CHECK(attest_test_panic(NULL) == ATTEST_STATUS_INTERNAL);
    CHECK(attest_abi_version() == ATTEST_ABI_VERSION && attest_version()[0] != 0);

    attest_client_free(client);
    CHECK(attest_test_live_handles() == 0);
    puts("arguments: ok");
    return 0;
}
