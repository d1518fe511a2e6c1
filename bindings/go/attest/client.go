package attest

import (
	"fmt"

	"github.com/attest-dev/go-sdk/internal/native"
)

// Version of this module, part of User-Agent.
const Version = "0.1.0"

// Client talks to one server. Clients are few and live long: each keeps connections.
type Client struct {
	// Pipelines of the server.
	Pipelines *Pipelines
	// Executions of the server.
	Executions *Executions
	// Cache of the server.
	Cache *Cache

	native *native.Client
	err    error
}

// NewClient makes a client from [*ClientOptions] or [*Config]; nil takes all from the environment. Nothing is asked of the
// server yet. Options that cannot be used come back as an error of kind config from every call of the client;
// [NewClientE] returns it at once.
func NewClient(options ClientConfig) *Client {
	client, err := NewClientE(options)
	if err != nil {
		client = &Client{err: err}
		client.attach()
	}
	return client
}

// NewClientE is [NewClient] with the error of options that cannot be used.
func NewClientE(options ClientConfig) (*Client, error) {
	given := &ClientOptions{}
	if options != nil {
		if some := options.clientOptions(); some != nil {
			given = some
		}
	}
	text, err := encode(KindConfig, "the client's options", given.onWire())
	if err != nil {
		return nil, err
	}
	made, err := native.NewClient(text, "attest-go/"+Version)
	if err != nil {
		return nil, received(nil, err)
	}
	client := &Client{native: made}
	client.attach()
	return client, nil
}

func (c *Client) attach() {
	c.Pipelines = &Pipelines{client: c}
	c.Executions = &Executions{client: c}
	c.Cache = &Cache{client: c}
}

// Close ends every call that is under way, and refuses all later ones with an error of kind closed. Closing again is
// harmless. It always returns nil.
func (c *Client) Close() error {
	if c != nil && c.native != nil {
		c.native.Close()
	}
	return nil
}

// String names the client, without its options.
func (c *Client) String() string {
	if c == nil {
		return "attest.Client(nil)"
	}
	return fmt.Sprintf("attest.Client(%p)", c)
}

// use is what every call starts with.
func (c *Client) use() (*native.Client, error) {
	switch {
	case c == nil:
		return nil, failure(KindConfig, "there is no client: make one with attest.NewClient, and take pipelines and executions from it")
	case c.err != nil:
		return nil, c.err
	case c.native == nil:
		return nil, failure(KindConfig, "an attest.Client is made with attest.NewClient, not as a literal")
	default:
		return c.native, nil
	}
}
