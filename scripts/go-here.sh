# Sourced: ends the script, aloud, where Go or a C compiler is missing. With ATTEST_REQUIRE_ALL=1 that is an error.
for tool in go cc; do
    if ! command -v "$tool" >/dev/null; then
        echo "SKIPPED the Go SDK: $tool is not here (Go 1.24 or newer from https://go.dev/dl, and a C compiler for cgo)"
        [ "${ATTEST_REQUIRE_ALL:-}" != 1 ] || exit 1
        exit 0
    fi
done
unset tool
