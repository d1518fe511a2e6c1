/*
 * verify RECEIPT OPTIONS SECONDS: prints how many nanoseconds one verification of the receipt's bytes takes by the verifier
 * whose options are in the JSON file OPTIONS: the median of rounds, for as long as that.
 */
#include <attest.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CALLS 200
#define ROUNDS 100000

static char *file(const char *path, size_t *len)
{
    FILE *stream = fopen(path, "rb");
    char *bytes;
    if (stream == NULL || fseek(stream, 0, SEEK_END) != 0) {
        perror(path);
        exit(1);
    }
    *len = (size_t)ftell(stream);
    rewind(stream);
    bytes = malloc(*len + 1);
    if (bytes == NULL || fread(bytes, 1, *len, stream) != *len) {
        perror(path);
        exit(1);
    }
    bytes[*len] = 0;
    fclose(stream);
    return bytes;
}

static double now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec * 1e9 + (double)at.tv_nsec;
}

static int by_size(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

int main(int argc, char **argv)
{
    static double rounds[ROUNDS];
    attest_verifier_t *verifier = NULL;
    attest_error_t *error = NULL;
    attest_slice receipt, options;
    double end;
    int count = 0;
    char *text;
    size_t len;

    if (argc != 4) {
        fprintf(stderr, "usage: verify RECEIPT OPTIONS SECONDS\n");
        return 2;
    }
    text = file(argv[2], &len);
    options.data = (const uint8_t *)text;
    options.len = len;
    if (attest_verifier_new(options, &verifier, &error) != ATTEST_STATUS_OK) {
        fprintf(stderr, "%s\n", (const char *)attest_error_message(error).data);
        return 1;
    }
    receipt.data = (const uint8_t *)file(argv[1], &len);
    receipt.len = len;
    end = now() + atof(argv[3]) * 1e9;
    while (count < ROUNDS && (count == 0 || now() < end)) {
        double start = now();
        int call;
        for (call = 0; call < CALLS; call++) {
            bool valid = false;
            if (attest_verifier_verify(verifier, receipt, &valid, &error) != ATTEST_STATUS_OK || !valid) {
                fprintf(stderr, "%s is not valid\n", argv[1]);
                return 1;
            }
        }
        rounds[count++] = (now() - start) / CALLS;
    }
    qsort(rounds, (size_t)count, sizeof rounds[0], by_size);
    printf("%.0f\n", rounds[count / 2]);
    return 0;
}
