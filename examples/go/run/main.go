// Command run runs a two-step pipeline on the server that ATTEST_BASE_URL and ATTEST_API_KEY name, and gates on its
// receipt. After `make go`, in examples/go:
//
//	go run ./run
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"os/signal"

	"github.com/attest-dev/go-sdk/attest"
)

func main() {
	// Ctrl-C ends the call that is under way.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	client := attest.NewClient(nil) // ATTEST_BASE_URL, ATTEST_API_KEY
	defer client.Close()

	pipeline, err := client.Pipelines.Create(ctx, &attest.PipelineConfig{
		Name: "greeting",
		Config: &attest.PipelineDefinition{
			Version: "0.1",
			Steps: []attest.Step{
				{Name: "greet", Run: "echo hello > greeting.txt", Outputs: []string{"greeting.txt"}},
				{Name: "test", Run: "grep hello greeting.txt", Inputs: []string{"greeting.txt"}, Needs: []string{"greet"}},
			},
		},
	})
	if err != nil {
		return err
	}
	execution, err := pipeline.Execute(ctx, nil)
	if err != nil {
		return err
	}
	fmt.Println("execution", execution.ID)
	for line, err := range execution.StreamLogs(ctx) {
		if err != nil {
			return err
		}
		fmt.Printf("[%s] %s\n", line.Step, line.Message)
	}
	if execution, err = execution.WaitForCompletion(ctx); err != nil {
		return err
	}

	// The verifier trusts the keys that the server publishes: good for a first run. To gate a release, pin a key with
	// attest.ClientOptions{TrustedKeys: attest.TrustOnly(…)}, so that nobody who can answer for the server can vouch for it.
	receipt, err := execution.GetReceipt(ctx)
	if err != nil {
		return err
	}
	valid, err := receipt.Verify(ctx)
	if err != nil {
		return err
	}
	if !valid {
		return fmt.Errorf("the receipt of %s does not hold", execution.ID)
	}
	document, err := receipt.ToJSON()
	if err != nil {
		return err
	}
	if err := os.WriteFile("receipt.json", document, 0o644); err != nil {
		return err
	}
	fmt.Println("verified; the receipt is in receipt.json")
	return nil
}
