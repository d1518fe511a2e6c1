// Check verifies receipts by crypto/ed25519, as a peer of `make bench`.
//
//	check versions                   what is used, in one line
//	check check KEY RECEIPT...       for each its hash, or `refused`; KEY is the only one that is trusted
//	check time KEY RECEIPT SECONDS   nanoseconds of one verification: the median of rounds, for as long as that
package main

import (
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"log"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"lukechampine.com/blake3"
)

const calls = 50

func main() {
	log.SetFlags(0)
	if err := run(os.Args[1:]); err != nil {
		log.Fatal(err)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 1 && args[0] == "versions":
		return versions()
	case len(args) > 2 && args[0] == "check":
		return check(args[1], args[2:])
	case len(args) == 4 && args[0] == "time":
		return timed(args[1], args[2], args[3])
	default:
		return errors.New("usage: check versions | check KEY RECEIPT... | time KEY RECEIPT SECONDS")
	}
}

func versions() error {
	info, ok := debug.ReadBuildInfo()
	if !ok || len(info.Deps) == 0 {
		return errors.New("built without its modules")
	}
	used := []string{"encoding/json, crypto/ed25519"}
	for _, module := range info.Deps {
		if strings.HasSuffix(module.Path, "/blake3") {
			used = append(used, module.Path+" "+module.Version)
		}
	}
	fmt.Println(strings.Join(append(used, strings.Replace(runtime.Version(), "go", "Go ", 1)), ", "))
	return nil
}

func check(key string, receipts []string) error {
	pinned, err := unprefixed(key, ed25519.PublicKeySize)
	if err != nil {
		return err
	}
	for _, path := range receipts {
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		hash, err := verify(pinned, text)
		if err != nil {
			hash = "refused"
		}
		fmt.Println(hash)
	}
	return nil
}

// verify gives the receipt's hash, or why it is refused.
func verify(pinned ed25519.PublicKey, text []byte) (string, error) {
	signed, signature, key, err := read(text)
	if err != nil {
		return "", err
	}
	signer, err := unprefixed(key, ed25519.PublicKeySize)
	if err != nil {
		return "", err
	}
	raw, err := unprefixed(signature, ed25519.SignatureSize)
	if err != nil {
		return "", err
	}
	if !pinned.Equal(ed25519.PublicKey(signer)) || !ed25519.Verify(pinned, signed, raw) {
		return "", errors.New("not signed by the pinned key")
	}
	hash := blake3.Sum256(signed)
	return "blake3:" + hex.EncodeToString(hash[:]), nil
}

func unprefixed(text string, size int) ([]byte, error) {
	digits, found := strings.CutPrefix(text, "ed25519:")
	raw, err := hex.DecodeString(digits)
	if !found || err != nil || len(raw) != size || hex.EncodeToString(raw) != digits {
		return nil, fmt.Errorf("%q is not ed25519: and %d bytes in hex", text, size)
	}
	return raw, nil
}

func timed(key, receipt, seconds string) error {
	pinned, err := unprefixed(key, ed25519.PublicKeySize)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(receipt)
	if err != nil {
		return err
	}
	long, err := strconv.ParseFloat(seconds, 64)
	if err != nil {
		return err
	}
	var rounds []time.Duration
	for end := time.Now().Add(time.Duration(long * float64(time.Second))); len(rounds) == 0 || time.Now().Before(end); {
		start := time.Now()
		for range calls {
			if _, err := verify(pinned, text); err != nil {
				return err
			}
		}
		rounds = append(rounds, time.Since(start)/calls)
	}
	slices.Sort(rounds)
	fmt.Println(rounds[len(rounds)/2].Nanoseconds())
	return nil
}
