package attest_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/attest-dev/go-sdk/attest"
	"github.com/attest-dev/go-sdk/internal/testserver"
)

// module is an empty module beside nothing, with one of the examples as its program, and the SDK by a replacement.
func module(t *testing.T, example string) string {
	t.Helper()
	dir := t.TempDir()
	source := read(t, filepath.Join(testserver.Checkout(), "examples", "go", example, "main.go"))
	manifest := "module example.com/" + example + "\n\ngo 1.24\n\nrequire github.com/attest-dev/go-sdk v0.0.0\n\n" +
		"replace github.com/attest-dev/go-sdk => " + filepath.Join(testserver.Checkout(), "bindings", "go") + "\n"
	for name, content := range map[string]string{"main.go": string(source), "go.mod": manifest} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// command runs a command in dir to its end.
func command(t *testing.T, dir string, env []string, args ...string) (string, error) {
	t.Helper()
	run := exec.Command(args[0], args[1:]...)
	run.Dir = dir
	// Nothing is downloaded: the SDK needs the standard library alone.
	run.Env = append(os.Environ(), append(env, "GOPROXY=off", "GOWORK=off")...)
	output, err := run.CombinedOutput()
	return string(output), err
}

func must(t *testing.T, dir string, env []string, args ...string) string {
	t.Helper()
	output, err := command(t, dir, env, args...)
	if err != nil {
		t.Fatalf("%v: %v\n%s", args, err, output)
	}
	return output
}

// tags are those that this test was built with.
func tags() string {
	if liveHandles == nil {
		return "-tags="
	}
	return "-tags=testhooks"
}

func TestAProgramElsewhereBuildsByAReplacementAndByVendoring(t *testing.T) {
	dir := module(t, "run")
	must(t, dir, nil, "go", "build", tags(), "-o", "run", ".")
	there := []string{"ATTEST_BASE_URL=" + server.URL, "ATTEST_API_KEY=" + server.Key}
	output := must(t, dir, there, "./run")
	if !strings.Contains(output, "[test] hello") || !strings.HasSuffix(output, "verified; the receipt is in receipt.json\n") {
		t.Error(output)
	}

	verifier := module(t, "verify_offline")
	must(t, verifier, nil, "go", "mod", "vendor")
	must(t, verifier, nil, "go", "build", "-mod=vendor", tags(), "-o", "verify", ".")
	receipt := filepath.Join(dir, "receipt.json")
	output = must(t, verifier, nil, "./verify", receipt, signer(t, receipt))
	if !strings.HasSuffix(output, "valid\n") {
		t.Error(output)
	}
	stranger, err := attest.GenerateSigningKey()
	if err != nil {
		t.Fatal(err)
	}
	other, err := stranger.PublicKey()
	if err != nil {
		t.Fatal(err)
	}
	if output, err := command(t, verifier, nil, "./verify", receipt, other); err == nil || !strings.Contains(output, "is refused") {
		t.Error(output, err)
	}
}

// signer is the public key in a receipt's JSON.
func signer(t *testing.T, path string) string {
	t.Helper()
	_, rest, found := strings.Cut(string(read(t, path)), `"signer_public_key":"`)
	key, _, ended := strings.Cut(rest, `"`)
	if !found || !ended {
		t.Fatal("no signer in", path)
	}
	return key
}

func TestTheSharedLibraryCanBeLinkedInstead(t *testing.T) {
	if runtime.GOOS != "linux" || liveHandles == nil {
		t.Skip("the shared library with the tests' hooks is made by scripts/test-go.sh, on Linux")
	}
	binary, err := testserver.Binary()
	if err != nil {
		t.Fatal(err)
	}
	library := t.TempDir()
	for _, name := range []string{"libattest.so", "libattest.so.1"} {
		if err := os.Symlink(filepath.Join(filepath.Dir(binary), "libattest.so"), filepath.Join(library, name)); err != nil {
			t.Fatal(err)
		}
	}
	dir := module(t, "verify_offline")
	must(t, dir, []string{"CGO_LDFLAGS=-L" + library}, "go", "build", tags()+",dynamic", "-o", "verify", ".")
	if output, err := command(t, dir, []string{"LD_LIBRARY_PATH=" + library}, "./verify"); err == nil || !strings.Contains(output, "usage: verify_offline") {
		t.Error(output, err)
	}
	if output, err := command(t, dir, nil, "./verify"); err == nil || !strings.Contains(output, "libattest.so") {
		t.Error("it has the library inside:", output, err)
	}
}

func TestWithoutCgoEveryCallSaysWhatIsMissing(t *testing.T) {
	output := must(t, filepath.Join(testserver.Checkout(), "bindings", "go"), []string{"CGO_ENABLED=0"}, "go", "run", "./internal/withoutcgo")
	lines := strings.Split(strings.TrimSpace(output), "\n")
	if len(lines) < 15 {
		t.Error(output)
	}
	for _, line := range lines {
		if !strings.Contains(line, "build it with CGO_ENABLED=1 and a C compiler") {
			t.Error(line)
		}
	}
}
