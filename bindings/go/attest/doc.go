// Package attest runs build pipelines on an Attest server, fetches their signed receipts and verifies them offline.
//
// Start from [NewClient]. Its Pipelines create and execute pipelines; an [Execution] streams its log, waits for its end
// and hands out its [Receipt].
//
//	client := attest.NewClient(&attest.ClientOptions{BaseURL: url, APIKey: key})
//	defer client.Close()
//	pipeline, err := client.Pipelines.Create(ctx, &attest.PipelineConfig{
//		Name: "app",
//		Config: &attest.PipelineDefinition{
//			Version: "0.1",
//			Steps:   []attest.Step{{Name: "build", Run: "make", Inputs: []string{"src/"}, Outputs: []string{"app"}}},
//		},
//	})
//	execution, err := pipeline.Execute(ctx, nil)
//	result, err := execution.WaitForCompletion(ctx)
//	receipt, err := result.GetReceipt(ctx)
//	valid, err := receipt.Verify(ctx)
//
// Without a client: [ParseReceipt], [NewVerifier], [SigningKey], [HashInputs], [HashOutputs], [DigestOf],
// [VerifyWebhook]. These do no network I/O.
//
// # Contexts
//
// A call ends when its context does, and then returns [context.Cause] of it; the request is called off, its connection
// closed. What the server was already told to do goes on there: see [Execution.Cancel].
//
// # Errors
//
// Every other error is an [*Error], with a [Kind] that errors.Is knows by a variable of its name, such as
// [ErrRateLimited]. A program built without cgo compiles, and gets [ErrNoNative] from every call.
//
// # Goroutines
//
// All types may be used from many goroutines. Values that come from the server are never changed once they were returned:
// [Execution.Refresh] and its like return new ones. Calls under way are bounded, 512 that wait or stream and 256 others in
// a process; a further one waits for its turn, or for the end of its context.
package attest
