package attest_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/attest-dev/go-sdk/attest"
)

// expect checks an error by its sentinel, its type and a part of its text.
func expect(t testing.TB, err, kind error, part string) *attest.Error {
	t.Helper()
	var failed *attest.Error
	if !errors.Is(err, kind) || !errors.As(err, &failed) || !strings.Contains(err.Error(), part) {
		t.Fatalf("want %v with %q, got %v", kind, part, err)
	}
	return failed
}

func TestAnErrorHasWhatTheServerSaid(t *testing.T) {
	client := connect(t)
	_, err := client.Pipelines.Get(t.Context(), "pip_none")
	failed := expect(t, err, attest.ErrNotFound, "pip_none")
	if failed.Status != 404 || failed.RequestID == "" || failed.Attempts != 1 || failed.Retryable || failed.Kind != attest.KindResourceNotFound {
		t.Errorf("%+v", failed)
	}
	if errors.Is(err, attest.ErrConflict) {
		t.Error("it is of one kind")
	}

	_, err = client.Pipelines.Create(t.Context(), &attest.PipelineConfig{
		Name:   "x",
		Config: &attest.PipelineDefinition{Version: "0.1", Steps: []attest.Step{{Name: "a"}}},
	})
	failed = expect(t, err, attest.ErrValidation, "")
	if failed.Status != 400 || failed.Code != "VALIDATION_ERROR" || failed.Details["field"] == nil {
		t.Errorf("%+v", failed.Details)
	}

	_, err = connectWith(t, &attest.ClientOptions{BaseURL: server.URL, APIKey: "attest_key_bad"}).Cache.GetStats(t.Context())
	expect(t, err, attest.ErrAuthenticationFailed, "")
	if strings.Contains(err.Error(), "attest_key_bad") {
		t.Error("the key is shown:", err)
	}
}

func TestAnUnreachableServerIsAConnectionError(t *testing.T) {
	client := connectWith(t, &attest.ClientOptions{BaseURL: "http://127.0.0.1:1", APIKey: "k"})
	_, err := client.Executions.Get(t.Context(), "exec_1")
	if failed := expect(t, err, attest.ErrConnection, ""); !failed.Retryable || failed.Attempts < 1 {
		t.Errorf("%+v", failed)
	}
}

// sentinels by their names.
var sentinels = map[string]error{
	"ErrAuthenticationFailed": attest.ErrAuthenticationFailed,
	"ErrAuthorizationFailed":  attest.ErrAuthorizationFailed,
	"ErrValidation":           attest.ErrValidation,
	"ErrNotFound":             attest.ErrNotFound,
	"ErrConflict":             attest.ErrConflict,
	"ErrRateLimited":          attest.ErrRateLimited,
	"ErrServer":               attest.ErrServer,
	"ErrAPI":                  attest.ErrAPI,
	"ErrConnection":           attest.ErrConnection,
	"ErrTimeout":              attest.ErrTimeout,
	"ErrWaitTimeout":          attest.ErrWaitTimeout,
	"ErrCancelled":            attest.ErrCancelled,
	"ErrDecode":               attest.ErrDecode,
	"ErrConfig":               attest.ErrConfig,
	"ErrWebhookSignature":     attest.ErrWebhookSignature,
	"ErrReceiptFormat":        attest.ErrReceiptFormat,
	"ErrKeyFormat":            attest.ErrKeyFormat,
	"ErrIO":                   attest.ErrIO,
	"ErrClosed":               attest.ErrClosed,
	"ErrInternal":             attest.ErrInternal,
}

func TestAnErrorIsOfItsOwnKindAlone(t *testing.T) {
	for name, sentinel := range sentinels {
		kind := attest.Kind(strings.TrimPrefix(sentinel.Error(), "attest: "))
		err := error(&attest.Error{Kind: kind})
		for other, another := range sentinels {
			if errors.Is(err, another) != (name == other) {
				t.Errorf("%s and %s", name, other)
			}
		}
	}
}
