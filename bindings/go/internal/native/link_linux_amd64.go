//go:build cgo && !testhooks

package native

// #cgo CFLAGS: -I${SRCDIR}/lib/linux_amd64
// #cgo !dynamic LDFLAGS: ${SRCDIR}/lib/linux_amd64/libattest.a -lm -ldl -lpthread
// #cgo dynamic LDFLAGS: -lattest
import "C"

import _ "github.com/attest-dev/go-sdk/internal/native/lib/linux_amd64"
