package attest_test

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/attest-dev/go-sdk/attest"
	"github.com/attest-dev/go-sdk/internal/testserver"
)

// server is the one that all tests share.
var server *testserver.Server

// liveHandles is how many handles of the native library live; nil in a build without the tests' hooks.
var liveHandles func() int

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	for _, name := range []string{"ATTEST_BASE_URL", "ATTEST_API_KEY", "ATTEST_TOKEN"} {
		os.Unsetenv(name)
	}
	source, err := os.MkdirTemp("", "attest-go-source-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(source)
	if err := os.WriteFile(source+"/in.txt", []byte("input\n"), 0o644); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if server, err = testserver.Start(source); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := m.Run()
	server.Stop()
	if code == 0 {
		code = nothingIsLeft()
	}
	return code
}

// nothingIsLeft is 1 where a goroutine of this package or a handle of the library outlives the tests.
func nothingIsLeft() int {
	deadline := time.Now().Add(20 * time.Second)
	for {
		runtime.GC()
		goroutines, handles := ourGoroutines(), 0
		if liveHandles != nil {
			handles = liveHandles()
		}
		if goroutines == "" && handles == 0 {
			return 0
		}
		if time.Now().After(deadline) {
			fmt.Fprintf(os.Stderr, "FAIL: after all tests %d handles of the native library live, and these goroutines:\n%s\n", handles, goroutines)
			return 1
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// ourGoroutines are the goroutines that are inside this module, but for the one that asks.
func ourGoroutines() string {
	var all, ours strings.Builder
	_ = pprof.Lookup("goroutine").WriteTo(&all, 2)
	for _, one := range strings.Split(all.String(), "\n\n") {
		if strings.Contains(one, "github.com/attest-dev/go-sdk") && !strings.Contains(one, "TestMain") {
			ours.WriteString(one + "\n\n")
		}
	}
	return ours.String()
}

// spawn runs work beside the caller; the group waits for it.
func spawn(group *sync.WaitGroup, work func()) {
	group.Add(1)
	go func() {
		defer group.Done()
		work()
	}()
}

// connect is a client of the server, closed at the end of the test.
func connect(t testing.TB) *attest.Client {
	t.Helper()
	return connectWith(t, &attest.ClientOptions{BaseURL: server.URL, APIKey: server.Key})
}

func connectWith(t testing.TB, options attest.ClientConfig) *attest.Client {
	t.Helper()
	client, err := attest.NewClientE(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return client
}

// create makes a pipeline with one step.
func create(t testing.TB, client *attest.Client, command string) *attest.Pipeline {
	t.Helper()
	pipeline, err := client.Pipelines.Create(t.Context(), &attest.PipelineConfig{
		Name: t.Name(),
		Config: &attest.PipelineDefinition{
			Version: "0.1",
			Steps:   []attest.Step{{Name: "only", Run: command, Inputs: []string{"in.txt"}}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return pipeline
}

// execute runs a command to its end.
func execute(t testing.TB, client *attest.Client, command string, options *attest.ExecuteOptions) *attest.Execution {
	t.Helper()
	started, err := create(t, client, command).Execute(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	over, err := started.WaitForCompletion(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return over
}

// start starts a command that does not end by itself, and ends it with the test.
func start(t testing.TB, client *attest.Client) *attest.Execution {
	t.Helper()
	started, err := create(t, client, "echo started; sleep 600").Execute(t.Context(), &attest.ExecuteOptions{NoCache: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		other := attest.NewClient(&attest.Config{BaseURL: server.URL, APIKey: server.Key})
		defer other.Close()
		same, err := other.Executions.Get(context.Background(), started.ID)
		if err == nil {
			_, err = same.Cancel(context.Background())
		}
		if err != nil {
			t.Error(err)
		}
	})
	return started
}
