import type { Pipeline } from './pipeline.js';

/** One page of pipelines.
 *
 * @example
 * ```ts
 * const page: PipelinePage = await client.pipelines.list({ name: 'never created' });
 * console.log(page.pipelines.length, page.total, page.hasMore); // 0 0 false
 * ```
 */
export interface PipelinePage {
  readonly pipelines: readonly Pipeline[];
  /** How many the query selects in all. */
  readonly total: number;
  /** Whether a further page exists. */
  readonly hasMore: boolean;
  /** Where the next page starts. */
  readonly nextCursor?: string;
}

/** Pipelines, as one page where it is awaited, and all of them where it is iterated over. Nothing is asked before.
 *
 * @example
 * ```ts
 * const greetings: PipelineList = client.pipelines.list({ name: 'greeting', limit: 1 });
 * console.log((await greetings).pipelines.length); // 1
 * for await (const { name } of greetings) {
 *   console.log(name); // greeting
 *   break;
 * }
 * ```
 */
export class PipelineList implements PromiseLike<PipelinePage>, AsyncIterable<Pipeline> {
  readonly #page: (cursor?: string) => Promise<PipelinePage>;
  #first: Promise<PipelinePage> | undefined;

  /** @internal */
  constructor(page: (cursor?: string) => Promise<PipelinePage>) {
    this.#page = page;
  }

  // biome-ignore lint/suspicious/noThenProperty: it is awaitable on purpose
  then<A = PipelinePage, B = never>(
    fulfilled?: ((page: PipelinePage) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#first ??= this.#page();
    return this.#first.then(fulfilled, rejected);
  }

  /** Page after page by the server's cursor, so that nothing is skipped or told twice while others are added. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Pipeline, void, undefined> {
    let page = await this.#page();
    for (;;) {
      yield* page.pipelines;
      if (!page.hasMore || page.nextCursor === undefined) {
        return;
      }
      page = await this.#page(page.nextCursor);
    }
  }
}
