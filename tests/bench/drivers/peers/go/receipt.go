package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// The fields of a receipt in the order in which they are signed, so that encoding/json writes them so.

type receipt struct {
	SchemaVersion     *uint32          `json:"schema_version,omitempty"`
	PipelineHash      digest           `json:"pipeline_hash"`
	Steps             []step           `json:"steps"`
	Timestamp         string           `json:"timestamp"`
	TotalDurationSecs uint64           `json:"total_duration_secs"`
	Signature         *string          `json:"signature"`
	SignerPublicKey   *string          `json:"signer_public_key"`
	AttestVersion     string           `json:"attest_version"`
	CausalEvents      []string         `json:"causal_events"`
	CausalChainHash   *digest          `json:"causal_chain_hash"`
	Reproducibility   *reproducibility `json:"reproducibility,omitempty"`
	Provenance        *provenance      `json:"provenance,omitempty"`
	Isolation         *isolation       `json:"isolation,omitempty"`
}

type step struct {
	Name         string  `json:"name"`
	InputHash    digest  `json:"input_hash"`
	OutputHash   digest  `json:"output_hash"`
	DurationSecs uint64  `json:"duration_secs"`
	ExitCode     int32   `json:"exit_code"`
	CacheHit     bool    `json:"cache_hit"`
	Stdout       string  `json:"stdout"`
	Stderr       string  `json:"stderr"`
	CapsuleHash  *digest `json:"capsule_hash,omitempty"`
}

type reproducibility struct {
	Verified bool   `json:"verified"`
	Runs     uint32 `json:"runs"`
	Method   string `json:"method"`
}

type provenance struct {
	InvocationID *string    `json:"invocation_id"`
	StartedAt    *string    `json:"started_at"`
	PipelineName *string    `json:"pipeline_name"`
	Source       *source    `json:"source"`
	RunnerOS     string     `json:"runner_os"`
	RunnerArch   string     `json:"runner_arch"`
	CI           *ci        `json:"ci"`
	Steps        []planned  `json:"steps"`
	Artifacts    []artifact `json:"artifacts"`
	Execution    *execution `json:"execution,omitempty"`
}

type source struct {
	Repository   *string `json:"repository"`
	Commit       string  `json:"commit"`
	Branch       *string `json:"branch"`
	TrackedDirty bool    `json:"tracked_dirty"`
}

type ci struct {
	Provider string  `json:"provider"`
	RunID    *string `json:"run_id"`
	JobID    *string `json:"job_id"`
}

type planned struct {
	Name        string   `json:"name"`
	Needs       []string `json:"needs"`
	CommandHash digest   `json:"command_hash"`
	Inputs      []string `json:"inputs"`
	Outputs     []string `json:"outputs"`
}

type artifact struct {
	Step      string `json:"step"`
	Path      string `json:"path"`
	Kind      string `json:"kind"`
	Digest    digest `json:"digest"`
	Algorithm string `json:"algorithm"`
}

type execution struct {
	Mode    string    `json:"mode"`
	Command *[]string `json:"command,omitempty"`
}

type isolation struct {
	Mode         string    `json:"mode"`
	Platform     string    `json:"platform"`
	Controls     []control `json:"controls"`
	CapsuleSteps []string  `json:"capsule_steps,omitempty"`
}

type control struct {
	Name   string `json:"name"`
	Status string `json:"status"`
	Detail string `json:"detail"`
}

// digest is read with its prefix, which must be there, and signed without.
type digest string

// UnmarshalText refuses another rendering.
func (d *digest) UnmarshalText(text []byte) error {
	bare, found := bytes.CutPrefix(text, []byte("blake3:"))
	if !found {
		return fmt.Errorf("%q does not start with blake3:", text)
	}
	*d = digest(bare)
	return nil
}

// read gives the signed bytes of a receipt in the API's JSON, its signature and the key that is said to have made it.
//
// It is as short as docs/receipt-format.md allows where every change must be refused. Another spelling of a time gives other
// bytes, which the signature refuses. Not here: limits, YAML, what only a signer can get wrong (two steps of one name, a digest
// that is none), and what encoding/json lets pass: a key that stands twice or in capitals, a field missing that would be empty.
func read(text []byte) (signed []byte, signature, key string, err error) {
	if !utf8.Valid(text) {
		return nil, "", "", errors.New("not UTF-8")
	}
	var found receipt
	decoder := json.NewDecoder(bytes.NewReader(text))
	// What is dropped before hashing could say anything.
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&found); err != nil {
		return nil, "", "", err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, "", "", errors.New("something follows the receipt")
	}
	if found.Signature == nil || found.SignerPublicKey == nil {
		return nil, "", "", errors.New("not signed")
	}
	signature, key = *found.Signature, *found.SignerPublicKey
	found.Signature, found.SignerPublicKey = nil, nil
	if found.CausalEvents == nil {
		found.CausalEvents = []string{}
	}
	slices.SortStableFunc(found.Steps, func(a, b step) int { return strings.Compare(a.Name, b.Name) })
	slices.Sort(found.CausalEvents)

	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(found); err != nil {
		return nil, "", "", err
	}
	return separators(bytes.TrimSuffix(out.Bytes(), []byte("\n"))), signature, key, nil
}

// separators writes U+2028 and U+2029, which encoding/json always escapes, as they are.
func separators(text []byte) []byte {
	if !bytes.Contains(text, []byte(`\u202`)) {
		return text
	}
	var out []byte
	for len(text) > 0 {
		switch {
		case bytes.HasPrefix(text, []byte(`\u2028`)):
			out, text = append(out, "\u2028"...), text[6:]
		case bytes.HasPrefix(text, []byte(`\u2029`)):
			out, text = append(out, "\u2029"...), text[6:]
		case text[0] == '\\':
			out, text = append(out, text[:2]...), text[2:]
		default:
			out, text = append(out, text[0]), text[1:]
		}
	}
	return out
}
