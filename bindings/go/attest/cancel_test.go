package attest_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/attest-dev/go-sdk/attest"
)

// prompt is how soon a call that is called off has to return.
const prompt = 2 * time.Second

// within runs a call that is to return promptly once off has been called, and says how long that took.
func within(t *testing.T, what string, off func(), call <-chan error) error {
	t.Helper()
	began := time.Now()
	off()
	select {
	case err := <-call:
		t.Logf("%s returned %v after it was called off", what, time.Since(began))
		return err
	case <-time.After(prompt):
		t.Fatalf("%s has not returned %v after it was called off", what, prompt)
		return nil
	}
}

// holding is a server that reads requests and never answers. Each request that has come is sent on arrived, and each
// connection that has ended on closed.
type holding struct {
	url             string
	arrived, closed chan struct{}
}

func hold(t *testing.T) *holding {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	held := &holding{url: "http://" + listener.Addr().String(), arrived: make(chan struct{}, 4096), closed: make(chan struct{}, 4096)}
	var connections sync.WaitGroup
	spawn(&connections, func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			spawn(&connections, func() { held.serve(connection) })
		}
	})
	t.Cleanup(func() {
		listener.Close()
		connections.Wait()
	})
	return held
}

func (h *holding) serve(connection net.Conn) {
	defer connection.Close()
	reader := bufio.NewReader(connection)
	for {
		request, err := http.ReadRequest(reader)
		if err != nil {
			break
		}
		_, _ = io.Copy(io.Discard, request.Body)
		h.arrived <- struct{}{}
	}
	h.closed <- struct{}{}
}

// observed is the real server behind a proxy that tells of each request it has passed on and answered.
func observed(t *testing.T) (address string, answered <-chan string) {
	t.Helper()
	target, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	seen := make(chan string, 4096)
	forward := httputil.NewSingleHostReverseProxy(target)
	forward.ErrorLog = log.New(io.Discard, "", 0)
	proxy := httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, request *http.Request) {
		forward.ServeHTTP(answer, request)
		seen <- request.URL.Path
	}))
	t.Cleanup(proxy.Close)
	return proxy.URL, seen
}

func TestACancelledContextEndsABlockedWait(t *testing.T) {
	id := start(t, connect(t)).ID
	address, answered := observed(t)
	started, err := connectWith(t, &attest.ClientOptions{BaseURL: address, APIKey: server.Key}).Executions.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	<-answered
	ctx, cancel := context.WithCancelCause(t.Context())
	cause := errors.New("the user went away")
	done := make(chan error, 1)
	go func() {
		_, err := started.WaitForCompletion(ctx)
		done <- err
	}()
	<-answered // its first look: the execution is not over
	if err := within(t, "the wait", func() { cancel(cause) }, done); err != cause {
		t.Errorf("want the context's cause, got %v", err)
	}
}

func TestACancelledContextEndsAStreamThatHasNothingToGive(t *testing.T) {
	started := start(t, connect(t))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	first, done := make(chan struct{}), make(chan error, 1)
	go func() {
		var last error
		for line, err := range started.StreamLogs(ctx) {
			if last = err; line.Message == "started" {
				close(first)
			}
		}
		done <- last
	}()
	<-first
	if err := within(t, "the log stream", cancel, done); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestACancelledContextClosesTheConnection(t *testing.T) {
	held := hold(t)
	client := connectWith(t, &attest.ClientOptions{BaseURL: held.url, APIKey: "k"})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan error, 1)
	go func() {
		_, err := client.Cache.GetStats(ctx)
		done <- err
	}()
	<-held.arrived
	if err := within(t, "the call", cancel, done); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	select {
	case <-held.closed:
	case <-time.After(prompt):
		t.Errorf("the connection is still open %v later", prompt)
	}
}

func TestADeadlineEndsACall(t *testing.T) {
	held := hold(t)
	client := connectWith(t, &attest.ClientOptions{BaseURL: held.url, APIKey: "k"})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	began := time.Now()
	if _, err := client.Executions.Get(ctx, "exec_1"); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	if took := time.Since(began); took > prompt {
		t.Error(took)
	}
}

func TestNothingIsAskedForAContextThatHasEnded(t *testing.T) {
	held := hold(t)
	client := connectWith(t, &attest.ClientOptions{BaseURL: held.url, APIKey: "k"})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := client.Cache.GetStats(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	for _, err := range client.Pipelines.All(ctx) {
		if !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
	if len(held.arrived) != 0 {
		t.Error("a request was sent")
	}
}

// More calls than may be inside the library at a time: the rest wait for their turn, and give up with their context.
func TestCallsBeyondTheBoundWaitAndCanBeCancelled(t *testing.T) {
	const bound, calls = 256, 300
	held := hold(t)
	client := connectWith(t, &attest.ClientOptions{BaseURL: held.url, APIKey: "k"})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	results := make(chan error, calls)
	for range calls {
		go func() {
			_, err := client.Executions.Get(ctx, "exec_1")
			results <- err
		}()
	}
	for range bound {
		<-held.arrived
	}
	cancel()
	for range calls {
		select {
		case err := <-results:
			if !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
		case <-time.After(10 * time.Second):
			t.Fatal("a call has not ended")
		}
	}
	if more := len(held.arrived); more != 0 {
		t.Errorf("%d calls beyond the bound were made", more)
	}
}

// The token of a call must outlive its use by the context, whichever ends first.
func TestCallsAndTheirContextsEndInAnyOrder(t *testing.T) {
	client := connect(t)
	var calls sync.WaitGroup
	for i := range 64 {
		spawn(&calls, func() {
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i)*500*time.Microsecond)
			defer cancel()
			_, err := client.Cache.GetStats(ctx)
			if err != nil && !errors.Is(err, context.DeadlineExceeded) {
				t.Error(err)
			}
		})
	}
	calls.Wait()
}
