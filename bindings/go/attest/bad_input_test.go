package attest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/attest-dev/go-sdk/attest"
)

const notUTF8 = "a\xffb"

func TestAClientWithoutOptionsTakesTheEnvironments(t *testing.T) {
	for _, options := range []attest.ClientConfig{nil, (*attest.Config)(nil), (*attest.ClientOptions)(nil), &attest.ClientOptions{}} {
		client := attest.NewClient(options)
		_, err := client.Pipelines.Create(t.Context(), &attest.PipelineConfig{})
		expect(t, err, attest.ErrConfig, "ATTEST_BASE_URL")
		_, err = client.Executions.Get(t.Context(), "x")
		expect(t, err, attest.ErrConfig, "ATTEST_BASE_URL")
		_, err = client.CreateVerifier(&attest.VerifierOptions{})
		expect(t, err, attest.ErrConfig, "ATTEST_BASE_URL")
		if client.Close() != nil {
			t.Error("it can be closed")
		}
	}
	t.Setenv("ATTEST_BASE_URL", server.URL)
	t.Setenv("ATTEST_API_KEY", server.Key)
	if _, err := connectWith(t, nil).Cache.GetStats(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestOptionsThatCannotBeUsedAreNamed(t *testing.T) {
	for _, one := range []struct {
		options attest.ClientOptions
		part    string
	}{
		{attest.ClientOptions{BaseURL: "not a url", APIKey: "k"}, "not a url"},
		{attest.ClientOptions{BaseURL: "http://example.com", APIKey: "k"}, "http"},
		{attest.ClientOptions{BaseURL: server.URL, APIKey: "k", Token: "t"}, "token"},
		{attest.ClientOptions{BaseURL: server.URL, APIKey: "k", ConnectTimeout: -time.Second}, "connect_timeout"},
		{attest.ClientOptions{BaseURL: server.URL, APIKey: "k", AttemptTimeout: 100 * 24 * time.Hour}, "timeout"},
		{attest.ClientOptions{BaseURL: server.URL, APIKey: "k", CABundle: "no pem"}, "CA bundle"},
		{attest.ClientOptions{BaseURL: server.URL, APIKey: notUTF8}, "`api_key` is not UTF-8"},
		{attest.ClientOptions{BaseURL: server.URL, APIKey: "k", Policies: []string{"", notUTF8}}, "`policies[1]` is not UTF-8"},
		{attest.ClientOptions{BaseURL: server.URL, APIKey: "k", Headers: map[string]string{"x": notUTF8}}, "`headers.\"x\"` is not UTF-8"},
		{attest.ClientOptions{BaseURL: server.URL, APIKey: "k", TrustedKeys: []attest.TrustedKey{{PublicKey: notUTF8}}}, "`trusted_keys[0].public_key` is not UTF-8"},
	} {
		_, err := attest.NewClientE(&one.options)
		expect(t, err, attest.ErrConfig, one.part)
		t.Log(err)
	}
}

func TestTextThatIsNotUTF8IsNamed(t *testing.T) {
	client, ctx := connect(t), t.Context()
	_, err := client.Pipelines.Get(ctx, notUTF8)
	expect(t, err, attest.ErrValidation, "is not UTF-8 at byte 1")
	_, err = client.Executions.Get(ctx, notUTF8)
	expect(t, err, attest.ErrValidation, "is not UTF-8")
	_, err = client.Pipelines.List(ctx, &attest.PipelineQuery{Name: notUTF8})
	expect(t, err, attest.ErrValidation, "`name` is not UTF-8")
	_, err = client.Pipelines.Create(ctx, &attest.PipelineConfig{Name: "x", Config: &attest.Config{Steps: []attest.Step{{}, {Run: notUTF8}}}})
	expect(t, err, attest.ErrValidation, "`config.steps[1].run` is not UTF-8")
	_, err = client.Pipelines.Execute(ctx, "x", &attest.ExecuteOptions{Variables: map[string]string{notUTF8: ""}})
	expect(t, err, attest.ErrValidation, "is not UTF-8")
	_, err = client.Pipelines.BulkExecute(ctx, []attest.BulkItem{{}, {ExecuteOptions: attest.ExecuteOptions{Environment: notUTF8}}})
	expect(t, err, attest.ErrValidation, "`[1].environment` is not UTF-8")
	for _, err := range start(t, client).StreamLogsWith(ctx, &attest.LogFilter{Step: notUTF8}) {
		expect(t, err, attest.ErrValidation, "`step` is not UTF-8")
	}
	_, err = attest.HashInputs(".", notUTF8, nil)
	expect(t, err, attest.ErrValidation, "`run` is not UTF-8")
	_, err = attest.HashOutputs(".", []string{notUTF8})
	expect(t, err, attest.ErrValidation, "`[0]` is not UTF-8")
	_, err = attest.ParseSigningKey([]byte(notUTF8))
	expect(t, err, attest.ErrValidation, "is not UTF-8")
	_, err = attest.NewVerifier(&attest.VerifierOptions{Expect: []attest.Expectation{attest.ExpectCommit(notUTF8)}})
	expect(t, err, attest.ErrConfig, "`expect.commit` is not UTF-8")
	if attest.VerifyWebhook(nil, notUTF8, notUTF8) {
		t.Error("no signature")
	}
}

func TestMissingArgumentsAreNamed(t *testing.T) {
	client, ctx := connect(t), t.Context()
	_, err := client.Pipelines.Create(ctx, nil)
	expect(t, err, attest.ErrValidation, "&attest.PipelineConfig{")
	for _, config := range []attest.Definition{nil, (*attest.Config)(nil), (*attest.PipelineDefinition)(nil)} {
		_, err = client.Pipelines.Create(ctx, &attest.PipelineConfig{Name: "x", Config: config})
		expect(t, err, attest.ErrValidation, "")
	}
	for _, id := range []string{"", ".", ".."} {
		_, err = client.Pipelines.Get(ctx, id)
		expect(t, err, attest.ErrConfig, "cannot be")
		_, err = client.Pipelines.Execute(ctx, id, nil)
		expect(t, err, attest.ErrConfig, "cannot be")
	}
	//lint:ignore SA1012 that is what it is about
	_, err = client.Pipelines.Get(nil, "x")
	expect(t, err, attest.ErrValidation, "context is nil")
	_, err = start(t, client).WaitForCompletionWithin(ctx, -time.Second)
	expect(t, err, attest.ErrConfig, "give 0 or more")
}

func TestCredentialsAreNeverPrinted(t *testing.T) {
	const secret = "attest_key_very_secret"
	config := attest.Config{APIKey: secret, BaseURL: server.URL, Version: "0.1"}
	address := attest.Config{BaseURL: "u:" + secret + "@h"}
	options := attest.ClientOptions{BaseURL: "https://u:" + secret + "@h", Token: secret, Headers: map[string]string{"X-Secret": secret}, Proxy: "http://u:" + secret + "@proxy"}
	client := connectWith(t, &config)
	var logged bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&logged, nil))
	logger.Info("all", "config", config, "options", options, "pointer", &config, "more", &options, "client", client)
	texts := []string{logged.String()}
	for _, value := range []any{config, &config, address, options, &options, client} {
		text, err := json.Marshal(value)
		if err != nil {
			t.Error(err)
		}
		texts = append(texts, string(text), fmt.Sprint(value), fmt.Sprintf("%+v %#v %s %v %q", value, value, value, value, value))
	}
	for _, text := range texts {
		if strings.Contains(text, secret) {
			t.Error(text)
		}
	}
	text, err := json.Marshal(&config)
	if err != nil || string(text) != `{"version":"0.1"}` {
		t.Error(string(text), err)
	}
}
