package attest

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"
)

// Config is the specification's one struct for two things: what [NewClient] connects to, and what a pipeline runs. Each
// takes its own half. [ClientOptions] and [PipelineDefinition] say the same under clean names, and more.
type Config struct {
	// APIKey goes to the server as the credential. It is never part of a pipeline.
	APIKey string `json:"-"`
	// BaseURL is the server's address. It is never part of a pipeline.
	BaseURL string `json:"-"`

	// Version is the one the pipeline's author gave; any non-empty text.
	Version string `json:"version,omitempty"`
	// Steps are what the pipeline runs.
	Steps []Step `json:"steps,omitempty"`
	// Env, Network, StrictInputs and Attestation are as in [PipelineDefinition].
	Env          map[string]string `json:"env,omitempty"`
	Network      *bool             `json:"network,omitempty"`
	StrictInputs *bool             `json:"strict_inputs,omitempty"`
	Attestation  any               `json:"attestation,omitempty"`
}

// ClientConfig is what [NewClient] takes: a [*ClientOptions] or a [*Config]. Nil stands for no options.
type ClientConfig interface {
	clientOptions() *ClientOptions
}

// ClientOptions says which server to talk to, and how. What is absent comes from the environment: ATTEST_BASE_URL,
// ATTEST_API_KEY, ATTEST_TOKEN. There is no default server.
type ClientOptions struct {
	// BaseURL is the server's address, https://… or, on loopback, http://…; it may end in /v1 or carry a path prefix.
	BaseURL string
	// APIKey is the credential, unless Token is.
	APIKey string
	// Token is a JWT, in the place of an API key.
	Token string
	// Anonymous sends no credential at all, not even one from the environment.
	Anonymous bool
	// AllowInsecureHTTP allows http:// beyond loopback.
	AllowInsecureHTTP bool

	// ConnectTimeout bounds connecting; 0 stands for 5 s.
	ConnectTimeout time.Duration
	// AttemptTimeout bounds one attempt of a call; 0 stands for 30 s. A whole call is bounded by its context.
	AttemptTimeout time.Duration
	// IdleTimeout bounds the silence within a transfer; 0 stands for 90 s.
	IdleTimeout time.Duration

	// Headers go with every request.
	Headers map[string]string
	// UserAgentSuffix ends the header User-Agent.
	UserAgentSuffix string
	// CABundle holds PEM certificates to trust beside the system's.
	CABundle string
	// Proxy is the address of an HTTP proxy.
	Proxy string

	// TrustedKeys are whom the receipts of this client are judged by. Nil stands for the keys that the server publishes,
	// and an empty list trusts nothing: give a list that may be empty through [TrustOnly], which never makes nil of it.
	TrustedKeys []TrustedKey
	// Policies are asked of every receipt of this client, beside require-success.
	Policies []string
}

// TrustedKey is a public key that may sign receipts.
type TrustedKey struct {
	// PublicKey is ed25519:<hex>, bare hex, or PEM.
	PublicKey string `json:"public_key"`
	// Signer is whose key it is, such as ci-system@company.com. Reports name it.
	Signer string `json:"signer,omitempty"`
}

// TrustOnly is how to pin keys: a list of these, which trusts nothing where there are none. A list that was never appended
// to is nil, and [ClientOptions] takes that for no pinning at all.
func TrustOnly(keys ...TrustedKey) []TrustedKey {
	return append([]TrustedKey{}, keys...)
}

func (c *Config) clientOptions() *ClientOptions {
	if c == nil {
		return nil
	}
	return &ClientOptions{APIKey: c.APIKey, BaseURL: c.BaseURL}
}

func (o *ClientOptions) clientOptions() *ClientOptions { return o }

// optionsOnWire are the client's options as the native library reads them.
type optionsOnWire struct {
	BaseURL           string            `json:"base_url,omitempty"`
	APIKey            string            `json:"api_key,omitempty"`
	Token             string            `json:"token,omitempty"`
	Anonymous         bool              `json:"anonymous,omitempty"`
	AllowInsecureHTTP bool              `json:"allow_insecure_http,omitempty"`
	ConnectTimeout    float64           `json:"connect_timeout_ms,omitempty"`
	AttemptTimeout    float64           `json:"attempt_timeout_ms,omitempty"`
	IdleTimeout       float64           `json:"idle_timeout_ms,omitempty"`
	Headers           map[string]string `json:"headers,omitempty"`
	UserAgentSuffix   string            `json:"user_agent_suffix,omitempty"`
	CABundle          string            `json:"ca_bundle,omitempty"`
	Proxy             string            `json:"proxy,omitempty"`
	TrustedKeys       []TrustedKey      `json:"trusted_keys,omitzero"`
	Policies          []string          `json:"policies,omitempty"`
	// Environment is always there, or the library would read C's, which os.Setenv may be changing.
	Environment map[string]string `json:"environment"`
}

func (o *ClientOptions) onWire() *optionsOnWire {
	return &optionsOnWire{
		BaseURL:           o.BaseURL,
		APIKey:            o.APIKey,
		Token:             o.Token,
		Anonymous:         o.Anonymous,
		AllowInsecureHTTP: o.AllowInsecureHTTP,
		ConnectTimeout:    milliseconds(o.ConnectTimeout),
		AttemptTimeout:    milliseconds(o.AttemptTimeout),
		IdleTimeout:       milliseconds(o.IdleTimeout),
		Headers:           o.Headers,
		UserAgentSuffix:   o.UserAgentSuffix,
		CABundle:          o.CABundle,
		Proxy:             o.Proxy,
		TrustedKeys:       o.TrustedKeys,
		Policies:          o.Policies,
		Environment:       environment(),
	}
}

// environment is what Go knows of the variables that a client is set up by.
func environment() map[string]string {
	known := map[string]string{}
	for _, name := range []string{"ATTEST_BASE_URL", "ATTEST_API_KEY", "ATTEST_TOKEN"} {
		if value, set := os.LookupEnv(name); set {
			known[name] = value
		}
	}
	return known
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// What follows keeps credentials out of what a program prints of its options. It is no more than that: fmt calls no
// method of a value in an unexported field, and prints such a field's content with its credentials.

const withheld = "[withheld]"

func withhold(secret string) string {
	if secret == "" {
		return ""
	}
	return withheld
}

// address is a URL without what stands before the host, which may be a password. It is cut by its text, for what a
// program gives need not be a URL.
func address(url string) string {
	at := strings.LastIndex(url, "@")
	if at < 0 {
		return url
	}
	scheme, _, found := strings.Cut(url[:at], "://")
	if !found {
		return withheld + url[at:]
	}
	return scheme + "://" + withheld + url[at:]
}

// String shows everything but the credential, also one in the address. fmt does not call it for a value in an unexported
// field of another struct.
func (c Config) String() string {
	return fmt.Sprintf("attest.Config{APIKey: %q, BaseURL: %q, Version: %q, Steps: %+v}",
		withhold(c.APIKey), address(c.BaseURL), c.Version, c.Steps)
}

// GoString is as String.
func (c Config) GoString() string { return c.String() }

// LogValue is as String.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }

// String shows everything but the credential, also one in the address, and the values of the headers. fmt does not call
// it for a value in an unexported field of another struct.
func (o ClientOptions) String() string {
	names := make(map[string]string, len(o.Headers))
	for name, value := range o.Headers {
		names[name] = withhold(value)
	}
	// A proxy's address may hold its password.
	return fmt.Sprintf("attest.ClientOptions{BaseURL: %q, APIKey: %q, Token: %q, Headers: %v, Proxy: %q, TrustedKeys: %v, Policies: %q}",
		address(o.BaseURL), withhold(o.APIKey), withhold(o.Token), names, withhold(o.Proxy), o.TrustedKeys, o.Policies)
}

// GoString is as String.
func (o ClientOptions) GoString() string { return o.String() }

// LogValue is as String.
func (o ClientOptions) LogValue() slog.Value { return slog.StringValue(o.String()) }

// MarshalJSON writes what String shows: options are no document, and a credential must not reach one by accident.
func (o ClientOptions) MarshalJSON() ([]byte, error) { return json.Marshal(o.String()) }
