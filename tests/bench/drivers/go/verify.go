// Verify RECEIPT OPTIONS SECONDS prints how many nanoseconds one verification of the receipt's bytes takes by the verifier
// whose options are in the JSON file OPTIONS: the median of rounds, for as long as that.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/attest-dev/go-sdk/attest"
)

const calls = 200

func main() {
	log.SetFlags(0)
	if len(os.Args) != 4 {
		log.Fatal("usage: verify RECEIPT OPTIONS SECONDS")
	}
	median, err := verify(os.Args[1], os.Args[2], os.Args[3])
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(median.Nanoseconds())
}

func verify(receipt, options, seconds string) (time.Duration, error) {
	document, err := os.ReadFile(receipt)
	if err != nil {
		return 0, err
	}
	text, err := os.ReadFile(options)
	if err != nil {
		return 0, err
	}
	var given struct {
		TrustStore string `json:"trust_store"`
	}
	if err := json.Unmarshal(text, &given); err != nil {
		return 0, err
	}
	long, err := strconv.ParseFloat(seconds, 64)
	if err != nil {
		return 0, err
	}
	verifier, err := attest.NewVerifier(&attest.VerifierOptions{TrustStore: given.TrustStore})
	if err != nil {
		return 0, err
	}
	defer verifier.Close()

	var rounds []time.Duration
	for end := time.Now().Add(time.Duration(long * float64(time.Second))); len(rounds) == 0 || time.Now().Before(end); {
		start := time.Now()
		for range calls {
			valid, err := verifier.VerifyBytes(document)
			if err != nil {
				return 0, err
			}
			if !valid {
				return 0, fmt.Errorf("%s is not valid", receipt)
			}
		}
		rounds = append(rounds, time.Since(start)/calls)
	}
	slices.Sort(rounds)
	return rounds[len(rounds)/2], nil
}
