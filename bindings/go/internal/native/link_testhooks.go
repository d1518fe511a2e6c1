//go:build cgo && testhooks

package native

// #cgo CFLAGS: -I${SRCDIR}/lib/testhooks
// #cgo linux,!dynamic LDFLAGS: ${SRCDIR}/lib/testhooks/libattest.a -lm -ldl -lpthread
// #cgo darwin,!dynamic LDFLAGS: ${SRCDIR}/lib/testhooks/libattest.a -framework Security -framework CoreFoundation -lm
// #cgo dynamic LDFLAGS: -lattest
import "C"

import _ "github.com/attest-dev/go-sdk/internal/native/lib/testhooks"
