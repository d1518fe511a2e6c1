package attest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/attest-dev/go-sdk/attest"
)

// answering is a client of a server that gives this answer to everything.
func answering(t *testing.T, status int, headers map[string]string, body string) *attest.Client {
	t.Helper()
	fake := httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, _ *http.Request) {
		answer.Header().Set("Content-Type", "application/json")
		for name, value := range headers {
			answer.Header().Set(name, value)
		}
		answer.WriteHeader(status)
		_, _ = io.WriteString(answer, body)
	}))
	t.Cleanup(fake.Close)
	return connectWith(t, &attest.ClientOptions{BaseURL: fake.URL, APIKey: "k"})
}

func TestWhatIsUnknownIsKeptAsItWasSent(t *testing.T) {
	client := answering(t, 200, nil, `{
		"id": "exec_1", "pipeline_id": "pip_1", "status": "hibernating", "exit_code": null, "new_field": {"a": 1},
		"steps": [{"name": "a", "status": "dreaming", "cache_hit": true, "other": []}]
	}`)
	execution, err := client.Executions.Get(t.Context(), "exec_1")
	if err != nil {
		t.Fatal(err)
	}
	if execution.Status != "hibernating" || execution.Status.Terminal() || execution.Steps[0].Status != "dreaming" || execution.ExitCode != nil {
		t.Errorf("%+v", execution)
	}
}

func TestAnAnswerThatIsNotTheContractsIsADecodeError(t *testing.T) {
	_, err := answering(t, 200, nil, `{"id": 7}`).Executions.Get(t.Context(), "exec_1")
	expect(t, err, attest.ErrDecode, "")
}

func TestAnExceededRateLimitSaysWhenToAskAgain(t *testing.T) {
	// Longer than any retry waits: the error comes back at once.
	client := answering(t, 429, map[string]string{"Retry-After": "3600"},
		`{"error": {"code": "RATE_LIMIT_EXCEEDED", "message": "slow down", "details": {"limit": 9007199254740993}, "request_id": "req_1"}}`)
	began := time.Now()
	_, err := client.Pipelines.Execute(t.Context(), "pip_1", nil)
	failed := expect(t, err, attest.ErrRateLimited, "slow down")
	if failed.Code != "RATE_LIMIT_EXCEEDED" || failed.RequestID != "req_1" || failed.Details["limit"] != json.Number("9007199254740993") || !failed.Retryable {
		t.Errorf("%+v", failed)
	}
	if failed.RetryAfter != time.Hour {
		t.Error(failed.RetryAfter)
	}
	if until := failed.ResetAt.Sub(began); until < 3599*time.Second || until > 3602*time.Second {
		t.Error(until)
	}
}
