package attest_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/attest-dev/go-sdk/attest"
)

func TestCloseEndsTheCallsUnderWayAndRefusesLaterOnes(t *testing.T) {
	held := hold(t)
	client := connectWith(t, &attest.ClientOptions{BaseURL: held.url, APIKey: "k"})
	done := make(chan error, 1)
	go func() {
		_, err := client.Cache.GetStats(t.Context())
		done <- err
	}()
	<-held.arrived
	err := within(t, "the call", func() { client.Close() }, done)
	expect(t, err, attest.ErrClosed, "make a new one")
	for range 2 {
		if err := client.Close(); err != nil {
			t.Error(err)
		}
		_, err = client.Executions.Get(t.Context(), "exec_1")
		expect(t, err, attest.ErrClosed, "make a new one")
	}
	for _, err := range client.Pipelines.All(t.Context()) {
		expect(t, err, attest.ErrClosed, "")
	}
}

func TestClosingWhileOthersCall(t *testing.T) {
	for range 20 {
		client := attest.NewClient(&attest.Config{BaseURL: server.URL, APIKey: server.Key})
		var all sync.WaitGroup
		for i := range 8 {
			spawn(&all, func() {
				if i%4 == 0 {
					client.Close()
					return
				}
				_, err := client.Cache.GetStats(t.Context())
				if err != nil && !errors.Is(err, attest.ErrClosed) {
					t.Error(err)
				}
			})
		}
		all.Wait()
	}
}

func TestAnExecutionOfAClosedClient(t *testing.T) {
	client := connect(t)
	over := execute(t, client, "true", nil)
	receipt, err := over.GetReceipt(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	client.Close()
	_, err = over.GetReceipt(t.Context())
	expect(t, err, attest.ErrClosed, "client is closed")
	for _, err := range over.StreamLogs(t.Context()) {
		expect(t, err, attest.ErrClosed, "client is closed")
	}
	// A receipt needs its client no longer.
	if valid, err := receipt.Verify(t.Context()); err != nil || !valid {
		t.Error(valid, err)
	}
}

func TestAClosedValueIsAnErrorAndNeverAPanic(t *testing.T) {
	key, verifier, receipt := offline(t)
	var all sync.WaitGroup
	for i := range 8 {
		spawn(&all, func() {
			for range 200 {
				_, err := verifier.VerifyReceipt(receipt)
				if err != nil && !errors.Is(err, attest.ErrClosed) {
					t.Error(err)
				}
			}
			if i%2 == 0 {
				receipt.Close()
				verifier.Close()
				key.Close()
			}
		})
	}
	all.Wait()
	_, err := receipt.ToJSON()
	expect(t, err, attest.ErrClosed, "the receipt is closed")
	_, err = verifier.VerifyBytes(nil)
	expect(t, err, attest.ErrClosed, "the verifier is closed")
	_, err = key.ToPEM()
	expect(t, err, attest.ErrClosed, "the signing key is closed")
}

func TestNilAndZeroValuesAreErrorsThatSayWhatToDo(t *testing.T) {
	ctx := t.Context()
	var (
		client     *attest.Client
		pipelines  *attest.Pipelines
		pipeline   *attest.Pipeline
		executions *attest.Executions
		execution  *attest.Execution
		cache      *attest.Cache
		receipt    *attest.Receipt
		verifier   *attest.Verifier
		key        *attest.SigningKey
	)
	if client.Close() != nil || receipt.Close() != nil || verifier.Close() != nil || key.Close() != nil {
		t.Error("closing nothing is harmless")
	}
	goodKey, goodVerifier, goodReceipt := offline(t)
	errs := map[string]func() error{
		"create":           func() error { _, err := pipelines.Create(ctx, nil); return err },
		"get":              func() error { _, err := pipelines.Get(ctx, "x"); return err },
		"list":             func() error { _, err := pipelines.List(ctx, nil); return err },
		"execute":          func() error { _, err := pipelines.Execute(ctx, "x", nil); return err },
		"bulk":             func() error { _, err := pipelines.BulkExecute(ctx, nil); return err },
		"pipeline":         func() error { _, err := pipeline.Execute(ctx, nil); return err },
		"zero pipeline":    func() error { _, err := (&attest.Pipeline{ID: "x"}).Execute(ctx, nil); return err },
		"executions":       func() error { _, err := executions.Get(ctx, "x"); return err },
		"refresh":          func() error { _, err := execution.Refresh(ctx); return err },
		"wait":             func() error { _, err := execution.WaitForCompletion(ctx); return err },
		"zero execution":   func() error { _, err := (&attest.Execution{ID: "x"}).WaitForCompletion(ctx); return err },
		"receipt of":       func() error { _, err := execution.GetReceipt(ctx); return err },
		"err":              func() error { return execution.Err() },
		"cache":            func() error { _, err := cache.GetStats(ctx); return err },
		"create verifier":  func() error { _, err := client.CreateVerifier(nil); return err },
		"zero client":      func() error { _, err := (&attest.Client{}).Pipelines.Get(ctx, "x"); return err },
		"verify":           func() error { _, err := receipt.Verify(ctx); return err },
		"zero receipt":     func() error { _, err := (&attest.Receipt{}).Report(); return err },
		"verifier":         func() error { _, err := verifier.VerifyReceipt(goodReceipt); return err },
		"nil receipt":      func() error { _, err := goodVerifier.VerifyReceipt(receipt); return err },
		"report":           func() error { _, err := goodVerifier.Report(receipt); return err },
		"nil key":          func() error { _, err := goodReceipt.Sign(key); return err },
		"sign nothing":     func() error { _, err := receipt.Sign(goodKey); return err },
		"public key":       func() error { _, err := key.PublicKey(); return err },
		"verifier options": func() error { _, err := attest.NewVerifier(nil); return err },
	}
	for name, call := range errs {
		if err := call(); !errors.Is(err, attest.ErrConfig) {
			t.Errorf("%s: %v", name, err)
		} else {
			t.Logf("%s: %v", name, err)
		}
	}
	for _, err := range execution.Events(ctx) {
		expect(t, err, attest.ErrConfig, "")
	}
	if (*attest.Report)(nil).JSON() != nil || (*attest.Error)(nil).Error() == "" || client.String() == "" {
		t.Error("nil values can be printed")
	}
}
