package attest

import (
	"bytes"
	"encoding/json"
	"errors"
	"time"

	"github.com/attest-dev/go-sdk/internal/native"
)

// Kind is what kind of error an [*Error] is. A newer library may have kinds that this list lacks.
type Kind string

// The kinds. Each has a variable for errors.Is below.
const (
	// KindAuthenticationFailed: no credential, or a bad one (401).
	KindAuthenticationFailed Kind = "authentication_failed"
	// KindAuthorizationFailed: the credential lacks a scope (403).
	KindAuthorizationFailed Kind = "authorization_failed"
	// KindValidationError: the request itself is wrong (400, 422).
	KindValidationError Kind = "validation_error"
	// KindResourceNotFound: there is no such thing (404).
	KindResourceNotFound Kind = "resource_not_found"
	// KindConflict: it contradicts the present state (409).
	KindConflict Kind = "conflict"
	// KindRateLimitExceeded: too many requests (429); see [Error.ResetAt].
	KindRateLimitExceeded Kind = "rate_limit_exceeded"
	// KindInternalError: the server failed (500 and above).
	KindInternalError Kind = "internal_error"
	// KindAPIError: any other status, and an execution that did not complete.
	KindAPIError Kind = "api_error"
	// KindConnection: the server could not be reached, or the connection broke.
	KindConnection Kind = "connection"
	// KindTimeout: no answer within the time for one attempt.
	KindTimeout Kind = "timeout"
	// KindWaitTimeout: the time for a wait is over; the execution goes on, see [Error.LastSeen].
	KindWaitTimeout Kind = "wait_timeout"
	// KindCancelled: called off from within the library. A context that ends is returned as its cause instead.
	KindCancelled Kind = "cancelled"
	// KindDecode: an answer that is not what the contract says.
	KindDecode Kind = "decode"
	// KindConfig: an option that is missing or out of range.
	KindConfig Kind = "config"
	// KindWebhookSignature: a webhook's signature does not verify.
	KindWebhookSignature Kind = "webhook_signature"
	// KindReceiptFormat: a receipt that cannot be read.
	KindReceiptFormat Kind = "receipt_format"
	// KindKeyFormat: a key that cannot be read.
	KindKeyFormat Kind = "key_format"
	// KindIO: the file system failed.
	KindIO Kind = "io"
	// KindClosed: the client, or the value that was used, was closed.
	KindClosed Kind = "closed"
	// KindInternal: a fault of this library.
	KindInternal Kind = "internal"
)

// One value per kind, for errors.Is.
var (
	ErrAuthenticationFailed error = sentinel(KindAuthenticationFailed)
	ErrAuthorizationFailed  error = sentinel(KindAuthorizationFailed)
	ErrValidation           error = sentinel(KindValidationError)
	ErrNotFound             error = sentinel(KindResourceNotFound)
	ErrConflict             error = sentinel(KindConflict)
	ErrRateLimited          error = sentinel(KindRateLimitExceeded)
	ErrServer               error = sentinel(KindInternalError)
	ErrAPI                  error = sentinel(KindAPIError)
	ErrConnection           error = sentinel(KindConnection)
	ErrTimeout              error = sentinel(KindTimeout)
	ErrWaitTimeout          error = sentinel(KindWaitTimeout)
	ErrCancelled            error = sentinel(KindCancelled)
	ErrDecode               error = sentinel(KindDecode)
	ErrConfig               error = sentinel(KindConfig)
	ErrWebhookSignature     error = sentinel(KindWebhookSignature)
	ErrReceiptFormat        error = sentinel(KindReceiptFormat)
	ErrKeyFormat            error = sentinel(KindKeyFormat)
	ErrIO                   error = sentinel(KindIO)
	ErrClosed               error = sentinel(KindClosed)
	ErrInternal             error = sentinel(KindInternal)
)

// ErrNoNative is what every call returns in a program that was built without the native library: without cgo, or for a
// platform that has none. It says how to build with it.
var ErrNoNative = native.ErrNoNative

// Error is what every call returns where it fails, but for the end of its context and [ErrNoNative].
type Error struct {
	// Kind decides what to do about it.
	Kind Kind
	// Code is the server's, as it was sent, else the kind's own.
	Code string
	// Message says what was wrong and what to do next.
	Message string
	// Status is that of the HTTP answer; 0 where there was none.
	Status int
	// Details are the server's, as they were sent. A number among them is a [json.Number], which keeps all its digits.
	Details map[string]any
	// RequestID is what to name when asking the server's operator.
	RequestID string
	// Attempts is how many times the request was sent; 0 where none was.
	Attempts int
	// Retryable says whether the same call may succeed later without any change.
	Retryable bool
	// RetryAfter is how long the server asked to wait; 0 where it did not.
	RetryAfter time.Duration
	// ResetAt is, for rate_limit_exceeded, when calls are allowed again, by the clock of this machine; zero where unknown.
	ResetAt time.Time
	// LastSeen is, for wait_timeout, the execution as it was last seen.
	LastSeen *Execution

	text string
}

// Error is the message with status and request id.
func (e *Error) Error() string {
	switch {
	case e == nil:
		return "attest: no error"
	case e.text != "":
		return "attest: " + e.text
	default:
		return "attest: " + e.Message
	}
}

// Is reports whether target is the variable of this error's kind.
func (e *Error) Is(target error) bool {
	kind, ok := target.(sentinel)
	return ok && e != nil && Kind(kind) == e.Kind
}

type sentinel Kind

func (s sentinel) Error() string { return "attest: " + string(s) }

func failure(kind Kind, message string) *Error {
	return &Error{Kind: kind, Code: string(kind), Message: message}
}

// failureOnWire is an error as the native library writes it. What is unknown is null, and stays zero here.
type failureOnWire struct {
	Kind       Kind            `json:"kind"`
	Code       string          `json:"code"`
	Message    string          `json:"message"`
	Text       string          `json:"text"`
	Status     int             `json:"status"`
	Details    map[string]any  `json:"details"`
	RequestID  string          `json:"request_id"`
	Attempts   int             `json:"attempts"`
	Retryable  bool            `json:"retryable"`
	RetryAfter float64         `json:"retry_after"`
	ResetAt    *int64          `json:"reset_at"`
	LastSeen   json.RawMessage `json:"last_seen"`
}

// received makes an error of this package of one that the native layer returned. client is what a last seen execution is
// asked about through.
func received(client *Client, err error) error {
	var failed *native.Failure
	if !errors.As(err, &failed) {
		return err
	}
	return parseFailure(client, failed.JSON)
}

func parseFailure(client *Client, text []byte) *Error {
	var wire failureOnWire
	read := json.NewDecoder(bytes.NewReader(text))
	read.UseNumber()
	if err := read.Decode(&wire); err != nil {
		return failure(KindInternal, "a fault of this library, please report it: an error that cannot be read: "+err.Error())
	}
	made := &Error{
		Kind:       wire.Kind,
		Code:       wire.Code,
		Message:    wire.Message,
		Status:     wire.Status,
		Details:    wire.Details,
		RequestID:  wire.RequestID,
		Attempts:   wire.Attempts,
		Retryable:  wire.Retryable,
		RetryAfter: time.Duration(wire.RetryAfter * float64(time.Second)),
		text:       wire.Text,
	}
	if wire.ResetAt != nil {
		made.ResetAt = time.Unix(*wire.ResetAt, 0)
	}
	if len(wire.LastSeen) > 0 && string(wire.LastSeen) != "null" {
		// An execution that cannot be read does not hide the error it came with.
		made.LastSeen, _ = readExecution(client, wire.LastSeen)
	}
	return made
}
