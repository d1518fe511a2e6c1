package attest

import (
	"context"
	"iter"
)

// Pipelines of a server.
type Pipelines struct {
	client *Client
}

// PipelineQuery says which pipelines are wanted; all, where nothing is set.
type PipelineQuery struct {
	// Name selects pipelines of exactly this name. Names need not be unique.
	Name string `json:"name,omitempty"`
	// Status selects pipelines of this status.
	Status PipelineStatus `json:"status,omitempty"`
	// Limit is the size of a page; 0 leaves it to the server.
	Limit uint32 `json:"limit,omitempty"`
	// Offset skips so many.
	Offset uint64 `json:"offset,omitempty"`
	// Sort is such as created_at:desc.
	Sort string `json:"sort,omitempty"`
	// Cursor is where a page starts, from the page before.
	Cursor string `json:"cursor,omitempty"`
}

// PipelinePage is one page of pipelines.
type PipelinePage struct {
	// Pipelines of this page.
	Pipelines []*Pipeline `json:"pipelines"`
	// Total is how many the query selects in all.
	Total uint64 `json:"total"`
	// HasMore says whether a further page exists.
	HasMore bool `json:"has_more"`
	// NextCursor is where it starts.
	NextCursor string `json:"next_cursor"`
}

// Create creates a pipeline. Nothing runs yet. Every problem of the definition is in the error's Details.
func (p *Pipelines) Create(ctx context.Context, pipeline *PipelineConfig) (*Pipeline, error) {
	client, err := p.owner()
	if err != nil {
		return nil, err
	}
	if pipeline == nil {
		return nil, failure(KindValidationError, "the pipeline is nil: pass &attest.PipelineConfig{Name: …, Config: …}")
	}
	body, err := encode(KindValidationError, "the pipeline", pipeline.onWire())
	if err != nil {
		return nil, err
	}
	answer, err := client.native.CreatePipeline(ctx, body)
	return readPipeline(client, answer, err)
}

// Get returns the pipeline of that id.
func (p *Pipelines) Get(ctx context.Context, id string) (*Pipeline, error) {
	client, err := p.owner()
	if err != nil {
		return nil, err
	}
	answer, err := client.native.GetPipeline(ctx, id)
	return readPipeline(client, answer, err)
}

// List returns one page of pipelines. A nil query selects all.
func (p *Pipelines) List(ctx context.Context, query *PipelineQuery) (*PipelinePage, error) {
	client, err := p.owner()
	if err != nil {
		return nil, err
	}
	if query == nil {
		query = &PipelineQuery{}
	}
	body, err := encode(KindValidationError, "the query", query)
	if err != nil {
		return nil, err
	}
	answer, err := client.native.ListPipelines(ctx, body)
	if err != nil {
		return nil, received(client, err)
	}
	page := &PipelinePage{}
	if err := decode("the list of pipelines", answer, page); err != nil {
		return nil, err
	}
	for _, one := range page.Pipelines {
		one.client = client
	}
	return page, nil
}

// All gives every pipeline, page after page. The first error ends it.
func (p *Pipelines) All(ctx context.Context) iter.Seq2[*Pipeline, error] {
	return p.AllWith(ctx, nil)
}

// AllWith is [Pipelines.All] of those that the query selects.
func (p *Pipelines) AllWith(ctx context.Context, query *PipelineQuery) iter.Seq2[*Pipeline, error] {
	return func(yield func(*Pipeline, error) bool) {
		var next PipelineQuery
		if query != nil {
			next = *query
		}
		for {
			page, err := p.List(ctx, &next)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, one := range page.Pipelines {
				if !yield(one, nil) {
					return
				}
			}
			if !page.HasMore || page.NextCursor == "" {
				return
			}
			next.Offset, next.Cursor = 0, page.NextCursor
		}
	}
}

// Execute executes the pipeline of that id. Nil options stand for the server's defaults: sign, verify, use the cache.
func (p *Pipelines) Execute(ctx context.Context, id string, options *ExecuteOptions) (*Execution, error) {
	client, err := p.owner()
	if err != nil {
		return nil, err
	}
	request, err := options.onWire()
	if err != nil {
		return nil, err
	}
	body, err := encode(KindValidationError, "the execution's options", request)
	if err != nil {
		return nil, err
	}
	answer, err := client.native.ExecutePipeline(ctx, id, body)
	if err != nil {
		return nil, received(client, err)
	}
	return readExecution(client, answer)
}

func (p *Pipelines) owner() (*Client, error) {
	if p == nil {
		return nil, failure(KindConfig, "there is no client: make one with attest.NewClient, and use its Pipelines")
	}
	_, err := p.client.use()
	return p.client, err
}
