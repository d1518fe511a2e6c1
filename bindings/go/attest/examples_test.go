package attest_test

import (
	"bytes"
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"log"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/attest-dev/go-sdk/attest"
	"github.com/attest-dev/go-sdk/internal/testserver"
)

// What the examples of example_*_test.go share. Every one of them runs; those of a client against a real server.

// publicKey signed testdata/receipt.json. Its private half stands in RFC 8032: trust it nowhere.
const publicKey = "ed25519:d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"

// judging is a verifier that trusts that key, in the month after the receipt was made.
func judging(policies ...string) *attest.Verifier {
	verifier, err := attest.NewVerifier(&attest.VerifierOptions{
		TrustedKeys: []attest.TrustedKey{{PublicKey: publicKey, Signer: "ci-system@company.com"}},
		Policies:    policies,
		Now:         time.Date(2026, time.February, 1, 12, 0, 1, 0, time.UTC),
	})
	if err != nil {
		log.Fatal(err)
	}
	return verifier
}

// saved is a receipt that lies in a file.
func saved() *attest.Receipt {
	data, err := os.ReadFile("testdata/receipt.json")
	if err != nil {
		log.Fatal(err)
	}
	receipt, err := attest.ParseReceipt(data)
	if err != nil {
		log.Fatal(err)
	}
	return receipt
}

// verdict is what the verifier says of the receipt.
func verdict(policies ...string) *attest.Report {
	report, err := judging(policies...).Report(saved())
	if err != nil {
		log.Fatal(err)
	}
	return report
}

// connected is a client of the server of these tests.
func connected() *attest.Client {
	return attest.NewClient(&attest.ClientOptions{BaseURL: server.URL, APIKey: server.Key})
}

// created is a pipeline of one step.
func created(client *attest.Client, name, command string) *attest.Pipeline {
	pipeline, err := client.Pipelines.Create(context.Background(), &attest.PipelineConfig{
		Name: name,
		Config: &attest.PipelineDefinition{
			Version: "0.1",
			Steps:   []attest.Step{{Name: "greet", Run: command}},
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	return pipeline
}

// executed is an execution of that command that is over.
func executed(client *attest.Client, command string) *attest.Execution {
	ctx := context.Background()
	execution, err := created(client, "example", command).Execute(ctx, &attest.ExecuteOptions{NoCache: true})
	if err != nil {
		log.Fatal(err)
	}
	over, err := execution.WaitForCompletion(ctx)
	if err != nil {
		log.Fatal(err)
	}
	return over
}

func TestEveryPublicTypeHasAnExample(t *testing.T) {
	types, examples := map[string]bool{}, map[string]bool{}
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, declaration := range file.Decls {
			switch declared := declaration.(type) {
			case *ast.FuncDecl:
				if of, found := strings.CutPrefix(declared.Name.Name, "Example"); found {
					of, _, _ = strings.Cut(of, "_")
					examples[of] = true
				}
			case *ast.GenDecl:
				for _, spec := range declared.Specs {
					if spec, is := spec.(*ast.TypeSpec); is && spec.Name.IsExported() && !strings.HasSuffix(path, "_test.go") {
						types[spec.Name.Name] = true
					}
				}
			}
		}
	}
	if len(types) < 50 {
		t.Fatalf("only %d types were found", len(types))
	}
	for name := range types {
		if !examples[name] {
			t.Errorf("%s has no example: write func Example%s", name, name)
		}
	}
}

func TestTheReceiptOfTheExamplesIsTheOneOfTheCore(t *testing.T) {
	core := filepath.Join(testserver.Checkout(), "attest-core", "src", "docs", "receipt.json")
	if !bytes.Equal(read(t, "testdata/receipt.json"), read(t, core)) {
		t.Errorf("testdata/receipt.json is not %s", core)
	}
}
