package native

import (
	"encoding/json"
	"errors"
	"time"
)

// ErrNoNative is what every function returns where the library is not part of the program.
var ErrNoNative = errors.New("attest: this program was built without Attest's native library: build it with CGO_ENABLED=1 and a C compiler, for Linux or macOS on amd64 or arm64")

// NoTimeout is the timeout of a wait without one.
const NoTimeout time.Duration = -1

// Failure is an error of the library, as the JSON object that it writes.
type Failure struct {
	JSON []byte

	cancelled bool
}

// Error is the JSON. Package attest makes an error for people of it.
func (f *Failure) Error() string { return string(f.JSON) }

// refuse is a failure that never came to the library.
func refuse(kind, message string) *Failure {
	// Two strings always become JSON.
	text, _ := json.Marshal(map[string]string{"kind": kind, "code": kind, "message": message})
	return &Failure{JSON: text}
}
