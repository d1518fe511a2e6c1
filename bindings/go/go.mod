module github.com/attest-dev/go-sdk

go 1.24
