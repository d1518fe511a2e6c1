// Command verify_offline checks a receipt without any server, against a pinned key. After `make go`, in examples/go:
//
//	go run ./verify_offline receipt.json ed25519:<64 hex digits>
package main

import (
	"fmt"
	"log"
	"os"

	"github.com/attest-dev/go-sdk/attest"
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: verify_offline RECEIPT PUBLIC_KEY")
	}
	if err := verify(os.Args[1], os.Args[2]); err != nil {
		log.Fatal(err)
	}
}

func verify(file, key string) error {
	verifier, err := attest.NewVerifier(&attest.VerifierOptions{
		TrustedKeys: []attest.TrustedKey{{PublicKey: key}},
		// A receipt of a failed run is authentic too: the policy is what makes this a gate.
		Policies: []string{"require-success"},
	})
	if err != nil {
		return err
	}
	defer verifier.Close()
	receipt, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	report, err := verifier.ReportBytes(receipt)
	if err != nil {
		return err
	}
	for _, check := range report.Checks {
		fmt.Printf("%-12s %-8s %s\n", check.Name, check.Status, check.Detail)
	}
	if !report.Valid {
		return fmt.Errorf("the receipt in %s is refused", file)
	}
	fmt.Println("valid")
	return nil
}
