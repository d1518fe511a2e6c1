// Command withoutcgo makes every call of the API that does not need another's result, and prints what each returns. The
// tests build it without cgo.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/attest-dev/go-sdk/attest"
)

func main() {
	ctx := context.Background()
	client := attest.NewClient(&attest.Config{BaseURL: "https://attest.example.com", APIKey: "k"})
	defer client.Close()
	failed := false
	for name, call := range map[string]func() error{
		"NewClientE":         func() error { _, err := attest.NewClientE(nil); return err },
		"Pipelines.Create":   func() error { _, err := client.Pipelines.Create(ctx, &attest.PipelineConfig{}); return err },
		"Pipelines.Get":      func() error { _, err := client.Pipelines.Get(ctx, "pip_1"); return err },
		"Pipelines.List":     func() error { _, err := client.Pipelines.List(ctx, nil); return err },
		"Pipelines.Execute":  func() error { _, err := client.Pipelines.Execute(ctx, "pip_1", nil); return err },
		"BulkExecute":        func() error { _, err := client.Pipelines.BulkExecute(ctx, nil); return err },
		"Executions.Get":     func() error { _, err := client.Executions.Get(ctx, "exec_1"); return err },
		"Cache.GetStats":     func() error { _, err := client.Cache.GetStats(ctx); return err },
		"CreateVerifier":     func() error { _, err := client.CreateVerifier(nil); return err },
		"ParseReceipt":       func() error { _, err := attest.ParseReceipt([]byte("{}")); return err },
		"NewVerifier":        func() error { _, err := attest.NewVerifier(&attest.VerifierOptions{}); return err },
		"GenerateSigningKey": func() error { _, err := attest.GenerateSigningKey(); return err },
		"ParseSigningKey":    func() error { _, err := attest.ParseSigningKey(nil); return err },
		"HashInputs":         func() error { _, err := attest.HashInputs(".", "make", nil); return err },
		"HashOutputs":        func() error { _, err := attest.HashOutputs(".", nil); return err },
		"DigestOf":           func() error { _, err := attest.DigestOf(nil); return err },
		"VerifyWebhook": func() error {
			if attest.VerifyWebhook(nil, "", "") {
				return errors.New("it is true")
			}
			return attest.ErrNoNative
		},
	} {
		err := call()
		fmt.Printf("%s: %v\n", name, err)
		failed = failed || !errors.Is(err, attest.ErrNoNative)
	}
	if failed {
		os.Exit(1)
	}
}
