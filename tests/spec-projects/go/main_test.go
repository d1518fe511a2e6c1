package main

import (
	"os"
	"os/exec"
	"testing"
)

// TestMain makes `go test ./...` write coverage.out, which it does not by itself: the tests run once more under the
// coverage tool, and its verdict is theirs.
func TestMain(m *testing.M) {
	if testing.CoverMode() != "" {
		os.Exit(m.Run())
	}
	covered := exec.Command("go", "test", "-coverprofile=coverage.out", ".")
	covered.Stdout, covered.Stderr = os.Stdout, os.Stderr
	if err := covered.Run(); err != nil {
		os.Exit(1)
	}
	os.Exit(0)
}

func TestWordsAreDividedByWhiteSpace(t *testing.T) {
	if found := words("one  two\tthree"); found != 3 {
		t.Fatalf("found %d words", found)
	}
}

func TestNothingHasNoWords(t *testing.T) {
	if found := words(" \n"); found != 0 {
		t.Fatalf("found %d words", found)
	}
}
