package attest

import (
	"context"
	"time"
)

// PipelineConfig is a pipeline to create.
type PipelineConfig struct {
	// Name of the pipeline. Names need not be unique.
	Name string
	// Description says what it is for.
	Description string
	// Config is what it runs: a [*PipelineDefinition] or a [*Config].
	Config Definition
}

// Definition is what a pipeline runs: a [*PipelineDefinition] or a [*Config].
type Definition interface {
	definition() *PipelineDefinition
}

// PipelineDefinition is what a pipeline runs.
type PipelineDefinition struct {
	// Version is the one the author gave; any non-empty text.
	Version string `json:"version"`
	// Steps are in the author's order. What runs first is said by Needs alone.
	Steps []Step `json:"steps,omitempty"`
	// Env is the environment of every step.
	Env map[string]string `json:"env,omitempty"`
	// Network says whether steps may use the network; nil leaves it to the server.
	Network *bool `json:"network,omitempty"`
	// StrictInputs says whether steps see their declared inputs alone; nil stands for false.
	StrictInputs *bool `json:"strict_inputs,omitempty"`
	// Attestation is the command-line tool's block of that name. It is refused where it differs from its defaults.
	Attestation any `json:"attestation,omitempty"`
}

// Step is one step of a pipeline.
type Step struct {
	// Name is unique in its pipeline: [A-Za-z0-9_.-]{1,64}.
	Name string `json:"name"`
	// Run is the command, run by sh -c.
	Run string `json:"run"`
	// Inputs are files and directories that it reads, relative to the workspace.
	Inputs []string `json:"inputs,omitempty"`
	// Outputs are files and directories that it must write, relative to the workspace.
	Outputs []string `json:"outputs,omitempty"`
	// Needs are the steps that have to complete first, and whose outputs this one sees.
	Needs []string `json:"needs,omitempty"`
	// Env is its environment, over the pipeline's.
	Env map[string]string `json:"env,omitempty"`
	// WorkingDir is where the command runs, relative to the workspace.
	WorkingDir string `json:"working_dir,omitempty"`
	// TimeoutSecs is after how many seconds it is ended with exit code 124; 0 stands for the server's limit.
	TimeoutSecs uint64 `json:"timeout_secs,omitempty"`
	// Cache says whether its result may be stored and taken from the cache; nil stands for true.
	Cache *bool `json:"cache,omitempty"`
	// Network says whether it may use the network; nil stands for the pipeline's value.
	Network *bool `json:"network,omitempty"`
	// StrictInputs says whether it sees its declared inputs alone; nil stands for the pipeline's value.
	StrictInputs *bool `json:"strict_inputs,omitempty"`
	// Image, Capsule and Attestation are the command-line tool's. They are refused where they say something.
	Image       any `json:"image,omitempty"`
	Capsule     any `json:"capsule,omitempty"`
	Attestation any `json:"attestation,omitempty"`
}

// PipelineStatus says whether a pipeline may still be executed. Other values than these are kept as they were sent.
type PipelineStatus string

const (
	// PipelineActive can be executed.
	PipelineActive PipelineStatus = "active"
	// PipelineArchived was archived: its executions and receipts stay readable.
	PipelineArchived PipelineStatus = "archived"
)

// Pipeline is a stored pipeline, as the server last described it.
type Pipeline struct {
	// ID is pip_…, opaque.
	ID string `json:"id"`
	// Name is the one it was created or last updated with.
	Name string `json:"name"`
	// Description says what it is for.
	Description string `json:"description"`
	// Status says whether it can be executed.
	Status PipelineStatus `json:"status"`
	// CreatedAt is when it was created.
	CreatedAt *time.Time `json:"created_at"`
	// UpdatedAt is when it was last changed.
	UpdatedAt *time.Time `json:"updated_at"`
	// Executions is how many were accepted.
	Executions uint64 `json:"executions"`
	// SuccessRate is the share of finished executions that completed, 0 to 1; nil before the first.
	SuccessRate *float64 `json:"success_rate"`
	// Config is the newest definition; lists may leave it out.
	Config *PipelineDefinition `json:"config,omitempty"`
	// Version is the number of the newest definition, from 1; 0 where the server does not say it.
	Version uint64 `json:"version,omitempty"`
	// DefinitionHash is blake3:… of the stored definition.
	DefinitionHash string `json:"definition_hash,omitempty"`

	client *Client
}

// Execute executes the pipeline. Nil options stand for the server's defaults: sign, verify, use the cache.
func (p *Pipeline) Execute(ctx context.Context, options *ExecuteOptions) (*Execution, error) {
	if p == nil || p.client == nil {
		return nil, failure(KindConfig, "this pipeline did not come through a client: use client.Pipelines.Execute with its id")
	}
	return p.client.Pipelines.Execute(ctx, p.ID, options)
}

func readPipeline(client *Client, answer []byte, err error) (*Pipeline, error) {
	if err != nil {
		return nil, received(client, err)
	}
	pipeline := &Pipeline{client: client}
	if err := decode("the pipeline", answer, pipeline); err != nil {
		return nil, err
	}
	return pipeline, nil
}

func (c *Config) definition() *PipelineDefinition {
	if c == nil {
		return nil
	}
	return &PipelineDefinition{
		Version:      c.Version,
		Steps:        c.Steps,
		Env:          c.Env,
		Network:      c.Network,
		StrictInputs: c.StrictInputs,
		Attestation:  c.Attestation,
	}
}

func (d *PipelineDefinition) definition() *PipelineDefinition { return d }

type pipelineOnWire struct {
	Name        string              `json:"name"`
	Description string              `json:"description,omitempty"`
	Config      *PipelineDefinition `json:"config,omitempty"`
}

func (p *PipelineConfig) onWire() *pipelineOnWire {
	wire := &pipelineOnWire{Name: p.Name, Description: p.Description}
	if p.Config != nil {
		wire.Config = p.Config.definition()
	}
	return wire
}
