package attest

import (
	"context"
	"iter"

	"github.com/attest-dev/go-sdk/internal/native"
)

// pieces gives what a native stream gives, one value after the other, until its end or the first error. Each use of the
// sequence opens a stream of its own.
func pieces[T any](ctx context.Context, what string, client *Client, open func() (*native.Stream, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		stream, err := open()
		if err != nil {
			yield(none, received(client, err))
			return
		}
		defer stream.Close()
		for {
			text, err := stream.Next(ctx)
			if err != nil {
				yield(none, received(client, err))
				return
			}
			if text == nil {
				return
			}
			var piece T
			if err := decode(what, text, &piece); err != nil {
				yield(none, err)
				return
			}
			if !yield(piece, nil) {
				return
			}
		}
	}
}
