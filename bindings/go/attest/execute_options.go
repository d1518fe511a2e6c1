package attest

// ExecuteOptions are the options of an execution.
//
// Go cannot tell a field that is false from one that was left out. So true is sent and false is not: what is left out is
// the server's default, which is true for all three. To switch one off, set its No field: forgetting a field never turns
// signing off.
type ExecuteOptions struct {
	// Environment is a name, ATTEST_ENVIRONMENT to the steps.
	Environment string
	// Variables are environment variables of every step. They are attested and public: never secrets.
	Variables map[string]string

	// Sign has the receipt signed. That is the default.
	Sign bool
	// Verify has the server check signature and outputs again before it stores the receipt. That is the default.
	Verify bool
	// Cache allows step results to come from the cache, and to be kept in it. That is the default.
	Cache bool

	// NoSign leaves the receipt unsigned.
	NoSign bool
	// NoVerify leaves that check out.
	NoVerify bool
	// NoCache runs every step, and keeps nothing.
	NoCache bool

	// Source is an uploaded source, tree:blake3:…; the server's own where empty.
	Source string
	// SourceInfo says where the source comes from, in the caller's words.
	SourceInfo *SourceInfo
	// Version of the pipeline; 0 stands for the newest.
	Version uint64
}

// SourceInfo says where the source of an execution comes from. The server checks none of it.
type SourceInfo struct {
	// Repository is its address.
	Repository string `json:"repository,omitempty"`
	// Commit is the one that was checked out.
	Commit string `json:"commit,omitempty"`
	// Branch is the one that was checked out.
	Branch string `json:"branch,omitempty"`
	// TrackedDirty says whether a tracked file differed from the commit; nil where unknown.
	TrackedDirty *bool `json:"tracked_dirty,omitempty"`
}

type executeOnWire struct {
	Environment string            `json:"environment,omitempty"`
	Variables   map[string]string `json:"variables,omitempty"`
	Options     switchesOnWire    `json:"options,omitzero"`
	Source      string            `json:"source,omitempty"`
	SourceInfo  *SourceInfo       `json:"source_info,omitempty"`
	Version     uint64            `json:"version,omitempty"`
}

type switchesOnWire struct {
	Sign   *bool `json:"sign,omitempty"`
	Verify *bool `json:"verify,omitempty"`
	Cache  *bool `json:"cache,omitempty"`
}

func (o *ExecuteOptions) onWire() (*executeOnWire, error) {
	if o == nil {
		return &executeOnWire{}, nil
	}
	wire := &executeOnWire{
		Environment: o.Environment,
		Variables:   o.Variables,
		Source:      o.Source,
		SourceInfo:  o.SourceInfo,
		Version:     o.Version,
	}
	for _, one := range []struct {
		name    string
		on, off bool
		to      **bool
	}{
		{"Sign", o.Sign, o.NoSign, &wire.Options.Sign},
		{"Verify", o.Verify, o.NoVerify, &wire.Options.Verify},
		{"Cache", o.Cache, o.NoCache, &wire.Options.Cache},
	} {
		switch {
		case one.on && one.off:
			return nil, failure(KindValidationError, "the execution's options: "+one.name+" and No"+one.name+" are both set: set one of them, or none for the server's default")
		case one.on || one.off:
			value := one.on
			*one.to = &value
		}
	}
	return wire, nil
}
