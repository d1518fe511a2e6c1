//go:build cgo && (linux || darwin) && (amd64 || arm64)

package native

// #include "border.h"
import "C"

import (
	"context"
	"runtime"
	"time"
	"unsafe"
)

// Client is a client of one server.
type Client struct{ handle *handle }

// NewClient makes a client of options, JSON. binding goes into User-Agent.
func NewClient(options []byte, binding string) (*Client, error) {
	var (
		made *C.attest_client_t
		err  *C.attest_error_t
	)
	status := C.attest_client_new(lend(options), lendText(binding), &made, &err)
	if err := failed(status, err); err != nil {
		return nil, err
	}
	client := &Client{}
	client.handle = own(client, "client", unsafe.Pointer(made), func(pointer unsafe.Pointer) {
		C.attest_client_free((*C.attest_client_t)(pointer))
	})
	return client, nil
}

// Close ends the calls that are under way, and refuses later ones.
func (c *Client) Close() {
	if pointer, err := c.handle.enter(); err == nil {
		C.attest_client_close((*C.attest_client_t)(pointer), nil)
		c.handle.leave()
	}
	c.handle.close()
	runtime.KeepAlive(c)
}

// ask makes a call that is answered with JSON.
func (c *Client) ask(ctx context.Context, within limit, call func(*C.attest_client_t, *C.attest_cancel_t, *C.attest_buf, **C.attest_error_t) C.attest_status) (answer []byte, err error) {
	pointer, err := c.handle.enter()
	if err != nil {
		return nil, err
	}
	err = blocking(ctx, within, func(token *C.attest_cancel_t) error {
		answer, err = filled(func(out *C.attest_buf, failure **C.attest_error_t) C.attest_status {
			return call((*C.attest_client_t)(pointer), token, out, failure)
		})
		return err
	})
	c.handle.leave()
	runtime.KeepAlive(c)
	return answer, err
}

// CreatePipeline sends body, JSON.
func (c *Client) CreatePipeline(ctx context.Context, body []byte) ([]byte, error) {
	return c.ask(ctx, asking, func(client *C.attest_client_t, token *C.attest_cancel_t, out *C.attest_buf, err **C.attest_error_t) C.attest_status {
		return C.attest_pipeline_create(client, lend(body), token, out, err)
	})
}

// GetPipeline asks for the pipeline of that id.
func (c *Client) GetPipeline(ctx context.Context, id string) ([]byte, error) {
	return c.ask(ctx, asking, func(client *C.attest_client_t, token *C.attest_cancel_t, out *C.attest_buf, err **C.attest_error_t) C.attest_status {
		return C.attest_pipeline_get(client, lendText(id), token, out, err)
	})
}

// ListPipelines asks for the page that query, JSON, selects.
func (c *Client) ListPipelines(ctx context.Context, query []byte) ([]byte, error) {
	return c.ask(ctx, asking, func(client *C.attest_client_t, token *C.attest_cancel_t, out *C.attest_buf, err **C.attest_error_t) C.attest_status {
		return C.attest_pipeline_list(client, lend(query), token, out, err)
	})
}

// ExecutePipeline sends body, JSON.
func (c *Client) ExecutePipeline(ctx context.Context, id string, body []byte) ([]byte, error) {
	return c.ask(ctx, asking, func(client *C.attest_client_t, token *C.attest_cancel_t, out *C.attest_buf, err **C.attest_error_t) C.attest_status {
		return C.attest_pipeline_execute(client, lendText(id), lend(body), token, out, err)
	})
}

// BulkExecute sends body, JSON.
func (c *Client) BulkExecute(ctx context.Context, body []byte) ([]byte, error) {
	return c.ask(ctx, asking, func(client *C.attest_client_t, token *C.attest_cancel_t, out *C.attest_buf, err **C.attest_error_t) C.attest_status {
		return C.attest_pipeline_bulk_execute(client, lend(body), token, out, err)
	})
}

// GetExecution asks for the execution of that id.
func (c *Client) GetExecution(ctx context.Context, id string) ([]byte, error) {
	return c.ask(ctx, asking, func(client *C.attest_client_t, token *C.attest_cancel_t, out *C.attest_buf, err **C.attest_error_t) C.attest_status {
		return C.attest_execution_get(client, lendText(id), token, out, err)
	})
}

// CancelExecution ends the execution of that id.
func (c *Client) CancelExecution(ctx context.Context, id string) ([]byte, error) {
	return c.ask(ctx, asking, func(client *C.attest_client_t, token *C.attest_cancel_t, out *C.attest_buf, err **C.attest_error_t) C.attest_status {
		return C.attest_execution_cancel(client, lendText(id), token, out, err)
	})
}

// WaitForCompletion waits for the end of the execution of that id.
func (c *Client) WaitForCompletion(ctx context.Context, id string, timeout time.Duration) ([]byte, error) {
	milliseconds := C.int64_t(-1)
	if timeout != NoTimeout {
		// Rounded up: a wait is never shorter than asked.
		milliseconds = C.int64_t((timeout + time.Millisecond - 1) / time.Millisecond)
	}
	return c.ask(ctx, waiting, func(client *C.attest_client_t, token *C.attest_cancel_t, out *C.attest_buf, err **C.attest_error_t) C.attest_status {
		return C.attest_execution_wait(client, lendText(id), milliseconds, token, out, err)
	})
}

// CacheStats asks for the statistics of the cache.
func (c *Client) CacheStats(ctx context.Context) ([]byte, error) {
	return c.ask(ctx, asking, func(client *C.attest_client_t, token *C.attest_cancel_t, out *C.attest_buf, err **C.attest_error_t) C.attest_status {
		return C.attest_cache_stats(client, token, out, err)
	})
}

// GetReceipt fetches the receipt of the execution of that id, with its verifier.
func (c *Client) GetReceipt(ctx context.Context, id string, allowFailed bool) (receipt *Receipt, err error) {
	pointer, err := c.handle.enter()
	if err != nil {
		return nil, err
	}
	err = blocking(ctx, asking, func(token *C.attest_cancel_t) error {
		receipt, err = ownReceipt(func(out **C.attest_receipt_t, failure **C.attest_error_t) C.attest_status {
			return C.attest_execution_get_receipt((*C.attest_client_t)(pointer), lendText(id), C.bool(allowFailed), token, out, failure)
		})
		return err
	})
	c.handle.leave()
	runtime.KeepAlive(c)
	return receipt, err
}
