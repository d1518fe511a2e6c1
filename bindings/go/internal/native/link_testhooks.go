//go:build cgo && testhooks

package native

// #cgo CFLAGS: -I${SRCDIR}/lib/testhooks
// #cgo linux LDFLAGS: ${SRCDIR}/lib/testhooks/libattest.a -lm -ldl -lpthread
// #cgo darwin LDFLAGS: ${SRCDIR}/lib/testhooks/libattest.a -framework Security -framework CoreFoundation -lm
import "C"

import _ "github.com/attest-dev/go-sdk/internal/native/lib/testhooks"
