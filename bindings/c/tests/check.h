/* What the test programs share: a check that fails ends the program and says where. */
#ifndef CHECK_H
#define CHECK_H

#include <attest.h>
#include <stdio.h>
#include <stdlib.h>

/* True, or the end of the test. */
#define CHECK(condition) check((condition), #condition, __FILE__, __LINE__)

/* A call with `&error` as its last argument that must succeed. */
#define OK(call) expected((call), ATTEST_STATUS_OK, NULL, #call, __FILE__, __LINE__)

/* A call with `&error` as its last argument that must be refused, with `words` in the message. */
#define REFUSED(call, status, words) expected((call), (status), (words), #call, __FILE__, __LINE__)

/* Where the calls of a test put their error. */
static attest_error_t *error;

static inline void check(bool holds, const char *what, const char *file, int line)
{
    if (!holds) {
        fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
        exit(1);
    }
}

static inline void expected(attest_status got, attest_status want, const char *words, const char *call, const char *file,
                            int line)
{
    attest_slice message = attest_error_message(error);
    attest_slice json = attest_error_json(error);
    bool said = words == NULL || strstr((const char *)message.data, words) != NULL;
    if (got != want || !said) {
        fprintf(stderr, "%s:%d: %s\n  returned %d, not %d, and says: %s\n", file, line, call, (int)got, (int)want,
                (const char *)message.data);
        exit(1);
    }
    /* What holds of every error, whatever it says. */
    check((error == NULL) == (want == ATTEST_STATUS_OK), "an error comes with a status, and only so", file, line);
    check(attest_error_status(error) == want, "the error knows its status", file, line);
    check((message.len > 0) == (error != NULL), "an error has a message", file, line);
    check(strlen((const char *)message.data) == message.len, "a message is a C string", file, line);
    check(error == NULL || (json.len > 2 && json.data[0] == '{'), "an error has JSON", file, line);
    attest_error_free(error);
    error = NULL;
}

/* A slice of a literal, NULs and all. */
#define BYTES(literal) bytes((literal), sizeof(literal) - 1)

static inline attest_slice bytes(const void *data, size_t len)
{
    attest_slice slice;
    slice.data = (const uint8_t *)data;
    slice.len = len;
    return slice;
}

/* What a buffer holds, to be passed on. */
static inline attest_slice lent(const attest_buf *buf)
{
    return bytes(buf->data, buf->len);
}

static inline bool is(const attest_buf *buf, const char *text)
{
    return buf->data != NULL && buf->len == strlen(text) && memcmp(buf->data, text, buf->len) == 0;
}

static inline bool has(const attest_buf *buf, const char *words)
{
    return buf->data != NULL && strstr((const char *)buf->data, words) != NULL;
}

/* The first member `name` of a JSON object that is a text without escapes. */
static inline attest_slice member(const attest_buf *json, const char *name)
{
    char key[64];
    const char *from;
    snprintf(key, sizeof key, "\"%s\":\"", name);
    from = strstr((const char *)json->data, key);
    CHECK(from != NULL);
    from += strlen(key);
    return bytes(from, strcspn(from, "\""));
}

/* The whole of a file, as a C string that is to be freed. */
static inline char *file(const char *path, size_t *len)
{
    FILE *from = fopen(path, "rb");
    char *data = NULL;
    size_t room = 0;
    *len = 0;
    if (from == NULL) {
        perror(path);
        exit(1);
    }
    do {
        room += 64 * 1024;
        data = (char *)realloc(data, room + 1);
        CHECK(data != NULL);
        *len += fread(data + *len, 1, room - *len, from);
    } while (*len == room);
    fclose(from);
    data[*len] = 0;
    return data;
}

#endif
