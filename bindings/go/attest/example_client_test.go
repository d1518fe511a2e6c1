package attest_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/attest-dev/go-sdk/attest"
)

func ExampleClient() {
	// With nil options all comes from the environment.
	client := attest.NewClient(&attest.ClientOptions{BaseURL: server.URL, APIKey: server.Key})
	defer client.Close()
	_, err := client.Executions.Get(context.Background(), "exec_unknown")
	fmt.Println(errors.Is(err, attest.ErrNotFound))
	// Output: true
}

func ExampleClientConfig() {
	connect := func(config attest.ClientConfig) error {
		client, err := attest.NewClientE(config)
		if err != nil {
			return err
		}
		return client.Close()
	}
	fmt.Println(connect(&attest.Config{BaseURL: "https://attest.example.com", APIKey: "attest_key_1"}))
	fmt.Println(connect(&attest.ClientOptions{BaseURL: "https://attest.example.com", Anonymous: true}))
	// Output:
	// <nil>
	// <nil>
}

func ExampleClientOptions() {
	options := attest.ClientOptions{
		BaseURL:        "https://attest.example.com",
		APIKey:         "attest_key_1",
		AttemptTimeout: 2 * time.Minute,
		Policies:       []string{"max-age-24h"},
	}
	fmt.Println(options) // shows no credential
	// Output: attest.ClientOptions{BaseURL: "https://attest.example.com", APIKey: "[withheld]", Token: "", Headers: map[], Proxy: "", TrustedKeys: [], Policies: ["max-age-24h"]}
}

func ExampleConfig() {
	// The specification's struct for two things: whom to talk to …
	client := attest.NewClient(&attest.Config{BaseURL: server.URL, APIKey: server.Key})
	defer client.Close()
	// … and what to run.
	pipeline, err := client.Pipelines.Create(context.Background(), &attest.PipelineConfig{
		Name:   "greeting",
		Config: &attest.Config{Version: "0.1", Steps: []attest.Step{{Name: "greet", Run: "echo hello"}}},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(pipeline.Name, pipeline.Version)
	// Output: greeting 1
}

func ExampleError() {
	client := connected()
	defer client.Close()
	_, err := client.Pipelines.Create(context.Background(), &attest.PipelineConfig{Name: "empty"})
	var failure *attest.Error
	if errors.As(err, &failure) {
		fmt.Println(failure.Kind, failure.Status, failure.Retryable)
	}
	// Output: validation_error 400 false
}

func ExampleKind() {
	_, err := attest.ParseReceipt([]byte("}"))
	var failure *attest.Error
	fmt.Println(errors.As(err, &failure) && failure.Kind == attest.KindReceiptFormat)
	fmt.Println(errors.Is(err, attest.ErrReceiptFormat)) // the same question
	// Output:
	// true
	// true
}

func ExampleCache() {
	client := connected()
	defer client.Close()
	stats, err := client.Cache.GetStats(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(stats.HitRate >= 0)
	// Output: true
}

func ExampleCacheStats() {
	stats := attest.CacheStats{TotalEntries: 40, HitRate: 0.75}
	fmt.Printf("%d objects, %.0f %% hits\n", stats.TotalEntries, 100*stats.HitRate)
	// Output: 40 objects, 75 % hits
}

func ExampleCacheBackend() {
	stats := attest.CacheStats{Backends: map[string]attest.CacheBackend{"local": {Entries: 40}}}
	for tier, backend := range stats.Backends {
		fmt.Println(tier, backend.Entries)
	}
	// Output: local 40
}

func ExamplePipelineConfig() {
	client := connected()
	defer client.Close()
	pipeline, err := client.Pipelines.Create(context.Background(), &attest.PipelineConfig{
		Name:        "greeting",
		Description: "Greets whoever reads its log",
		Config:      &attest.PipelineDefinition{Version: "0.1", Steps: []attest.Step{{Name: "greet", Run: "echo hello"}}},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(pipeline.Description)
	// Output: Greets whoever reads its log
}

func ExampleDefinition() {
	steps := []attest.Step{{Name: "greet", Run: "echo hello"}}
	// Either of the two is what a pipeline runs.
	for _, definition := range []attest.Definition{
		&attest.PipelineDefinition{Version: "0.1", Steps: steps},
		&attest.Config{Version: "0.1", Steps: steps},
	} {
		fmt.Printf("%T\n", definition)
	}
	// Output:
	// *attest.PipelineDefinition
	// *attest.Config
}

func ExamplePipelineDefinition() {
	strict := true
	definition := &attest.PipelineDefinition{
		Version:      "0.1",
		StrictInputs: &strict, // a step sees what it declares, and nothing else
		Steps: []attest.Step{
			{Name: "build", Run: "make app", Inputs: []string{"src/"}, Outputs: []string{"app"}},
			{Name: "test", Run: "./app --check", Inputs: []string{"app"}, Needs: []string{"build"}},
		},
	}
	fmt.Println(len(definition.Steps))
	// Output: 2
}

func ExampleStep() {
	afresh := false
	step := attest.Step{
		Name:        "test",
		Run:         "make test",
		Inputs:      []string{"src/", "*.mk"},
		TimeoutSecs: 600,
		Cache:       &afresh, // runs each time
	}
	fmt.Println(step.Name, step.Needs)
	// Output: test []
}

func ExamplePipeline() {
	client := connected()
	defer client.Close()
	pipeline := created(client, "greeting", "echo hello")
	execution, err := pipeline.Execute(context.Background(), nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(execution.PipelineID == pipeline.ID)
	// Output: true
}

func ExamplePipelineStatus() {
	client := connected()
	defer client.Close()
	pipeline := created(client, "greeting", "echo hello")
	fmt.Println(pipeline.Status == attest.PipelineActive)
	// Output: true
}

func ExamplePipelines() {
	client := connected()
	defer client.Close()
	created(client, "one of many", "echo hello")
	for pipeline, err := range client.Pipelines.All(context.Background()) {
		if err != nil {
			log.Fatal(err)
		}
		if pipeline.Name == "one of many" {
			fmt.Println(pipeline.Name)
			break
		}
	}
	// Output: one of many
}

func ExamplePipelineQuery() {
	client := connected()
	defer client.Close()
	created(client, "nightly", "echo hello")
	query := &attest.PipelineQuery{Name: "nightly", Status: attest.PipelineActive, Limit: 1}
	page, err := client.Pipelines.List(context.Background(), query)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(page.Pipelines[0].Name)
	// Output: nightly
}

func ExamplePipelinePage() {
	client := connected()
	defer client.Close()
	query := &attest.PipelineQuery{Name: "never created"}
	page, err := client.Pipelines.List(context.Background(), query)
	if err != nil {
		log.Fatal(err)
	}
	// Of a further page, query.Cursor would be page.NextCursor.
	fmt.Println(len(page.Pipelines), page.Total, page.HasMore)
	// Output: 0 0 false
}
