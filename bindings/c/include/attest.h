/*
 * The C ABI of Attest, for C99 and later and for C++. Written by cbindgen from bindings/c/src: do not edit.
 *
 * Calls     A function that can fail returns 0, or what kind of error it was, and puts the error into `*err`. `err` may be
 *           NULL; else `*err` is always written, NULL where all went well. Free it with attest_error_free.
 * Outputs   `*out` is always written, empty or NULL where the call failed, so freeing it is always legal. Whoever calls
 *           frees: each declaration says with what. Every free takes NULL. What it held before is not freed.
 * Inputs    An attest_slice is only read, and only during the call. `id`, `pem` and the like are UTF-8; `body`, `options`,
 *           `query` and `filter` are JSON in UTF-8, whose members marked `?` may be absent. An empty slice is legal; it is
 *           not JSON, so pass `{}` for no options.
 * NULL      A handle that is NULL is ATTEST_STATUS_VALIDATION_ERROR, but for `cancel`, which may always be NULL.
 * Threads   Any function may be called by any thread, and handles are shared freely; a handle is freed once, when no thread
 *           is inside a call with it. After fork() a child makes clients of its own; a client of its parent returns
 *           ATTEST_STATUS_CLOSED.
 * Blocking  A function that says "Blocks" waits for the network. It returns ATTEST_STATUS_CANCELLED soon after its token
 *           was triggered, and ATTEST_STATUS_CLOSED after its client was closed. No other function meets the network.
 */
#ifndef ATTEST_H
#define ATTEST_H


#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// The version of this interface. It changes where a program must be compiled again; new functions alone do not change it.
#define ATTEST_ABI_VERSION 1

// What a function returns: 0, or what kind of error it was. A number keeps its meaning for ever; a later version may
// return one that is not here, and `attest_error_kind` then names it.
//
//     const char *options = "{\"base_url\": \"https://attest.example.com\", \"anonymous\": true}";
//     attest_status status = attest_client_new(attest_text(options), attest_text(NULL), &client, &error);
//     if (status == ATTEST_STATUS_CONFIG)
//         puts((const char *)attest_error_message(error).data);
enum attest_status
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // All went well.
    ATTEST_STATUS_OK = 0,
    // 401: no credential, or a bad one.
    ATTEST_STATUS_AUTHENTICATION_FAILED = 1,
    // 403: the credential lacks a scope.
    ATTEST_STATUS_AUTHORIZATION_FAILED = 2,
    // 400 or 422, or an argument that cannot be used: NULL, no UTF-8, JSON of another shape.
    ATTEST_STATUS_VALIDATION_ERROR = 3,
    // 404: there is no such thing.
    ATTEST_STATUS_RESOURCE_NOT_FOUND = 4,
    // 409: it contradicts the present state.
    ATTEST_STATUS_CONFLICT = 5,
    // 429: too many requests.
    ATTEST_STATUS_RATE_LIMIT_EXCEEDED = 6,
    // 500 and above: the server failed.
    ATTEST_STATUS_INTERNAL_ERROR = 7,
    // Any other HTTP status.
    ATTEST_STATUS_API_ERROR = 8,
    // The server could not be reached, or the connection broke.
    ATTEST_STATUS_CONNECTION = 9,
    // No answer within the time for one attempt.
    ATTEST_STATUS_TIMEOUT = 10,
    // The caller's time for a wait is over; the execution goes on.
    ATTEST_STATUS_WAIT_TIMEOUT = 11,
    // The caller cancelled.
    ATTEST_STATUS_CANCELLED = 12,
    // An answer that is not what the contract says.
    ATTEST_STATUS_DECODE = 13,
    // An option that is missing or out of range.
    ATTEST_STATUS_CONFIG = 14,
    // A webhook's signature does not verify.
    ATTEST_STATUS_WEBHOOK_SIGNATURE = 15,
    // A receipt that cannot be read.
    ATTEST_STATUS_RECEIPT_FORMAT = 16,
    // A key that cannot be read.
    ATTEST_STATUS_KEY_FORMAT = 17,
    // The file system failed.
    ATTEST_STATUS_IO = 18,
    // The client was closed.
    ATTEST_STATUS_CLOSED = 19,
    // A fault of this library.
    ATTEST_STATUS_INTERNAL = 20,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum attest_status attest_status;
#else
typedef int32_t attest_status;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// A token that calls off every call it was given to, now and later.
//
//     attest_cancel_t *cancel, *for_the_other;
//     if (attest_cancel_new(&cancel, NULL) == ATTEST_STATUS_OK &&
//         attest_cancel_clone(cancel, &for_the_other, NULL) == ATTEST_STATUS_OK) {
//         /* Another thread: attest_cancel_trigger(for_the_other), then attest_cancel_free(for_the_other). */
//         if (attest_execution_wait(client, id, -1, cancel, &out, NULL) == ATTEST_STATUS_CANCELLED)
//             puts("called off");
//     }
//     attest_cancel_free(cancel);
typedef struct attest_cancel_t attest_cancel_t;

// A client of one server. Any number of threads may use it at a time.
//
//     attest_client_t *client;
//     if (attest_client_new(attest_text("{}"), attest_text(NULL), &client, &error) == ATTEST_STATUS_OK &&
//         attest_pipeline_execute(client, attest_text("pip_1"), attest_text("{}"), NULL, &out, &error) == ATTEST_STATUS_OK)
//         puts((const char *)out.data);
//     attest_client_free(client);
typedef struct attest_client_t attest_client_t;

// The changes of an execution. Any number of threads may ask for the next one; each is given once.
//
//     attest_event_stream_t *events;
//     attest_execution_events(client, id, attest_text("queued"), &events, NULL);
//     while (attest_event_stream_next(events, NULL, &out, &error) == ATTEST_STATUS_OK && out.data != NULL) {
//         puts((const char *)out.data);
//         attest_buf_free(&out);
//     }
//     attest_event_stream_free(events);
typedef struct attest_event_stream_t attest_event_stream_t;

// An error: what went wrong, and what to do. It never changes, so any number of threads may read it.
//
//     if (attest_execution_get(client, id, NULL, &out, &error) != ATTEST_STATUS_OK) {
//         fprintf(stderr, "%s\n", (const char *)attest_error_message(error).data);
//         attest_error_free(error);
//     }
typedef struct attest_error_t attest_error_t;

// The log of an execution. Any number of threads may ask for the next line; each line is given once.
//
//     attest_log_stream_t *log;
//     attest_execution_stream_logs(client, id, attest_text("{\"stream\": \"stderr\"}"), &log, NULL);
//     while (attest_log_stream_next(log, NULL, &out, &error) == ATTEST_STATUS_OK && out.data != NULL) {
//         puts((const char *)out.data);
//         attest_buf_free(&out);
//     }
//     attest_log_stream_free(log);
typedef struct attest_log_stream_t attest_log_stream_t;

// A receipt. It never changes, so any number of threads may use it at a time.
//
//     attest_receipt_t *receipt;
//     bool valid = false;
//     if (attest_execution_get_receipt(client, id, false, NULL, &receipt, &error) == ATTEST_STATUS_OK)
//         attest_receipt_verify(receipt, &valid, &error);
//     attest_receipt_free(receipt);
typedef struct attest_receipt_t attest_receipt_t;

// A private key. It never changes, so any number of threads may use it at a time.
//
//     attest_signing_key_t *key;
//     if (attest_signing_key_generate(&key, &error) == ATTEST_STATUS_OK &&
//         attest_signing_key_to_pem(key, &out, &error) == ATTEST_STATUS_OK) {
//         fwrite(out.data, 1, out.len, file); /* of mode 0600 */
//         attest_buf_wipe(&out);
//     }
//     attest_signing_key_free(key);
typedef struct attest_signing_key_t attest_signing_key_t;

// Judges receipts. It never changes, so any number of threads may use it at a time.
//
//     const char *options = "{\"trust_store\": \".attest/trust\", \"policies\": [\"require-success\"]}";
//     bool valid = false;
//     if (attest_verifier_new(attest_text(options), &verifier, &error) == ATTEST_STATUS_OK)
//         attest_verifier_verify(verifier, attest_text(text), &valid, &error);
//     attest_verifier_free(verifier);
typedef struct attest_verifier_t attest_verifier_t;

// Bytes that this library made and the caller owns: release them with `attest_buf_free`. A NUL, which `len` does not
// count, stands after the last byte, so that text can be printed. Before it is filled, and where a function says that
// there is nothing, `data` is NULL and `len` is 0.
//
//     attest_buf hash;
//     if (attest_receipt_hash(receipt, &hash, NULL) == ATTEST_STATUS_OK)
//         puts((const char *)hash.data);
//     attest_buf_free(&hash);
typedef struct {
    // The first byte.
    uint8_t *data;
    // How many bytes.
    size_t len;
} attest_buf;

// Bytes that somebody else owns: an argument is only read, and only during the call. Empty is legal, with `data` NULL or
// not. Text is UTF-8 and needs no NUL at its end.
//
//     attest_slice id = attest_text("exec_1");
//     attest_slice receipt = {bytes, length};
typedef struct {
    // The first byte.
    const uint8_t *data;
    // How many bytes.
    size_t len;
} attest_slice;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// Releases what `buf` holds and makes it empty, so that a second call is harmless. NULL is legal. Any thread, one at a
// time for one `buf`.
void attest_buf_free(attest_buf *buf);

// As `attest_buf_free`, for a secret: the bytes are overwritten first.
void attest_buf_wipe(attest_buf *buf);

// The `ATTEST_ABI_VERSION` of the library that was linked or loaded: compare it with that of the header. Any thread.
uint32_t attest_abi_version(void);

// The version of the library, such as `0.1.0`: a text that lives for ever. Any thread.
const char *attest_version(void);

// What the function that made the error returned; `ATTEST_STATUS_OK` for NULL. Any thread.
attest_status attest_error_status(const attest_error_t *error);

// The kind's name, such as `rate_limit_exceeded`; empty for NULL. It lives as long as `error`, and a NUL follows it. Any
// thread.
attest_slice attest_error_kind(const attest_error_t *error);

// What was wrong and what to do next, for people; empty for NULL. It lives as long as `error`, and a NUL follows it. Any
// thread.
attest_slice attest_error_message(const attest_error_t *error);

// Everything that is known, as a JSON object: `kind`, `code`, `message`, `text`, `status` (HTTP), `details`,
// `request_id`, `attempts`, `retryable`, `retry_after` (seconds), `last_seen` (the execution, of a wait that was too
// short) and more; what is unknown is null. Empty for NULL. It lives as long as `error`, and a NUL follows it. Any thread.
attest_slice attest_error_json(const attest_error_t *error);

// Releases an error. NULL is legal.
void attest_error_free(attest_error_t *error);

// A new token. Free `out` with `attest_cancel_free`. Any thread.
attest_status attest_cancel_new(attest_cancel_t **out, attest_error_t **err);

// One more handle to the same token, for another owner: the token lives until its last handle is freed and the last call
// that uses it has ended. Free `out` with `attest_cancel_free`. Any thread.
attest_status attest_cancel_clone(const attest_cancel_t *cancel,
                                  attest_cancel_t **out,
                                  attest_error_t **err);

// Calls off what uses the token: the calls return `ATTEST_STATUS_CANCELLED`. Any thread, any number of times, also while
// another thread is blocked with it. NULL is legal.
void attest_cancel_trigger(const attest_cancel_t *cancel);

// Whether the token was triggered; false for NULL. Any thread.
bool attest_cancel_is_triggered(const attest_cancel_t *cancel);

// Releases one handle. It triggers nothing. NULL is legal.
void attest_cancel_free(attest_cancel_t *cancel);

// A client of these options, a JSON object: `base_url`, `api_key`, `token`, `anonymous`, `allow_insecure_http`,
// `connect_timeout_ms`, `attempt_timeout_ms`, `idle_timeout_ms`, `headers`, `user_agent_suffix`, `ca_bundle` (PEM),
// `proxy`, `trusted_keys`, `policies`. What is absent comes from ATTEST_BASE_URL, ATTEST_API_KEY and ATTEST_TOKEN.
// `binding` names a language binding that is built on this library, such as `attest-go/0.1.0`; empty for a C program.
// Free `out` with `attest_client_free`. No network, no threads yet. Any thread.
attest_status attest_client_new(attest_slice options,
                                attest_slice binding,
                                attest_client_t **out,
                                attest_error_t **err);

// Ends every call that is under way, and refuses all later ones: they return `ATTEST_STATUS_CLOSED`. Any thread, any
// number of times. The handle is still to be freed.
attest_status attest_client_close(const attest_client_t *client, attest_error_t **err);

// Releases a client; what came from it lives on. Not while another thread is inside a call with it: `attest_client_close`
// ends those. NULL is legal.
void attest_client_free(attest_client_t *client);

// `GET /v1/cache/stats`, as JSON. Blocks. Free `out` with `attest_buf_free`. Any thread.
attest_status attest_cache_stats(const attest_client_t *client,
                                 const attest_cancel_t *cancel,
                                 attest_buf *out,
                                 attest_error_t **err);

// `POST /v1/pipelines`: `body` is `{"name", "description"?, "config"}`; `out` is the pipeline, as JSON. Blocks. Free `out`
// with `attest_buf_free`. Any thread.
attest_status attest_pipeline_create(const attest_client_t *client,
                                     attest_slice body,
                                     const attest_cancel_t *cancel,
                                     attest_buf *out,
                                     attest_error_t **err);

// `GET /v1/pipelines/{id}`: `out` is the pipeline, as JSON. Blocks. Free `out` with `attest_buf_free`. Any thread.
attest_status attest_pipeline_get(const attest_client_t *client,
                                  attest_slice id,
                                  const attest_cancel_t *cancel,
                                  attest_buf *out,
                                  attest_error_t **err);

// `GET /v1/pipelines`: `query` is `{"name"?, "status"?, "limit"?, "offset"?, "sort"?, "cursor"?}`; `out` is one page, as
// JSON: `pipelines`, `total`, `has_more`, `next_cursor`, which is the `cursor` of the next page. Blocks. Free `out` with
// `attest_buf_free`. Any thread.
attest_status attest_pipeline_list(const attest_client_t *client,
                                   attest_slice query,
                                   const attest_cancel_t *cancel,
                                   attest_buf *out,
                                   attest_error_t **err);

// `POST /v1/pipelines/{id}/executions`: `body` is `{"environment"?, "variables"?, "options"?, "source"?, …}`, as in the
// API; `out` is the execution, as JSON. Blocks until it is accepted, not until it is over. Free `out` with
// `attest_buf_free`. Any thread.
attest_status attest_pipeline_execute(const attest_client_t *client,
                                      attest_slice id,
                                      attest_slice body,
                                      const attest_cancel_t *cancel,
                                      attest_buf *out,
                                      attest_error_t **err);

// `POST /v1/executions/bulk`: `body` is a list of `{"pipeline_id", "environment"?, "variables"?, …}`; `out` is
// `{"results": […]}` in the order of the list, each `{"index", "execution"}` or `{"index", "error"}`, an error as
// `attest_error_json` gives it. One that is refused stops no other. Blocks until all are accepted. Free `out` with
// `attest_buf_free`. Any thread.
attest_status attest_pipeline_bulk_execute(const attest_client_t *client,
                                           attest_slice body,
                                           const attest_cancel_t *cancel,
                                           attest_buf *out,
                                           attest_error_t **err);

// `GET /v1/executions/{id}`: `out` is the execution, as JSON. Blocks. Free `out` with `attest_buf_free`. Any thread.
attest_status attest_execution_get(const attest_client_t *client,
                                   attest_slice id,
                                   const attest_cancel_t *cancel,
                                   attest_buf *out,
                                   attest_error_t **err);

// `POST /v1/executions/{id}/cancel`: ends the execution itself, where `cancel` ends this call. `out` is the execution, as
// JSON. Blocks. Free `out` with `attest_buf_free`. Any thread.
attest_status attest_execution_cancel(const attest_client_t *client,
                                      attest_slice id,
                                      const attest_cancel_t *cancel,
                                      attest_buf *out,
                                      attest_error_t **err);

// Blocks until the execution is over, for at most `timeout_ms` milliseconds, without limit where that is negative; `out`
// is the execution, as JSON. One that failed is no error. `ATTEST_STATUS_WAIT_TIMEOUT` cancels nothing, and its error
// holds the execution as it was last seen. Free `out` with `attest_buf_free`. Any thread.
attest_status attest_execution_wait(const attest_client_t *client,
                                    attest_slice id,
                                    int64_t timeout_ms,
                                    const attest_cancel_t *cancel,
                                    attest_buf *out,
                                    attest_error_t **err);

// The receipt of an execution that is over, with the client's verifier: `attest_receipt_verify` then says whether it is
// authentic and of a successful run, of a failed one too where `allow_failed`. Blocks. Free `out` with
// `attest_receipt_free`. Any thread.
attest_status attest_execution_get_receipt(const attest_client_t *client,
                                           attest_slice id,
                                           bool allow_failed,
                                           const attest_cancel_t *cancel,
                                           attest_receipt_t **out,
                                           attest_error_t **err);

// Its log, from the line after `after` of `filter`: `{"step"?, "level"?, "stream"?, "after"?}`. Nothing is asked of the
// server yet. Free `out` with `attest_log_stream_free`. Any thread.
attest_status attest_execution_stream_logs(const attest_client_t *client,
                                           attest_slice id,
                                           attest_slice filter,
                                           attest_log_stream_t **out,
                                           attest_error_t **err);

// Its changes, from the status that the caller knows (`known_status`, empty for a new one). Nothing is asked of the server
// yet. Free `out` with `attest_event_stream_free`. Any thread.
attest_status attest_execution_events(const attest_client_t *client,
                                      attest_slice id,
                                      attest_slice known_status,
                                      attest_event_stream_t **out,
                                      attest_error_t **err);

// The next line, as a JSON object; at the end, `data` of `out` is NULL. A call that was cancelled loses nothing. Blocks.
// Free `out` with `attest_buf_free`. Any thread.
attest_status attest_log_stream_next(const attest_log_stream_t *stream,
                                     const attest_cancel_t *cancel,
                                     attest_buf *out,
                                     attest_error_t **err);

// Releases a log stream, also before its end. NULL is legal.
void attest_log_stream_free(attest_log_stream_t *stream);

// The next change, as a JSON object whose `event` is `status_changed`, `step_started` or `step_completed`; at the end,
// `data` of `out` is NULL. A call that was cancelled loses nothing. Blocks. Free `out` with `attest_buf_free`. Any thread.
attest_status attest_event_stream_next(const attest_event_stream_t *stream,
                                       const attest_cancel_t *cancel,
                                       attest_buf *out,
                                       attest_error_t **err);

// Releases an event stream, also before its end. NULL is legal.
void attest_event_stream_free(attest_event_stream_t *stream);

// Reads a receipt, in JSON or YAML. It has no verifier: `attest_receipt_verify` is an error, an `attest_verifier_t` judges
// it. Free `out` with `attest_receipt_free`. Any thread.
attest_status attest_receipt_parse(attest_slice bytes,
                                   attest_receipt_t **out,
                                   attest_error_t **err);

// Whether it is authentic and of a successful run, by the keys and policies of the client that fetched it. A receipt that
// was parsed has no client: `ATTEST_STATUS_CONFIG`. No network. Any thread.
attest_status attest_receipt_verify(const attest_receipt_t *receipt,
                                    bool *out,
                                    attest_error_t **err);

// The verdict of `attest_receipt_verify` in full, as JSON. Free `out` with `attest_buf_free`. Any thread.
attest_status attest_receipt_report(const attest_receipt_t *receipt, attest_buf *out, attest_error_t **err);

// Compact JSON, as the API gives it. Free `out` with `attest_buf_free`. Any thread.
attest_status attest_receipt_to_json(const attest_receipt_t *receipt, attest_buf *out, attest_error_t **err);

// YAML, as the command-line tool writes it. Free `out` with `attest_buf_free`. Any thread.
attest_status attest_receipt_to_yaml(const attest_receipt_t *receipt, attest_buf *out, attest_error_t **err);

// The bytes it was read from. Free `out` with `attest_buf_free`. Any thread.
attest_status attest_receipt_raw(const attest_receipt_t *receipt, attest_buf *out, attest_error_t **err);

// `blake3:…` of its canonical bytes. Free `out` with `attest_buf_free`. Any thread.
attest_status attest_receipt_hash(const attest_receipt_t *receipt, attest_buf *out, attest_error_t **err);

// The id of the key that is said to have signed it, which proves nothing; `data` is NULL where it is unsigned. Free `out`
// with `attest_buf_free`. Any thread.
attest_status attest_receipt_key_id(const attest_receipt_t *receipt,
                                    attest_buf *out,
                                    attest_error_t **err);

// The server's own opinion, as JSON, which nothing here believes; `data` is NULL where the receipt was not fetched. Free
// `out` with `attest_buf_free`. Any thread.
attest_status attest_receipt_server_verification(const attest_receipt_t *receipt,
                                                 attest_buf *out,
                                                 attest_error_t **err);

// What it says, signed by `key`: a new receipt. Free `out` with `attest_receipt_free`. Any thread.
attest_status attest_receipt_sign(const attest_receipt_t *receipt,
                                  const attest_signing_key_t *key,
                                  attest_receipt_t **out,
                                  attest_error_t **err);

// The receipt as SLSA provenance in a DSSE envelope, or that in a sigstore bundle: one line, its line break included.
// `key` must be the one that signed the receipt. `options` is a JSON object: `subjects`, a list of paths of the folder
// `workspace`; `builder_id`, a URI; `format`, `intoto` or `sigstore`. Reads files, and may take long. Free `out` with
// `attest_buf_free`. Any thread.
attest_status attest_receipt_to_dsse(const attest_receipt_t *receipt,
                                     attest_slice workspace,
                                     const attest_signing_key_t *key,
                                     attest_slice options,
                                     attest_buf *out,
                                     attest_error_t **err);

// Derives the receipt's hashes again from the files in the folder `workspace`, and from `pipeline`, the text of the pipeline
// that ran, or, where that is empty, `workspace/attest.yaml`: `{"status": "match" | "mismatch" | "failed", "detail": …}` as
// JSON. What is wrong with the files is an answer. It judges no signature. Reads files, and may take long; `cancel` ends
// it. Free `out` with `attest_buf_free`. Any thread.
attest_status attest_receipt_recompute(const attest_receipt_t *receipt,
                                       attest_slice workspace,
                                       attest_slice pipeline,
                                       const attest_cancel_t *cancel,
                                       attest_buf *out,
                                       attest_error_t **err);

// Releases a receipt. NULL is legal.
void attest_receipt_free(attest_receipt_t *receipt);

// A new Ed25519 key from the system's randomness. Free `out` with `attest_signing_key_free`. Any thread.
attest_status attest_signing_key_generate(attest_signing_key_t **out, attest_error_t **err);

// Reads PKCS#8 PEM. No error shows any of it. Free `out` with `attest_signing_key_free`. Any thread.
attest_status attest_signing_key_from_pem(attest_slice pem, attest_signing_key_t **out, attest_error_t **err);

// PKCS#8 PEM: the secret itself. Release `out` with `attest_buf_wipe`. Any thread.
attest_status attest_signing_key_to_pem(const attest_signing_key_t *key, attest_buf *out, attest_error_t **err);

// `ed25519:<hex>`, its public half. Free `out` with `attest_buf_free`. Any thread.
attest_status attest_signing_key_public_key(const attest_signing_key_t *key, attest_buf *out, attest_error_t **err);

// 32 hex digits. Free `out` with `attest_buf_free`. Any thread.
attest_status attest_signing_key_key_id(const attest_signing_key_t *key, attest_buf *out, attest_error_t **err);

// Releases a key, and overwrites it. NULL is legal.
void attest_signing_key_free(attest_signing_key_t *key);

// A verifier of these options, a JSON object: `trusted_keys` (a list of `"ed25519:…"` or `{"public_key", "signer"}`; an
// empty one trusts nothing) or `trust_store` (a folder), `policies`, `expect` (`invocation_id`, `pipeline_hash`,
// `commit`, `artifacts`), `now` (RFC 3339), `trust_receipt_timestamp`. There is no policy that is not asked for. Free
// `out` with `attest_verifier_free`. Any thread.
attest_status attest_verifier_new(attest_slice options,
                                  attest_verifier_t **out,
                                  attest_error_t **err);

// Whether these bytes are a receipt, in JSON or YAML, that passes everything asked. Any thread.
attest_status attest_verifier_verify(const attest_verifier_t *verifier,
                                     attest_slice receipt,
                                     bool *out,
                                     attest_error_t **err);

// The verdict of `attest_verifier_verify` in full, as JSON: the same bytes in every language. A bad receipt is a verdict;
// `ATTEST_STATUS_RECEIPT_FORMAT` is for bytes about which nothing can be said. Free `out` with `attest_buf_free`. Any
// thread.
attest_status attest_verifier_report(const attest_verifier_t *verifier,
                                     attest_slice receipt,
                                     attest_buf *out,
                                     attest_error_t **err);

// As `attest_verifier_verify`, for a receipt that was read. Any thread.
attest_status attest_verifier_verify_receipt(const attest_verifier_t *verifier,
                                             const attest_receipt_t *receipt,
                                             bool *out,
                                             attest_error_t **err);

// As `attest_verifier_report`, for a receipt that was read. Free `out` with `attest_buf_free`. Any thread.
attest_status attest_verifier_report_receipt(const attest_verifier_t *verifier,
                                             const attest_receipt_t *receipt,
                                             attest_buf *out,
                                             attest_error_t **err);

// As `attest_verifier_verify`, held against `evidence`: what was found out beside the receipt, a JSON object of `recomputed`,
// the answer of `attest_receipt_recompute` for this very receipt, as it came, and `files`, an object that names files at hand,
// each with the digest of its content (`attest_digest`), all of which the receipt then has to attest. Both may be
// absent. It is believed. `ATTEST_STATUS_CONFIG` for evidence that cannot be used, by its member. Any thread.
attest_status attest_verifier_verify_with(const attest_verifier_t *verifier,
                                          attest_slice receipt,
                                          attest_slice evidence,
                                          bool *out,
                                          attest_error_t **err);

// As `attest_verifier_report`, held against `evidence`, which is that of `attest_verifier_verify_with`. Free `out` with
// `attest_buf_free`. Any thread.
attest_status attest_verifier_report_with(const attest_verifier_t *verifier,
                                          attest_slice receipt,
                                          attest_slice evidence,
                                          attest_buf *out,
                                          attest_error_t **err);

// As `attest_verifier_verify_with`, for a receipt that was read. Any thread.
attest_status attest_verifier_verify_receipt_with(const attest_verifier_t *verifier,
                                                  const attest_receipt_t *receipt,
                                                  attest_slice evidence,
                                                  bool *out,
                                                  attest_error_t **err);

// As `attest_verifier_report_with`, for a receipt that was read. Free `out` with `attest_buf_free`. Any thread.
attest_status attest_verifier_report_receipt_with(const attest_verifier_t *verifier,
                                                  const attest_receipt_t *receipt,
                                                  attest_slice evidence,
                                                  attest_buf *out,
                                                  attest_error_t **err);

// The verdicts on `count` receipts, JSON or YAML, on all cores: a JSON list in their order, of `{"report": …}` and, for bytes
// about which nothing can be said, `{"error": …}`. Each is what `attest_verifier_report` gives for it alone. Takes threads for
// the time of the call; `cancel` ends it between two receipts. Free `out` with `attest_buf_free`. Any thread.
attest_status attest_verifier_verify_batch(const attest_verifier_t *verifier,
                                           const attest_slice *receipts,
                                           size_t count,
                                           const attest_cancel_t *cancel,
                                           attest_buf *out,
                                           attest_error_t **err);

// Judges a receipt, and whether it attests the file at `path`, by its content, whatever it is called now; a link is followed.
// `out` is `{"valid", "digest", "attested", "report"}` as JSON: `valid` is true only if the receipt passes everything asked *and*
// attests the file, and `attested` lists `{"step", "path"}` of each output with this content. Reads the file, and may take
// long; `cancel` ends it. `ATTEST_STATUS_IO` for a directory, a FIFO, or a file that changes meanwhile. Free `out` with
// `attest_buf_free`. Any thread.
attest_status attest_verifier_verify_artifact(const attest_verifier_t *verifier,
                                              const attest_receipt_t *receipt,
                                              attest_slice path,
                                              const attest_cancel_t *cancel,
                                              attest_buf *out,
                                              attest_error_t **err);

// As `attest_verifier_verify_artifact`, for a file's content. Free `out` with `attest_buf_free`. Any thread.
attest_status attest_verifier_verify_artifact_bytes(const attest_verifier_t *verifier,
                                                    const attest_receipt_t *receipt,
                                                    attest_slice content,
                                                    attest_buf *out,
                                                    attest_error_t **err);

// Releases a verifier. NULL is legal.
void attest_verifier_free(attest_verifier_t *verifier);

// The input manifest of a step with the command `run`: `{"digest": "blake3:…", "text": "attest-manifest/v1\n…"}`.
// `declared` is a JSON list of paths relative to the folder `workspace`. Reads files, and may take long. Free `out` with
// `attest_buf_free`. Any thread.
attest_status attest_manifest_hash_inputs(attest_slice workspace,
                                          attest_slice run,
                                          attest_slice declared,
                                          attest_buf *out,
                                          attest_error_t **err);

// The output manifest of a step, as `attest_manifest_hash_inputs` gives it. Free `out` with `attest_buf_free`. Any thread.
attest_status attest_manifest_hash_outputs(attest_slice workspace,
                                           attest_slice declared,
                                           attest_buf *out,
                                           attest_error_t **err);

// `blake3:…` of bytes. Free `out` with `attest_buf_free`. Any thread.
attest_status attest_digest(attest_slice bytes, attest_buf *out, attest_error_t **err);

// Whether `signature`, the value of X-Attest-Signature, is that of the raw body `payload` by `secret`, compared in constant
// time. Anything that is no signature is false. Any thread.
bool attest_webhook_verify(attest_slice payload,
                           attest_slice signature,
                           attest_slice secret);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

// The text before the first NUL, as an argument; an empty slice for NULL.
static inline attest_slice attest_text(const char *text)
{
    attest_slice slice;
    slice.data = (const uint8_t *)text;
    slice.len = text == NULL ? 0 : strlen(text);
    return slice;
}

#endif // ATTEST_H
