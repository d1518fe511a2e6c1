/* Runs, their logs, events and receipts, and calls that are called off: on the server of ATTEST_BASE_URL. */
#include "attest_test_hooks.h"
#include "check.h"
#include <dirent.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const attest_slice NONE = {NULL, 0};

/* A pipeline of one step that runs `command`: its id, in `id`. */
static void pipeline(attest_client_t *client, const char *name, const char *command, char *id, size_t room)
{
    char body[512];
    attest_buf made, found;
    snprintf(body, sizeof body,
             "{\"name\": \"%s\", \"config\": {\"version\": \"0.1\", \"steps\": [{\"name\": \"only\", \"run\": \"%s\"}]}}", name,
             command);
    OK(attest_pipeline_create(client, attest_text(body), NULL, &made, &error));
    CHECK((size_t)snprintf(id, room, "%.*s", (int)member(&made, "id").len, (const char *)member(&made, "id").data) < room);
    OK(attest_pipeline_get(client, attest_text(id), NULL, &found, &error));
    CHECK(has(&found, command));
    attest_buf_free(&found);
    attest_buf_free(&made);
}

/* An execution of a pipeline: its id, in `id`. */
static void execute(attest_client_t *client, const char *pipeline_id, const char *body, char *id, size_t room)
{
    attest_buf made;
    OK(attest_pipeline_execute(client, attest_text(pipeline_id), attest_text(body), NULL, &made, &error));
    CHECK((size_t)snprintf(id, room, "%.*s", (int)member(&made, "id").len, (const char *)member(&made, "id").data) < room);
    attest_buf_free(&made);
}

static void a_run_is_followed_and_its_receipt_verified(attest_client_t *client)
{
    char of[128], id[128];
    attest_buf buf;
    attest_log_stream_t *log = NULL;
    attest_event_stream_t *events = NULL;
    attest_receipt_t *receipt = NULL;
    bool holds = false, said = false, began = false, ended = false;

    pipeline(client, "c-good", "echo said by the step", of, sizeof of);
    OK(attest_pipeline_list(client, attest_text("{\"name\": \"c-good\", \"limit\": 5}"), NULL, &buf, &error));
    CHECK(has(&buf, of) && has(&buf, "\"has_more\":false"));
    attest_buf_free(&buf);
    execute(client, of, "{\"environment\": \"staging\", \"variables\": {\"A\": \"1\"}}", id, sizeof id);

    OK(attest_execution_stream_logs(client, attest_text(id), attest_text("{}"), &log, &error));
    for (;;) {
        OK(attest_log_stream_next(log, NULL, &buf, &error));
        if (buf.data == NULL) {
            break;
        }
        said = said || has(&buf, "said by the step");
        attest_buf_free(&buf);
    }
    /* The end stays the end. */
    OK(attest_log_stream_next(log, NULL, &buf, &error));
    CHECK(said && buf.data == NULL);
    attest_log_stream_free(log);

    OK(attest_execution_events(client, attest_text(id), attest_text("queued"), &events, &error));
    for (;;) {
        OK(attest_event_stream_next(events, NULL, &buf, &error));
        if (buf.data == NULL) {
            break;
        }
        began = began || has(&buf, "\"event\":\"status_changed\"");
        ended = ended || has(&buf, "\"event\":\"step_completed\"");
        attest_buf_free(&buf);
    }
    CHECK(began && ended);
    attest_event_stream_free(events);

    OK(attest_execution_wait(client, attest_text(id), -1, NULL, &buf, &error));
    CHECK(has(&buf, "\"status\":\"completed\"") && has(&buf, "\"environment\":\"staging\""));
    attest_buf_free(&buf);
    OK(attest_execution_get_receipt(client, attest_text(id), false, NULL, &receipt, &error));
    OK(attest_receipt_verify(receipt, &holds, &error));
    CHECK(holds);
    OK(attest_receipt_report(receipt, &buf, &error));
    CHECK(has(&buf, "\"valid\":true") && has(&buf, "fetched_from_server"));
    attest_buf_free(&buf);
    OK(attest_receipt_server_verification(receipt, &buf, &error));
    CHECK(buf.data != NULL && buf.data[0] == '{');
    attest_buf_free(&buf);
    attest_receipt_free(receipt);

    OK(attest_cache_stats(client, NULL, &buf, &error));
    CHECK(has(&buf, "\"hit_rate\":"));
    attest_buf_free(&buf);
}

static void a_failed_run_is_authentic_and_does_not_verify(attest_client_t *client)
{
    char of[128], id[128];
    attest_buf buf;
    attest_receipt_t *receipt = NULL;
    bool holds = true;
    pipeline(client, "c-bad", "exit 3", of, sizeof of);
    execute(client, of, "{}", id, sizeof id);
    OK(attest_execution_wait(client, attest_text(id), 120000, NULL, &buf, &error));
    CHECK(has(&buf, "\"status\":\"failed\""));
    attest_buf_free(&buf);
    OK(attest_execution_get_receipt(client, attest_text(id), false, NULL, &receipt, &error));
    OK(attest_receipt_verify(receipt, &holds, &error));
    CHECK(!holds);
    attest_receipt_free(receipt);
    OK(attest_execution_get_receipt(client, attest_text(id), true, NULL, &receipt, &error));
    OK(attest_receipt_verify(receipt, &holds, &error));
    CHECK(holds);
    attest_receipt_free(receipt);
}

static void many_are_started_by_one_call(attest_client_t *client)
{
    char of[128], body[512];
    attest_buf buf;
    pipeline(client, "c-bulk", "true", of, sizeof of);
    snprintf(body, sizeof body, "[{\"pipeline_id\": \"pip_absent\"}, {\"pipeline_id\": \"%s\"}]", of);
    OK(attest_pipeline_bulk_execute(client, attest_text(body), NULL, &buf, &error));
    CHECK(has(&buf, "\"index\":0,\"error\":{\"kind\":\"resource_not_found\"") && has(&buf, "\"index\":1,\"execution\":{"));
    attest_buf_free(&buf);
}

static void refusals_have_their_kind(attest_client_t *client, const char *url)
{
    attest_buf buf;
    attest_client_t *stranger = NULL;
    char options[256];
    REFUSED(attest_pipeline_get(client, attest_text("pip_absent"), NULL, &buf, &error), ATTEST_STATUS_RESOURCE_NOT_FOUND,
            "pip_absent");
    CHECK(buf.data == NULL);
    snprintf(options, sizeof options, "{\"base_url\": \"%s\", \"api_key\": \"wrong\"}", url);
    OK(attest_client_new(attest_text(options), attest_text("attest-test/1"), &stranger, &error));
    REFUSED(attest_pipeline_list(stranger, attest_text("{}"), NULL, &buf, &error), ATTEST_STATUS_AUTHENTICATION_FAILED, "");
    attest_client_free(stranger);
}

/* The library's threads leave signals to the program: SIGPIPE, of a connection that breaks, would end it. */
static void signals_are_the_program_s(void)
{
    char path[300], line[256];
    int threads = 0;
    struct dirent *entry;
    DIR *tasks = opendir("/proc/self/task");
    CHECK(tasks != NULL);
    while ((entry = readdir(tasks)) != NULL) {
        unsigned long long blocked = 0;
        bool ours = false;
        FILE *from;
        snprintf(path, sizeof path, "/proc/self/task/%s/status", entry->d_name);
        from = fopen(path, "r");
        while (from != NULL && fgets(line, sizeof line, from) != NULL) {
            ours = ours || strcmp(line, "Name:\tattest\n") == 0;
            if (sscanf(line, "SigBlk: %llx", &blocked) == 1) {
                break;
            }
        }
        if (from != NULL) {
            fclose(from);
        }
        if (ours) {
            threads++;
            CHECK((blocked & (1ULL << (SIGPIPE - 1))) != 0 && (blocked & (1ULL << (SIGINT - 1))) != 0);
            /* A fault of the thread itself is not to be held back. */
            CHECK((blocked & (1ULL << (SIGSEGV - 1))) == 0);
        }
    }
    closedir(tasks);
    CHECK(threads >= 2);
}

/* A wait in a thread of its own. */
struct waiting {
    const attest_client_t *client;
    const attest_cancel_t *cancel;
    const char *id;
    volatile long thread;
    attest_status status;
    char kind[32];
};

static void *wait_for_ever(void *argument)
{
    struct waiting *waiting = (struct waiting *)argument;
    attest_error_t *why = NULL;
    attest_buf buf;
    waiting->thread = syscall(SYS_gettid);
    waiting->status = attest_execution_wait(waiting->client, attest_text(waiting->id), -1, waiting->cancel, &buf, &why);
    snprintf(waiting->kind, sizeof waiting->kind, "%s", (const char *)attest_error_kind(why).data);
    attest_error_free(why);
    attest_buf_free(&buf);
    return NULL;
}

/* Begins the wait and returns when its thread sleeps in it. */
static pthread_t blocked(struct waiting *waiting)
{
    pthread_t thread;
    char path[64], stat[512], state = 0;
    CHECK(pthread_create(&thread, NULL, wait_for_ever, waiting) == 0);
    while (waiting->thread == 0) {
        sched_yield();
    }
    snprintf(path, sizeof path, "/proc/self/task/%ld/stat", waiting->thread);
    while (state != 'S') {
        FILE *from = fopen(path, "r");
        CHECK(from != NULL && fgets(stat, sizeof stat, from) != NULL);
        fclose(from);
        state = strrchr(stat, ')')[2];
    }
    return thread;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void a_blocked_wait_can_be_called_off(attest_client_t *client, const char *options)
{
    char of[128], id[128];
    attest_buf buf;
    attest_client_t *other = NULL;
    attest_log_stream_t *log = NULL;
    attest_cancel_t *cancel = NULL, *clone = NULL;
    struct waiting waiting = {NULL, NULL, NULL, 0, ATTEST_STATUS_OK, ""};
    pthread_t thread;
    double start;

    pipeline(client, "c-long", "sleep 600", of, sizeof of);
    execute(client, of, "{}", id, sizeof id);
    waiting.client = client;
    waiting.id = id;

    /* By the time that the caller has. */
    CHECK(attest_execution_wait(client, attest_text(id), 50, NULL, &buf, &error) == ATTEST_STATUS_WAIT_TIMEOUT);
    CHECK(strstr((const char *)attest_error_json(error).data, "\"last_seen\":{\"id\":\"") != NULL);
    attest_error_free(error);

    /* By its token, from another thread, through another handle of it. */
    OK(attest_cancel_new(&cancel, &error));
    OK(attest_cancel_clone(cancel, &clone, &error));
    waiting.cancel = cancel;
    thread = blocked(&waiting);
    start = now();
    CHECK(!attest_cancel_is_triggered(cancel));
    attest_cancel_trigger(clone);
    attest_cancel_trigger(clone);
    pthread_join(thread, NULL);
    printf("online: a cancelled wait ended after %.3f s\n", now() - start);
    CHECK(now() - start < 2);
    CHECK(waiting.status == ATTEST_STATUS_CANCELLED && strcmp(waiting.kind, "cancelled") == 0);
    attest_cancel_free(clone);
    CHECK(attest_cancel_is_triggered(cancel));

    /* What was called off stays so; what has no token, or another, goes on. */
    OK(attest_execution_stream_logs(client, attest_text(id), attest_text("{}"), &log, &error));
    REFUSED(attest_log_stream_next(log, cancel, &buf, &error), ATTEST_STATUS_CANCELLED, "");
    REFUSED(attest_execution_get(client, attest_text(id), cancel, &buf, &error), ATTEST_STATUS_CANCELLED, "");
    attest_cancel_free(cancel);
    OK(attest_execution_get(client, attest_text(id), NULL, &buf, &error));
    attest_buf_free(&buf);

    /* By closing the client. */
    OK(attest_client_new(attest_text(options), NONE, &other, &error));
    waiting.client = other;
    waiting.cancel = NULL;
    waiting.thread = 0;
    thread = blocked(&waiting);
    start = now();
    OK(attest_client_close(other, &error));
    pthread_join(thread, NULL);
    printf("online: a wait on a closed client ended after %.3f s\n", now() - start);
    CHECK(now() - start < 2 && waiting.status == ATTEST_STATUS_CLOSED);
    OK(attest_client_close(other, &error));
    REFUSED(attest_execution_get(other, attest_text(id), NULL, &buf, &error), ATTEST_STATUS_CLOSED, "make a new one");
    attest_client_free(other);

    OK(attest_execution_cancel(client, attest_text(id), NULL, &buf, &error));
    attest_buf_free(&buf);
    OK(attest_execution_wait(client, attest_text(id), -1, NULL, &buf, &error));
    CHECK(has(&buf, "\"status\":\"cancelled\""));
    attest_buf_free(&buf);

    /* A stream holds its client, which is closed for it too. */
    OK(attest_client_close(client, &error));
    REFUSED(attest_log_stream_next(log, NULL, &buf, &error), ATTEST_STATUS_CLOSED, "");
    attest_log_stream_free(log);
}

static void a_child_makes_a_client_of_its_own(attest_client_t *client, const char *options)
{
    int status = 0;
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        attest_client_t *own = NULL;
        attest_buf buf;
        REFUSED(attest_pipeline_list(client, attest_text("{}"), NULL, &buf, &error), ATTEST_STATUS_CLOSED, "fork");
        OK(attest_digest(attest_text("pure"), &buf, &error));
        OK(attest_client_new(attest_text(options), NONE, &own, &error));
        OK(attest_pipeline_list(own, attest_text("{}"), NULL, &buf, &error));
        CHECK(has(&buf, "c-good"));
        _exit(7);
    }
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 7);
}

int main(void)
{
    const char *url = getenv("ATTEST_BASE_URL"), *key = getenv("ATTEST_API_KEY");
    char options[512];
    attest_client_t *client = NULL;
    CHECK(url != NULL && key != NULL);
    /* A wait that nothing ends is a failure, not a test that hangs. */
    alarm(120);
    /* From the environment. */
    OK(attest_client_new(attest_text("{}"), NONE, &client, &error));
    snprintf(options, sizeof options, "{\"base_url\": \"%s\", \"api_key\": \"%s\"}", url, key);

    a_run_is_followed_and_its_receipt_verified(client);
    a_failed_run_is_authentic_and_does_not_verify(client);
    many_are_started_by_one_call(client);
    refusals_have_their_kind(client, url);
    signals_are_the_program_s();
    a_child_makes_a_client_of_its_own(client, options);
    a_blocked_wait_can_be_called_off(client, options);

    attest_client_free(client);
    CHECK(attest_test_live_handles() == 0);
    puts("online: ok");
    return 0;
}
