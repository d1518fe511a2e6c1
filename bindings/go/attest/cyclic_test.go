package attest_test

import (
	"testing"

	"github.com/attest-dev/go-sdk/attest"
)

type ring struct{ next *ring }

type written struct{ Itself *written }

func (*written) MarshalJSON() ([]byte, error) { return []byte(`"image"`), nil }

type broken struct{}

func (broken) MarshalJSON() ([]byte, error) { return []byte(`"` + notUTF8 + `"`), nil }

func TestAValueThatHoldsItselfIsAnErrorAndNoEndlessRecursion(t *testing.T) {
	client := connect(t)
	made := func(image any) error {
		_, err := client.Pipelines.Create(t.Context(), &attest.PipelineConfig{
			Name:   t.Name(),
			Config: &attest.PipelineDefinition{Version: "0.1", Steps: []attest.Step{{Name: "a", Run: "true", Image: image}}},
		})
		return err
	}
	cyclic := map[string]any{}
	cyclic["a"], cyclic["b"] = cyclic, []any{cyclic}
	expect(t, made(cyclic), attest.ErrValidation, "cycle")
	expect(t, made(broken{}), attest.ErrValidation, "`config.steps[0].image`")
	expect(t, made(func() {}), attest.ErrValidation, "func()")

	// What JSON does not look into is not looked into either: these reach the server, which wants something else.
	hidden := &ring{}
	hidden.next = hidden
	expect(t, made(hidden), attest.ErrValidation, "")
	itself := &written{}
	itself.Itself = itself
	if err := made(itself); err != nil {
		expect(t, err, attest.ErrValidation, "")
	}
}
