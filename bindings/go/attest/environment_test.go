package attest

import (
	"encoding/json"
	"maps"
	"testing"
)

// Go has a copy of its own of the environment. C's changes with os.Setenv under cgo, and whoever reads it meanwhile reads
// freed memory: so the library is told, and reads nothing itself.
func TestTheLibraryIsToldTheEnvironmentAndDoesNotReadIt(t *testing.T) {
	t.Setenv("ATTEST_BASE_URL", "https://attest.example")
	t.Setenv("ATTEST_API_KEY", "key")
	text, err := json.Marshal((&ClientOptions{}).onWire())
	if err != nil {
		t.Fatal(err)
	}
	var wire struct{ Environment map[string]string }
	if err := json.Unmarshal(text, &wire); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"ATTEST_BASE_URL": "https://attest.example", "ATTEST_API_KEY": "key"}
	if !maps.Equal(wire.Environment, want) {
		t.Error(string(text))
	}
}
