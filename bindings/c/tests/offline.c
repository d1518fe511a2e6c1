/*
 * Receipts, keys, verifiers, manifests, webhooks: without a server, and without a thread.
 *
 *   offline VECTORS    VECTORS: the folder tests/vectors/receipts
 */
#include "attest_test_hooks.h"
#include "check.h"
#include <dirent.h>

static char *vector(const char *folder, const char *name, size_t *len)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return file(path, len);
}

static void parses_and_shows(attest_slice text)
{
    attest_receipt_t *receipt = NULL, *again = NULL;
    attest_buf json, yaml, raw, hash, other, key_id, said;
    bool answer;
    OK(attest_receipt_parse(text, &receipt, &error));
    OK(attest_receipt_raw(receipt, &raw, &error));
    CHECK(raw.len == text.len && memcmp(raw.data, text.data, raw.len) == 0);
    OK(attest_receipt_to_yaml(receipt, &yaml, &error));
    OK(attest_receipt_to_json(receipt, &json, &error));
    CHECK(json.data[0] == '{' && strlen((const char *)json.data) == json.len);
    OK(attest_receipt_key_id(receipt, &key_id, &error));
    CHECK(key_id.len == 32);
    OK(attest_receipt_server_verification(receipt, &said, &error));
    CHECK(said.data == NULL);

    /* Both renderings are the same receipt. */
    OK(attest_receipt_hash(receipt, &hash, &error));
    CHECK(has(&hash, "blake3:"));
    OK(attest_receipt_parse(lent(&json), &again, &error));
    OK(attest_receipt_hash(again, &other, &error));
    CHECK(is(&other, (const char *)hash.data));
    attest_buf_free(&other);
    attest_receipt_free(again);
    OK(attest_receipt_parse(lent(&yaml), &again, &error));
    OK(attest_receipt_hash(again, &other, &error));
    CHECK(is(&other, (const char *)hash.data));

    /* Nobody said whom to trust. */
    REFUSED(attest_receipt_verify(receipt, &answer, &error), ATTEST_STATUS_CONFIG, "trusted keys");
    CHECK(!answer);
    REFUSED(attest_receipt_report(receipt, &said, &error), ATTEST_STATUS_CONFIG, "trusted keys");

    attest_buf_free(&key_id);
    attest_buf_free(&raw);
    attest_buf_free(&other);
    attest_receipt_free(again);
    attest_buf_free(&hash);
    attest_buf_free(&yaml);
    attest_buf_free(&json);
    attest_receipt_free(receipt);
}

static void signs_and_verifies(attest_slice text)
{
    attest_receipt_t *receipt = NULL, *made = NULL;
    attest_signing_key_t *key = NULL, *read = NULL;
    attest_verifier_t *verifier = NULL, *stranger = NULL;
    attest_buf pem, public_key, key_id, signed_by, json, report, same;
    char options[256];
    bool holds;

    OK(attest_signing_key_generate(&key, &error));
    OK(attest_signing_key_to_pem(key, &pem, &error));
    CHECK(has(&pem, "-----BEGIN PRIVATE KEY-----"));
    OK(attest_signing_key_from_pem(lent(&pem), &read, &error));
    attest_buf_wipe(&pem);
    CHECK(pem.data == NULL);
    OK(attest_signing_key_key_id(read, &key_id, &error));
    OK(attest_signing_key_public_key(key, &public_key, &error));

    OK(attest_receipt_parse(text, &receipt, &error));
    OK(attest_receipt_sign(receipt, read, &made, &error));
    OK(attest_receipt_key_id(made, &signed_by, &error));
    CHECK(is(&signed_by, (const char *)key_id.data));
    OK(attest_receipt_to_json(made, &json, &error));

    snprintf(options, sizeof options, "{\"trusted_keys\": [\"%s\"]}", (const char *)public_key.data);
    OK(attest_verifier_new(attest_text(options), &verifier, &error));
    OK(attest_verifier_verify(verifier, lent(&json), &holds, &error));
    CHECK(holds);
    OK(attest_verifier_verify_receipt(verifier, made, &holds, &error));
    CHECK(holds);
    OK(attest_verifier_report(verifier, lent(&json), &report, &error));
    CHECK(has(&report, "\"valid\":true"));
    OK(attest_verifier_report_receipt(verifier, made, &same, &error));
    CHECK(has(&same, "\"valid\":true"));
    attest_buf_free(&same);

    /* By another key, and trusting nobody: a verdict, not an error. */
    OK(attest_verifier_verify(verifier, text, &holds, &error));
    CHECK(!holds);
    OK(attest_verifier_new(attest_text("{\"trusted_keys\": []}"), &stranger, &error));
    OK(attest_verifier_verify_receipt(stranger, made, &holds, &error));
    CHECK(!holds);
    /* One bit of what a step printed. */
    *strstr((char *)json.data, "built alpha") ^= 1;
    OK(attest_verifier_verify(verifier, lent(&json), &holds, &error));
    CHECK(!holds);

    attest_buf_free(&report);
    attest_verifier_free(stranger);
    attest_verifier_free(verifier);
    attest_buf_free(&json);
    attest_buf_free(&signed_by);
    attest_buf_free(&public_key);
    attest_buf_free(&key_id);
    attest_receipt_free(made);
    attest_receipt_free(receipt);
    attest_signing_key_free(read);
    attest_signing_key_free(key);
}

static void hashes(const char *folder)
{
    attest_buf buf;
    /* The BLAKE3 of nothing. */
    OK(attest_digest(bytes(NULL, 0), &buf, &error));
    CHECK(is(&buf, "blake3:af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"));
    attest_buf_free(&buf);

    OK(attest_manifest_hash_inputs(attest_text(folder), attest_text("make"), attest_text("[\"receipt.yaml\"]"), &buf, &error));
    CHECK(has(&buf, "\"digest\":\"blake3:") && has(&buf, "attest-manifest/v1\\n") && has(&buf, "receipt.yaml"));
    attest_buf_free(&buf);
    OK(attest_manifest_hash_outputs(attest_text(folder), attest_text("[\"receipt.yaml\"]"), &buf, &error));
    CHECK(has(&buf, "\"digest\":\"blake3:") && has(&buf, "receipt.yaml"));
    attest_buf_free(&buf);
    REFUSED(attest_manifest_hash_inputs(attest_text(folder), attest_text("make"), attest_text("[\"absent\"]"), &buf, &error),
            ATTEST_STATUS_IO, "absent");
}

/* The export of the shared receipt is the same bytes in every language. */
static void exports(const char *vectors, attest_slice text)
{
    attest_receipt_t *receipt = NULL, *made = NULL;
    attest_signing_key_t *key = NULL, *other = NULL;
    char golden[4000], workspace[4096];
    attest_slice nowhere = attest_text("/nowhere");
    attest_buf export;
    size_t len;
    char *pem, *same;
    snprintf(golden, sizeof golden, "%s/../../provenance/golden", vectors);
    snprintf(workspace, sizeof workspace, "%s/workspace", golden);
    pem = vector(golden, "key.pem", &len);
    OK(attest_signing_key_from_pem(bytes(pem, len), &key, &error));
    OK(attest_signing_key_generate(&other, &error));
    OK(attest_receipt_parse(text, &receipt, &error));
    OK(attest_receipt_sign(receipt, key, &made, &error));

    OK(attest_receipt_to_dsse(made, attest_text(workspace), key, attest_text("{}"), &export, &error));
    same = vector(golden, "basic.intoto.jsonl", &len);
    CHECK(is(&export, same));
    attest_buf_free(&export);
    free(same);
    OK(attest_receipt_to_dsse(made, attest_text(workspace), key, attest_text("{\"format\": \"sigstore\"}"), &export, &error));
    same = vector(golden, "basic.sigstore.json", &len);
    CHECK(is(&export, same));
    attest_buf_free(&export);
    free(same);

    REFUSED(attest_receipt_to_dsse(made, attest_text(workspace), other, attest_text("{}"), &export, &error), ATTEST_STATUS_CONFIG,
            "the key that signed the receipt");
    REFUSED(attest_receipt_to_dsse(made, nowhere, key, attest_text("{}"), &export, &error), ATTEST_STATUS_IO, "/nowhere");
    REFUSED(attest_receipt_to_dsse(made, nowhere, key, attest_text("{\"format\": \"x\"}"), &export, &error),
            ATTEST_STATUS_CONFIG, "intoto and sigstore");
    REFUSED(attest_receipt_to_dsse(made, nowhere, key, attest_text("{\"subject\": []}"), &export, &error), ATTEST_STATUS_CONFIG,
            "misspelt");

    free(pem);
    attest_receipt_free(made);
    attest_receipt_free(receipt);
    attest_signing_key_free(other);
    attest_signing_key_free(key);
}

static void judges_webhooks(void)
{
    attest_slice payload = attest_text("{\"event\":\"execution.completed\"}");
    attest_slice signature = attest_text("sha256=74b2c43f65e06d546705e65680d3dd074aa55fa53e3755afa50bf67455264e86");
    CHECK(attest_webhook_verify(payload, signature, attest_text("whsec_test")));
    CHECK(!attest_webhook_verify(payload, signature, attest_text("whsec_tesT")));
    CHECK(!attest_webhook_verify(attest_text("{}"), signature, attest_text("whsec_test")));
    CHECK(!attest_webhook_verify(payload, bytes(NULL, 0), attest_text("whsec_test")));
}

static int threads(void)
{
    int count = 0;
    DIR *tasks = opendir("/proc/self/task");
    if (tasks == NULL) {
        return 1; /* Only Linux counts them here. */
    }
    while (readdir(tasks) != NULL) {
        count++;
    }
    closedir(tasks);
    return count - 2; /* `.` and `..` */
}

int main(int argc, char **argv)
{
    char folder[4000];
    size_t len;
    char *text;
    CHECK(argc == 2);
    snprintf(folder, sizeof folder, "%s/basic", argv[1]);
    text = vector(folder, "receipt.yaml", &len);
    parses_and_shows(bytes(text, len));
    signs_and_verifies(bytes(text, len));
    exports(argv[1], bytes(text, len));
    free(text);
    hashes(folder);
    judges_webhooks();
    CHECK(threads() == 1);
    CHECK(attest_test_live_handles() == 0);
    puts("offline: ok");
    return 0;
}
