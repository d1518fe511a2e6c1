/*
 * What 8,000 calls leave behind, where they succeed, fail and are called off: less than 4 MiB, and no handle.
 *
 *   leaks VECTORS    VECTORS: the folder tests/vectors/receipts
 */
#include "attest_test_hooks.h"
#include "check.h"
#include <unistd.h>

#define WARM 2000
#define CALLS 10000
#define BOUND (4L * 1024 * 1024)

struct subjects {
    attest_slice receipt;
    attest_verifier_t *verifier;
    attest_client_t *client;
    attest_cancel_t *triggered;
};

static void succeeds(const struct subjects *with)
{
    attest_receipt_t *receipt = NULL;
    attest_buf report, hash;
    OK(attest_receipt_parse(with->receipt, &receipt, &error));
    OK(attest_verifier_report_receipt(with->verifier, receipt, &report, &error));
    OK(attest_receipt_hash(receipt, &hash, &error));
    attest_buf_free(&hash);
    attest_buf_free(&report);
    attest_receipt_free(receipt);
}

static void fails(const struct subjects *with)
{
    attest_verifier_t *verifier = NULL;
    attest_receipt_t *receipt = NULL;
    attest_buf buf;
    REFUSED(attest_receipt_parse(BYTES("steps: ["), &receipt, &error), ATTEST_STATUS_RECEIPT_FORMAT, "");
    REFUSED(attest_verifier_new(BYTES("{\"trusted_keys\": [\"x\"]}"), &verifier, &error), ATTEST_STATUS_CONFIG, "");
    REFUSED(attest_pipeline_create(with->client, BYTES("{\"name\": 1}"), NULL, &buf, &error),
            ATTEST_STATUS_VALIDATION_ERROR, "name");
}

static void is_called_off(const struct subjects *with)
{
    attest_log_stream_t *log = NULL;
    attest_buf buf;
    REFUSED(attest_execution_wait(with->client, BYTES("exec_1"), -1, with->triggered, &buf, &error),
            ATTEST_STATUS_CANCELLED, "");
    OK(attest_execution_stream_logs(with->client, BYTES("exec_1"), BYTES("{}"), &log, &error));
    REFUSED(attest_log_stream_next(log, with->triggered, &buf, &error), ATTEST_STATUS_CANCELLED, "");
    attest_log_stream_free(log);
}

static long resident(void)
{
    long whole = 0, pages = 0;
    FILE *from = fopen("/proc/self/statm", "r");
    CHECK(from != NULL && fscanf(from, "%ld %ld", &whole, &pages) == 2);
    fclose(from);
    return pages * sysconf(_SC_PAGESIZE);
}

static void measure(const char *name, void (*call)(const struct subjects *), const struct subjects *with)
{
    long before = 0, grown;
    int at;
    for (at = 0; at < CALLS; at++) {
        if (at == WARM) {
            before = resident();
        }
        call(with);
    }
    grown = resident() - before;
    printf("leaks: what %s left %ld KiB behind\n", name, grown / 1024);
    CHECK(grown < BOUND);
}

int main(int argc, char **argv)
{
    struct subjects with = {{NULL, 0}, NULL, NULL, NULL};
    char path[4096];
    char *text;
    CHECK(argc == 2);
    snprintf(path, sizeof path, "%s/basic/receipt.yaml", argv[1]);
    text = file(path, &with.receipt.len);
    with.receipt.data = (const uint8_t *)text;
    OK(attest_verifier_new(BYTES("{}"), &with.verifier, &error));
    /* Nobody listens there. */
    OK(attest_client_new(BYTES("{\"base_url\": \"http://127.0.0.1:9\", \"api_key\": \"k\"}"), BYTES(""), &with.client, &error));
    OK(attest_cancel_new(&with.triggered, &error));
    attest_cancel_trigger(with.triggered);

    measure("succeeded", succeeds, &with);
    measure("failed", fails, &with);
    measure("was called off", is_called_off, &with);

    attest_cancel_free(with.triggered);
    attest_client_free(with.client);
    attest_verifier_free(with.verifier);
    free(text);
    CHECK(attest_test_live_handles() == 0);
    puts("leaks: ok");
    return 0;
}
