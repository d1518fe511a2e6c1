/* What every cgo file here includes: the library's own header, which lies beside the library. */
#if defined(__has_include)
#if !__has_include("attest.h")
#error "Attest's native library is not built for this platform: run `make go` in a checkout of github.com/attest-dev/attest, or build with CGO_ENABLED=0"
#endif
#endif
#include "attest.h"
