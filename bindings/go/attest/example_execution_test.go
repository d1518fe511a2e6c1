package attest_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/attest-dev/go-sdk/attest"
)

func ExampleExecution() {
	client := connected()
	defer client.Close()
	ctx := context.Background()
	execution, err := created(client, "greeting", "echo hello").Execute(ctx, nil)
	if err != nil {
		log.Fatal(err)
	}
	over, err := execution.WaitForCompletionWithin(ctx, 5*time.Minute)
	if errors.Is(err, attest.ErrWaitTimeout) {
		over, err = execution.Cancel(ctx)
	}
	if err != nil {
		log.Fatal(err)
	}
	receipt, err := over.GetReceipt(ctx)
	if err != nil {
		log.Fatal(err)
	}
	defer receipt.Close()
	valid, err := receipt.Verify(ctx)
	fmt.Println(over.Status, valid, err)
	// Output: completed true <nil>
}

func ExampleExecutions() {
	client := connected()
	defer client.Close()
	id := executed(client, "echo hello").ID // kept from earlier
	execution, err := client.Executions.Get(context.Background(), id)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(execution.Err()) // an error where it did not complete
	// Output: <nil>
}

func ExampleExecutionStatus() {
	for _, status := range []attest.ExecutionStatus{attest.ExecutionRunning, attest.ExecutionFailed, "of a newer server"} {
		fmt.Println(status, status.Terminal())
	}
	// Output:
	// running false
	// failed true
	// of a newer server false
}

func ExampleExecutionStep() {
	client := connected()
	defer client.Close()
	for _, step := range executed(client, "exit 3").Steps {
		fmt.Println(step.Name, step.Status, *step.ExitCode, step.CacheHit)
	}
	// Output: greet failed 3 false
}

func ExampleStepStatus() {
	wentWrong := map[attest.StepStatus]bool{attest.StepFailed: true, attest.StepTimedOut: true}
	fmt.Println(wentWrong[attest.StepTimedOut], wentWrong[attest.StepSkipped])
	// Output: true false
}

func ExampleFailure() {
	client := connected()
	defer client.Close()
	if failure := executed(client, "exit 3").Failure; failure != nil {
		fmt.Println(failure.Step, failure.Reason)
	}
	// Output: greet exit_code
}

func ExampleExecuteOptions() {
	client := connected()
	defer client.Close()
	pipeline := created(client, "greeting", "echo hello")
	execution, err := pipeline.Execute(context.Background(), &attest.ExecuteOptions{
		Environment: "staging",
		Variables:   map[string]string{"VERSION": "1.4.0"}, // attested and public: never secrets
		NoCache:     true,
	})
	if err != nil {
		log.Fatal(err)
	}
	over, err := execution.WaitForCompletion(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(over.Environment, over.Steps[0].CacheHit)
	// Output: staging false
}

func ExampleSourceInfo() {
	clean := false
	options := attest.ExecuteOptions{SourceInfo: &attest.SourceInfo{
		Repository:   "https://example.com/hello.git",
		Commit:       "5be1c9f8a0d4e7b2c3f6a19885d0e4b7c2a3f6d1",
		TrackedDirty: &clean,
	}}
	fmt.Println(options.SourceInfo.Commit[:7])
	// Output: 5be1c9f
}

func ExampleReceiptOptions() {
	client := connected()
	defer client.Close()
	ctx := context.Background()
	// For an archive of red runs as well: authentic is enough.
	receipt, err := executed(client, "exit 3").GetReceiptWith(ctx, &attest.ReceiptOptions{AllowFailed: true})
	if err != nil {
		log.Fatal(err)
	}
	defer receipt.Close()
	report, err := receipt.Report()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(report.Valid, report.Execution.Outcome)
	// Output: true failure
}

func ExampleServerVerification() {
	client := connected()
	defer client.Close()
	receipt, err := executed(client, "echo hello").GetReceipt(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	defer receipt.Close()
	opinion, err := receipt.ServerVerification()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(opinion.ChainOfTrust) // to show beside one's own verdict, never in its place
	// Output: verified
}

func ExampleLogEntry() {
	client := connected()
	defer client.Close()
	execution := executed(client, "echo hello; echo oh no >&2")
	for line, err := range execution.StreamLogsWith(context.Background(), &attest.LogFilter{Stream: attest.Stdout}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("[%s] %q\n", line.Step, line.Message)
	}
	// Output: [greet] "hello"
}

func ExampleLogFilter() {
	filter := &attest.LogFilter{Step: "test", Level: attest.LogError}
	// A listener that comes back goes on after the last line that it has.
	last := attest.LogEntry{Seq: 41}
	filter.After = last.Seq
	fmt.Println(filter.After)
	// Output: 41
}

func ExampleLogLevel() {
	line := attest.LogEntry{Level: attest.LogWarning}
	fmt.Println(line.Level, line.Level == attest.LogInfo)
	// Output: warning false
}

func ExampleLogStream() {
	line := attest.LogEntry{Stream: attest.Stderr}
	fmt.Println(line.Stream)
	// Output: stderr
}

func ExampleExecutionEvent() {
	client := connected()
	defer client.Close()
	ctx := context.Background()
	execution, err := created(client, "greeting", "echo hello").Execute(ctx, nil)
	if err != nil {
		log.Fatal(err)
	}
	for event, err := range execution.Events(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		if event.Event == attest.EventStepCompleted {
			fmt.Println(event.Step.Name, event.Step.Status)
		}
	}
	// Output: greet completed
}

func ExampleEventType() {
	event := attest.ExecutionEvent{Event: attest.EventStatusChanged, Status: attest.ExecutionRunning}
	switch event.Event {
	case attest.EventStatusChanged:
		fmt.Println("it is", event.Status)
	case attest.EventStepStarted, attest.EventStepCompleted:
		fmt.Println(event.Step.Name)
	}
	// Output: it is running
}

func ExampleBulkItem() {
	client := connected()
	defer client.Close()
	items := []attest.BulkItem{
		{PipelineID: created(client, "greeting", "echo hello").ID},
		{PipelineID: created(client, "farewell", "echo bye").ID, ExecuteOptions: attest.ExecuteOptions{NoCache: true}},
	}
	results, err := client.Pipelines.BulkExecute(context.Background(), items)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(results))
	// Output: 2
}

func ExampleBulkResult() {
	client := connected()
	defer client.Close()
	results, err := client.Pipelines.BulkExecute(context.Background(), []attest.BulkItem{{PipelineID: "pip_unknown"}})
	if err != nil {
		log.Fatal(err) // the call as a whole
	}
	for _, one := range results {
		fmt.Println(one.Index, errors.Is(one.Error, attest.ErrNotFound))
	}
	// Output: 0 true
}
