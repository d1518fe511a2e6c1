// Command parity is the Go side of `make parity`; each language has such a program, with the same three commands.
//
//	parity report OPTIONS   judges the receipts whose paths come on standard input, one a line, by the verifier whose
//	                        options are in the JSON file OPTIONS; prints `<path>\t<report>` or
//	                        `<path>\terror\t<kind>\t<message>` for each
//	parity held OPTIONS WORKSPACE
//	                        is the same, each receipt held against what recomputing it in WORKSPACE gives, and against
//	                        WORKSPACE/out/app, a file at hand
//	parity sign RECEIPT KEY prints the receipt as JSON, signed by the private key in the PEM file KEY
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/attest-dev/go-sdk/attest"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 2 && args[0] == "report":
		return report(args[1], (*attest.Verifier).ReportBytes)
	case len(args) == 3 && args[0] == "held":
		return report(args[1], func(verifier *attest.Verifier, receipt []byte) (*attest.Report, error) {
			return held(verifier, receipt, args[2])
		})
	case len(args) == 3 && args[0] == "sign":
		return sign(args[1], args[2])
	default:
		return errors.New("usage: parity report OPTIONS < PATHS, parity held OPTIONS WORKSPACE < PATHS, or parity sign RECEIPT KEY")
	}
}

func report(path string, judge func(*attest.Verifier, []byte) (*attest.Report, error)) error {
	options, err := verifierOptions(path)
	if err != nil {
		return err
	}
	verifier, err := attest.NewVerifier(options)
	if err != nil {
		return err
	}
	defer verifier.Close()
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	paths := bufio.NewScanner(os.Stdin)
	for paths.Scan() {
		receipt, err := os.ReadFile(paths.Text())
		if err != nil {
			return err
		}
		verdict, err := judge(verifier, receipt)
		var failed *attest.Error
		switch {
		case err == nil:
			fmt.Fprintf(out, "%s\t%s\n", paths.Text(), verdict.JSON())
		case errors.As(err, &failed):
			message := strings.NewReplacer("\t", " ", "\n", " ", "\r", " ").Replace(failed.Message)
			fmt.Fprintf(out, "%s\terror\t%s\t%s\n", paths.Text(), failed.Kind, message)
		default:
			return err
		}
	}
	return paths.Err()
}

// held is the verdict on a receipt, held against a workspace and a file in it.
func held(verifier *attest.Verifier, text []byte, workspace string) (*attest.Report, error) {
	receipt, err := attest.ParseReceipt(text)
	if err != nil {
		return nil, err
	}
	defer receipt.Close()
	recomputed, err := attest.Recompute(context.Background(), receipt, workspace, nil)
	if err != nil {
		return nil, err
	}
	app, err := os.ReadFile(filepath.Join(workspace, "out", "app"))
	if err != nil {
		return nil, err
	}
	digest, err := attest.DigestOf(app)
	if err != nil {
		return nil, err
	}
	return verifier.ReportBytesWith(text, &attest.Evidence{
		Recomputed: recomputed,
		Files:      map[string]string{"app": digest},
	})
}

// verifierOptions reads the options that the comparison uses. A key is a text there, or an object.
func verifierOptions(path string) (*attest.VerifierOptions, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var read struct {
		TrustedKeys []json.RawMessage `json:"trusted_keys"`
		TrustStore  string            `json:"trust_store"`
		Policies    []string          `json:"policies"`
		Now         time.Time         `json:"now"`
	}
	strict := json.NewDecoder(bytes.NewReader(text))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&read); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	options := &attest.VerifierOptions{TrustStore: read.TrustStore, Policies: read.Policies, Now: read.Now}
	if read.TrustedKeys != nil {
		options.TrustedKeys = []attest.TrustedKey{}
	}
	for _, given := range read.TrustedKeys {
		var key attest.TrustedKey
		if json.Unmarshal(given, &key.PublicKey) != nil {
			if err := json.Unmarshal(given, &key); err != nil {
				return nil, fmt.Errorf("%s: trusted_keys: %w", path, err)
			}
		}
		options.TrustedKeys = append(options.TrustedKeys, key)
	}
	return options, nil
}

func sign(receiptPath, keyPath string) error {
	text, err := os.ReadFile(receiptPath)
	if err != nil {
		return err
	}
	receipt, err := attest.ParseReceipt(text)
	if err != nil {
		return err
	}
	defer receipt.Close()
	pem, err := os.ReadFile(keyPath)
	if err != nil {
		return err
	}
	key, err := attest.ParseSigningKey(pem)
	if err != nil {
		return err
	}
	defer key.Close()
	signed, err := receipt.Sign(key)
	if err != nil {
		return err
	}
	defer signed.Close()
	document, err := signed.ToJSON()
	if err != nil {
		return err
	}
	fmt.Println(string(document))
	return nil
}
