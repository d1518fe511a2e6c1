/*
 * Runs a two-step pipeline on the server that ATTEST_BASE_URL and ATTEST_API_KEY name, and gates on its receipt.
 *
 *   make c
 *   export PKG_CONFIG_PATH=$PWD/target/c/lib/pkgconfig
 *   cc examples/c/run.c -o run $(pkg-config --cflags attest) $(pkg-config --variable=static attest)
 */
#include <attest.h>
#include <stdio.h>
#include <stdlib.h>

static const char *PIPELINE =
    "{\"name\": \"greeting\", \"config\": {\"version\": \"0.1\", \"steps\": ["
    "{\"name\": \"greet\", \"run\": \"echo hello > greeting.txt\", \"outputs\": [\"greeting.txt\"]},"
    "{\"name\": \"test\", \"run\": \"grep hello greeting.txt\", \"inputs\": [\"greeting.txt\"], \"needs\": [\"greet\"]}"
    "]}}";

/* Ends the program where a call failed. The error goes in by its address: C may look at an argument before it makes the call
 * in the one beside it. */
static void check(attest_status status, attest_error_t **error)
{
    if (status != ATTEST_STATUS_OK) {
        fprintf(stderr, "%s: %s\n", (const char *)attest_error_kind(*error).data,
                (const char *)attest_error_message(*error).data);
        attest_error_free(*error);
        exit(1);
    }
}

/* The member `name` of a JSON object, where it is a text without escapes. A larger program has a JSON library for this. */
static attest_slice member(const attest_buf *json, const char *name)
{
    char key[64];
    const char *from;
    attest_slice text = {NULL, 0};
    snprintf(key, sizeof key, "\"%s\":\"", name);
    from = strstr((const char *)json->data, key);
    if (from != NULL) {
        from += strlen(key);
        text.data = (const uint8_t *)from;
        text.len = strcspn(from, "\"");
    }
    return text;
}

int main(void)
{
    attest_error_t *error = NULL;
    attest_client_t *client = NULL;
    attest_buf pipeline, execution, line, ended, json;
    attest_log_stream_t *log = NULL;
    attest_receipt_t *receipt = NULL;
    attest_slice id;
    bool holds = false;
    FILE *file;

    check(attest_client_new(attest_text("{}"), attest_text(""), &client, &error), &error);
    check(attest_pipeline_create(client, attest_text(PIPELINE), NULL, &pipeline, &error), &error);
    check(attest_pipeline_execute(client, member(&pipeline, "id"), attest_text("{}"), NULL, &execution, &error), &error);
    id = member(&execution, "id");
    printf("execution %.*s\n", (int)id.len, (const char *)id.data);

    check(attest_execution_stream_logs(client, id, attest_text("{}"), &log, &error), &error);
    for (;;) {
        check(attest_log_stream_next(log, NULL, &line, &error), &error);
        if (line.data == NULL) {
            break; /* the end */
        }
        printf("[%.*s] %.*s\n", (int)member(&line, "step").len, (const char *)member(&line, "step").data,
               (int)member(&line, "message").len, (const char *)member(&line, "message").data);
        attest_buf_free(&line);
    }
    attest_log_stream_free(log);
    check(attest_execution_wait(client, id, -1, NULL, &ended, &error), &error);

    /* The verifier trusts the keys that the server publishes: good for a first run. To gate a release, pin a key with the
     * option `trusted_keys` of the client, so that nobody who can answer for the server can vouch for it. */
    check(attest_execution_get_receipt(client, id, false, NULL, &receipt, &error), &error);
    check(attest_receipt_verify(receipt, &holds, &error), &error);
    if (!holds) {
        fprintf(stderr, "the receipt of %.*s does not hold\n", (int)id.len, (const char *)id.data);
        return 1;
    }
    check(attest_receipt_to_json(receipt, &json, &error), &error);
    file = fopen("receipt.json", "wb");
    if (file == NULL || fwrite(json.data, 1, json.len, file) != json.len || fclose(file) != 0) {
        perror("receipt.json");
        return 1;
    }
    puts("verified; the receipt is in receipt.json");

    attest_buf_free(&json);
    attest_receipt_free(receipt);
    attest_buf_free(&ended);
    attest_buf_free(&execution);
    attest_buf_free(&pipeline);
    attest_client_free(client);
    return 0;
}
