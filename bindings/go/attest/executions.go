package attest

import "context"

// Executions of a server.
type Executions struct {
	client *Client
}

// Get returns the execution of that id.
func (e *Executions) Get(ctx context.Context, id string) (*Execution, error) {
	if e == nil {
		return nil, failure(KindConfig, "there is no client: make one with attest.NewClient, and use its Executions")
	}
	client, err := e.client.use()
	if err != nil {
		return nil, err
	}
	answer, err := client.GetExecution(ctx, id)
	if err != nil {
		return nil, received(e.client, err)
	}
	return readExecution(e.client, answer)
}
