package attest_test

import (
	"testing"

	"github.com/attest-dev/go-sdk/attest"
)

func TestBulkExecutionsComeBackInOrderEachWithItsOwnEnd(t *testing.T) {
	client := connect(t)
	good := create(t, client, "true")
	results, err := client.Pipelines.BulkExecute(t.Context(), []attest.BulkItem{
		{PipelineID: good.ID, ExecuteOptions: attest.ExecuteOptions{Environment: "staging"}},
		{PipelineID: "pip_none"},
		{PipelineID: good.ID, ExecuteOptions: attest.ExecuteOptions{Environment: "production", NoSign: true}},
	})
	if err != nil || len(results) != 3 {
		t.Fatal(results, err)
	}
	for i, environment := range map[int]string{0: "staging", 2: "production"} {
		if results[i].Error != nil || results[i].Index != i {
			t.Fatalf("%+v", results[i])
		}
		over, err := results[i].Execution.WaitForCompletion(t.Context())
		if err != nil || over.Environment != environment || over.PipelineID != good.ID {
			t.Errorf("%+v %v", over, err)
		}
	}
	expect(t, results[1].Error, attest.ErrNotFound, "")
	if results[1].Execution != nil {
		t.Error("either or")
	}
	_, err = client.Pipelines.BulkExecute(t.Context(), []attest.BulkItem{{PipelineID: good.ID, ExecuteOptions: attest.ExecuteOptions{Cache: true, NoCache: true}}})
	expect(t, err, attest.ErrValidation, "item 0")
	_, err = client.Pipelines.BulkExecute(t.Context(), nil)
	t.Log("none:", err)
}
