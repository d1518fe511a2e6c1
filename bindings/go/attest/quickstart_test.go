package attest_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/attest-dev/go-sdk/attest"
)

func TestThePipelineOfTheSpecificationRunsAndItsReceiptVerifies(t *testing.T) {
	client := attest.NewClient(&attest.Config{APIKey: server.Key, BaseURL: server.URL})
	defer client.Close()
	ctx := context.Background()

	pipeline, err := client.Pipelines.Create(ctx, &attest.PipelineConfig{
		Name: "go-app",
		Config: &attest.Config{
			Version: "0.1",
			Steps: []attest.Step{
				{Name: "test", Run: "cp in.txt tested", Inputs: []string{"*.txt"}, Outputs: []string{"tested"}},
				{Name: "build", Run: "cat tested > app", Inputs: []string{"tested"}, Outputs: []string{"app"}, Needs: []string{"test"}},
			},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	execution, err := pipeline.Execute(ctx, &attest.ExecuteOptions{
		Environment: "production",
		Variables:   map[string]string{"CGO_ENABLED": "0"},
		Sign:        true,
		Verify:      true,
	})
	if err != nil {
		t.Fatal(err)
	}
	result, err := execution.WaitForCompletion(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if result.Status != attest.ExecutionCompleted || result.Environment != "production" || len(result.Steps) != 2 {
		t.Fatalf("%+v", result)
	}
	if err := result.Err(); err != nil {
		t.Fatal(err)
	}
	receipt, err := execution.GetReceipt(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if valid, err := receipt.Verify(ctx); err != nil || !valid {
		t.Fatal(valid, err)
	}
}

func TestForgettingAFieldNeverTurnsSigningOff(t *testing.T) {
	client := connect(t)
	for name, options := range map[string]*attest.ExecuteOptions{
		"nil":         nil,
		"environment": {Environment: "x"},
		"unsigned":    {NoSign: true, NoCache: true},
	} {
		over := execute(t, client, "true", options)
		receipt, err := over.GetReceipt(t.Context())
		if err != nil {
			t.Fatal(name, err)
		}
		id, err := receipt.KeyID()
		if err != nil {
			t.Fatal(name, err)
		}
		if signed := id != ""; signed != (name != "unsigned") {
			t.Errorf("%s: signed is %v", name, signed)
		}
		valid, err := receipt.Verify(t.Context())
		if err != nil || valid != (name != "unsigned") {
			t.Errorf("%s: valid is %v, %v", name, valid, err)
		}
	}
	_, err := create(t, client, "true").Execute(t.Context(), &attest.ExecuteOptions{Sign: true, NoSign: true})
	expect(t, err, attest.ErrValidation, "Sign and NoSign are both set")
}

func TestAFailedRunsReceiptIsAuthenticAndNotValid(t *testing.T) {
	client := connect(t)
	over := execute(t, client, "echo no; exit 3", nil)
	if over.Status != attest.ExecutionFailed || over.ExitCode == nil || *over.ExitCode != 3 || over.Failure == nil {
		t.Fatalf("%+v", over)
	}
	expect(t, over.Err(), attest.ErrAPI, over.ID)

	receipt, err := over.GetReceipt(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if valid, err := receipt.Verify(t.Context()); err != nil || valid {
		t.Fatal(valid, err)
	}
	report, err := receipt.Report()
	if err != nil {
		t.Fatal(err)
	}
	if report.Valid || !report.SignatureVerification.Valid || !report.SignatureVerification.Trusted {
		t.Errorf("%s", report.JSON())
	}
	if v := report.PolicyCompliance.Violations; len(v) != 1 || v[0].Policy != "require-success" {
		t.Errorf("%+v", v)
	}
	if report.TrustMaterial.State != "fetched_from_server" || report.Execution.Outcome != "failure" {
		t.Errorf("%s", report.JSON())
	}
	allowed, err := over.GetReceiptWith(t.Context(), &attest.ReceiptOptions{AllowFailed: true})
	if err != nil {
		t.Fatal(err)
	}
	if valid, err := allowed.Verify(t.Context()); err != nil || !valid {
		t.Error(valid, err)
	}
	opinion, err := receipt.ServerVerification()
	if err != nil || opinion == nil || opinion.ChainOfTrust != "verified" {
		t.Errorf("%+v %v", opinion, err)
	}
}

func TestLogsComeLineByLineAndCanBeFiltered(t *testing.T) {
	client := connect(t)
	started, err := create(t, client, "echo one; echo two >&2; echo three").Execute(t.Context(), &attest.ExecuteOptions{NoCache: true})
	if err != nil {
		t.Fatal(err)
	}
	lines := func(filter *attest.LogFilter) (lines []string) {
		for line, err := range started.StreamLogsWith(t.Context(), filter) {
			if err != nil {
				t.Fatal(err)
			}
			if line.Step != "only" || line.Timestamp.IsZero() || line.Seq == 0 {
				t.Errorf("%+v", line)
			}
			lines = append(lines, line.Message)
		}
		slices.Sort(lines)
		return lines
	}
	if all := lines(nil); !slices.Equal(all, []string{"one", "three", "two"}) {
		t.Error(all)
	}
	if errors := lines(&attest.LogFilter{Stream: attest.Stderr}); !slices.Equal(errors, []string{"two"}) {
		t.Error(errors)
	}
	for range started.StreamLogs(t.Context()) {
		break // the stream is freed: see nothingIsLeft
	}
}

func TestEachEventComesOnceAndInOrder(t *testing.T) {
	client := connect(t)
	started, err := create(t, client, "true").Execute(t.Context(), &attest.ExecuteOptions{NoCache: true})
	if err != nil {
		t.Fatal(err)
	}
	var seen []string
	for event, err := range started.Events(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		switch event.Event {
		case attest.EventStatusChanged:
			seen = append(seen, string(event.Status))
		default:
			seen = append(seen, string(event.Event)+" "+event.Step.Name)
		}
	}
	if text := strings.Join(seen, ", "); !strings.HasSuffix(text, "step_started only, step_completed only, completed") {
		t.Error(text)
	}
}

func TestPipelinesAreListedPageByPageEachOnce(t *testing.T) {
	client := connect(t)
	made := map[string]bool{}
	for range 5 {
		made[create(t, client, "true").ID] = true
	}
	found := 0
	for pipeline, err := range client.Pipelines.AllWith(t.Context(), &attest.PipelineQuery{Name: t.Name(), Limit: 2}) {
		if err != nil {
			t.Fatal(err)
		}
		if !made[pipeline.ID] || pipeline.Status != attest.PipelineActive || pipeline.CreatedAt == nil {
			t.Errorf("%+v", pipeline)
		}
		found++
	}
	if found != len(made) {
		t.Errorf("%d of %d", found, len(made))
	}
	for range client.Pipelines.All(t.Context()) {
		found--
		if found == 0 {
			break
		}
	}
	page, err := client.Pipelines.List(t.Context(), &attest.PipelineQuery{Name: t.Name(), Limit: 2})
	if err != nil || len(page.Pipelines) != 2 || page.Total != 5 || !page.HasMore {
		t.Fatalf("%+v %v", page, err)
	}
	again, err := client.Pipelines.Get(t.Context(), page.Pipelines[0].ID)
	if err != nil || again.Config == nil || again.Config.Steps[0].Run != "true" {
		t.Fatalf("%+v %v", again, err)
	}
	if _, err := again.Execute(t.Context(), nil); err != nil {
		t.Error(err)
	}
}

func TestCacheStatistics(t *testing.T) {
	stats, err := connect(t).Cache.GetStats(t.Context())
	if err != nil || stats.HitRate < 0 || stats.HitRate > 1 || len(stats.Backends) == 0 {
		t.Fatalf("%+v %v", stats, err)
	}
}

func TestCancelEndsAnExecution(t *testing.T) {
	client := connect(t)
	started := start(t, client)
	if _, err := started.Cancel(t.Context()); err != nil {
		t.Fatal(err)
	}
	over, err := started.WaitForCompletion(t.Context())
	if err != nil || over.Status != attest.ExecutionCancelled || !over.Status.Terminal() {
		t.Fatalf("%+v %v", over, err)
	}
	same, err := started.Refresh(t.Context())
	if err != nil || same.Status != over.Status {
		t.Fatalf("%+v %v", same, err)
	}
	if started.Status.Terminal() {
		t.Error("a value that was returned is never changed")
	}
}

func TestAWaitThatIsTooShortHoldsTheExecutionAsItWasLastSeen(t *testing.T) {
	client := connect(t)
	started := start(t, client)
	_, err := started.WaitForCompletionWithin(t.Context(), 50*time.Millisecond)
	failed := expect(t, err, attest.ErrWaitTimeout, "")
	if failed.LastSeen == nil || failed.LastSeen.ID != started.ID {
		t.Fatalf("%+v", failed.LastSeen)
	}
	if _, err := failed.LastSeen.Refresh(t.Context()); err != nil {
		t.Error("it knows its client:", err)
	}
}
