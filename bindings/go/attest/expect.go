package attest

import "fmt"

// Expectation is one thing that a receipt must be of. It is made by [ExpectInvocation], [ExpectPipeline], [ExpectCommit]
// and [ExpectArtifact]; [NewVerifier] refuses one without a value, so that a variable that was never set does not ask for
// nothing.
type Expectation struct {
	member, path, value string
}

// ExpectInvocation asks for a receipt of this execution, by its id.
func ExpectInvocation(id string) Expectation { return Expectation{member: "invocation_id", value: id} }

// ExpectPipeline asks for a receipt of this effective pipeline, by its hash, blake3:….
func ExpectPipeline(hash string) Expectation {
	return Expectation{member: "pipeline_hash", value: hash}
}

// ExpectCommit asks for a receipt of this commit of the source.
func ExpectCommit(commit string) Expectation { return Expectation{member: "commit", value: commit} }

// ExpectArtifact asks for a receipt that attests the artifact at path with this digest, blake3:….
func ExpectArtifact(path, digest string) Expectation {
	return Expectation{member: "artifacts", path: path, value: digest}
}

type expectOnWire struct {
	InvocationID string            `json:"invocation_id,omitempty"`
	PipelineHash string            `json:"pipeline_hash,omitempty"`
	Commit       string            `json:"commit,omitempty"`
	Artifacts    map[string]string `json:"artifacts,omitempty"`
}

func onWire(expectations []Expectation) (expectOnWire, error) {
	wire := expectOnWire{Artifacts: map[string]string{}}
	for _, one := range expectations {
		if err := one.addTo(&wire); err != nil {
			return expectOnWire{}, err
		}
	}
	return wire, nil
}

func (e Expectation) addTo(wire *expectOnWire) error {
	name, known := "expect."+e.member, ""
	var into *string
	switch e.member {
	case "invocation_id":
		into = &wire.InvocationID
	case "pipeline_hash":
		into = &wire.PipelineHash
	case "commit":
		into = &wire.Commit
	case "artifacts":
		if e.path == "" {
			return failure(KindConfig, "expect.artifacts: a path is empty: pass the path that the receipt names")
		}
		name, known = fmt.Sprintf("expect.artifacts[%q]", e.path), wire.Artifacts[e.path]
		into = &known
	default:
		return failure(KindConfig, "expect: an Expectation is made by attest.ExpectCommit and its like, not as a literal")
	}
	switch {
	case e.value == "":
		return failure(KindConfig, name+" is empty and would ask for nothing: pass its value, or leave the expectation out")
	case *into != "" && *into != e.value:
		return failure(KindConfig, fmt.Sprintf("%s is given twice, as %q and %q: give it once", name, *into, e.value))
	}
	*into = e.value
	if e.member == "artifacts" {
		wire.Artifacts[e.path] = e.value
	}
	return nil
}
