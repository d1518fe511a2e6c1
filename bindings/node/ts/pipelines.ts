import * as argument from './argument.js';
import { type CallOptions, call, signalOf } from './call.js';
import { type AttestError, errorOf, type Failure } from './errors.js';
import { type Execution, executionOf } from './execution.js';
import type { BulkItem, CreatePipeline, ExecuteOptions, PipelineQuery } from './models.js';
import type { NativeClient } from './native.js';
import { type Pipeline, type PipelineState, pipelineOf } from './pipeline.js';
import { PipelineList, type PipelinePage } from './pipeline-list.js';
import { json, read } from './shape.js';
import { bulkItems, createPipeline, executeOptions, pipeline, pipelinePage, pipelineQuery } from './shapes.js';
import type { Signal } from './signal.js';

/** What became of one of many executions: it was started, or it was not.
 *
 * @example
 * ```ts
 * const results: BulkResult[] = await client.pipelines.bulkExecute([{ pipelineId: 'pip_unknown' }]);
 * for (const { index, execution, error } of results) {
 *   console.log(index, execution?.id ?? error?.name); // 0 ResourceNotFound
 * }
 * ```
 */
export type BulkResult =
  | { readonly index: number; readonly execution: Execution; readonly error?: never }
  | { readonly index: number; readonly error: AttestError; readonly execution?: never };

/** The pipelines of a server.
 *
 * @example
 * ```ts
 * for await (const { name } of client.pipelines.list({ name: 'greeting' })) {
 *   console.log(name); // greeting
 *   break;
 * }
 * ```
 */
export class Pipelines {
  readonly #client: NativeClient;

  /** @internal */
  constructor(client: NativeClient) {
    this.#client = client;
  }

  /** Creates a pipeline. Nothing runs yet. */
  async create(body: CreatePipeline, options?: CallOptions): Promise<Pipeline> {
    const signal = signalOf('the options of pipelines.create', options);
    const given = json(createPipeline, 'the pipeline', body);
    return this.#one(await call(signal, (cancel) => this.#client.createPipeline(given, cancel)));
  }

  /** The pipeline of that id. */
  async get(id: string, options?: CallOptions): Promise<Pipeline> {
    const signal = signalOf('the options of pipelines.get', options);
    const given = pipelineId(id);
    return this.#one(await call(signal, (cancel) => this.#client.getPipeline(given, cancel)));
  }

  /** Pipelines. Await it for one page; iterate over it with `for await` for all of them, from that page on. */
  list(query: PipelineQuery = {}, options?: CallOptions): PipelineList {
    const signal = signalOf('the options of pipelines.list', options);
    // Checked now, at the caller's line.
    json(pipelineQuery, 'the query', query);
    return new PipelineList((cursor) => this.#page(cursor === undefined ? query : following(query, cursor), signal));
  }

  /** Starts an execution of the pipeline of that id. */
  async execute(id: string, options: ExecuteOptions = {}, callOptions?: CallOptions): Promise<Execution> {
    const signal = signalOf('the options of the call', callOptions);
    const [pipeline, body] = [pipelineId(id), json(executeOptions, "the execution's options", options)];
    return executionOf(
      this.#client,
      await call(signal, (cancel) => this.#client.executePipeline(pipeline, body, cancel)),
    );
  }

  /** Starts many executions by one call. One that cannot be started keeps no other from it: its result has the error.
   * Results are in the order of the items. */
  async bulkExecute(items: readonly BulkItem[], options?: CallOptions): Promise<BulkResult[]> {
    const signal = signalOf('the options of pipelines.bulkExecute', options);
    const body = json(bulkItems, 'the executions', items);
    const answer = JSON.parse(await call(signal, (cancel) => this.#client.bulkExecute(body, cancel))) as {
      results: readonly ({ index: number; execution: unknown } | { index: number; error: Failure })[];
    };
    return answer.results.map((one) =>
      'error' in one
        ? { index: one.index, error: errorOf(one.error) }
        : { index: one.index, execution: executionOf(this.#client, JSON.stringify(one.execution)) },
    );
  }

  async #page(query: PipelineQuery, signal: Signal | undefined): Promise<PipelinePage> {
    const given = json(pipelineQuery, 'the query', query);
    const answer = await call(signal, (cancel) => this.#client.listPipelines(given, cancel));
    const page = read<Omit<PipelinePage, 'pipelines'> & { pipelines: PipelineState[] }>(pipelinePage, answer);
    return { ...page, pipelines: page.pipelines.map((state) => this.#of(state)) };
  }

  #one(text: string): Pipeline {
    return this.#of(read<PipelineState>(pipeline, text));
  }

  #of(state: PipelineState): Pipeline {
    return pipelineOf((...args) => this.execute(...args), state);
  }
}

function pipelineId(id: unknown): string {
  return argument.text('the id of a pipeline', id);
}

/** A cursor says where; an offset would say it again. */
function following(query: PipelineQuery, cursor: string): PipelineQuery {
  return { ...query, offset: undefined, cursor };
}
