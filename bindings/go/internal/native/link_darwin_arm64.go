//go:build cgo && !testhooks

package native

// #cgo CFLAGS: -I${SRCDIR}/lib/darwin_arm64
// #cgo !dynamic LDFLAGS: ${SRCDIR}/lib/darwin_arm64/libattest.a -framework Security -framework CoreFoundation -lm
// #cgo dynamic LDFLAGS: -lattest
import "C"

import _ "github.com/attest-dev/go-sdk/internal/native/lib/darwin_arm64"
