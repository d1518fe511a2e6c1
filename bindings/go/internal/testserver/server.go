// Package testserver starts a real `attest serve` for tests, on a port and a data directory of its own.
package testserver

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// Server is a running server.
type Server struct {
	// URL is its base URL.
	URL string
	// Key is its admin key.
	Key string
	// DataDir is where it keeps everything.
	DataDir string

	command *exec.Cmd
	ended   chan struct{}
	dir     string
	output  *os.File
}

// patience is how long a server may take to start; it is never waited for in vain.
const patience = 60 * time.Second

// Start starts a server whose executions run on the directory source. Stop ends it.
func Start(source string) (*Server, error) {
	dir, err := os.MkdirTemp("", "attest-go-test-")
	if err != nil {
		return nil, err
	}
	server := &Server{DataDir: filepath.Join(dir, "data"), dir: dir, ended: make(chan struct{})}
	if err := server.start(source); err != nil {
		server.Stop()
		return nil, err
	}
	return server, nil
}

func (s *Server) start(source string) error {
	binary, err := Binary()
	if err != nil {
		return err
	}
	if s.output, err = os.Create(filepath.Join(s.dir, "output")); err != nil {
		return err
	}
	s.command = exec.Command(binary, "serve", "--data-dir", s.DataDir, "--listen", "127.0.0.1:0",
		"--isolation", isolation(), "--source", source)
	s.command.Stdout, s.command.Stderr = s.output, s.output
	s.command.Env = cleanEnvironment()
	if err := s.command.Start(); err != nil {
		return fmt.Errorf("start the server: %w", err)
	}
	go func() {
		_ = s.command.Wait()
		close(s.ended)
	}()

	address, err := s.read("address")
	if err != nil {
		return err
	}
	key, err := s.read("admin-key")
	if err != nil {
		return err
	}
	s.URL, s.Key = address, key
	return s.until("ready", func() bool {
		answer, err := http.Get(s.URL + "/readyz")
		if err != nil {
			return false
		}
		defer answer.Body.Close()
		return answer.StatusCode == http.StatusOK
	})
}

// read waits for a file of the data directory.
func (s *Server) read(name string) (text string, err error) {
	err = s.until(name, func() bool {
		content, err := os.ReadFile(filepath.Join(s.DataDir, name))
		text = strings.TrimSpace(string(content))
		return err == nil && text != ""
	})
	return text, err
}

func (s *Server) until(what string, holds func() bool) error {
	deadline := time.Now().Add(patience)
	for !holds() {
		select {
		case <-s.ended:
			return fmt.Errorf("the server ended at its start:\n%s", s.Output())
		case <-time.After(10 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("the server has no %s after %v:\n%s", what, patience, s.Output())
		}
	}
	return nil
}

// Output is what the server printed so far.
func (s *Server) Output() string {
	content, _ := os.ReadFile(filepath.Join(s.dir, "output"))
	return string(content)
}

// Stop ends the server and removes what it kept. Connections of the tests to it are closed.
func (s *Server) Stop() {
	if s.command != nil && s.command.Process != nil {
		_ = s.command.Process.Kill()
		<-s.ended
	}
	if s.output != nil {
		_ = s.output.Close()
	}
	_ = os.RemoveAll(s.dir)
	http.DefaultClient.CloseIdleConnections()
}

// Binary is the attest command under test: ATTEST_BIN, else that of the checkout's debug build.
func Binary() (string, error) {
	path := os.Getenv("ATTEST_BIN")
	if path == "" {
		path = filepath.Join(Checkout(), "target", "debug", "attest")
	}
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("%s is not there: run `cargo build -p attest-cli` first, or name another with ATTEST_BIN", path)
	}
	return path, nil
}

// Checkout is the top of the repository.
func Checkout() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..", "..", "..")
}

// isolation is bubblewrap where it works.
func isolation() string {
	probe := exec.Command("bwrap", "--ro-bind", "/", "/", "--unshare-user", "--unshare-pid", "--proc", "/proc", "true")
	if probe.Run() != nil {
		return "none"
	}
	return "bubblewrap"
}

// cleanEnvironment is the environment without the caller's configuration of the product.
func cleanEnvironment() []string {
	kept := []string{"HOME=/nonexistent", "NO_COLOR=1"}
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, "ATTEST_") && name != "HOME" && name != "XDG_CONFIG_HOME" && name != "NO_COLOR" {
			kept = append(kept, entry)
		}
	}
	return kept
}
