import { type CallOptions, call, signalOf } from './call.js';
import type { CacheStats } from './models.js';
import type { NativeClient } from './native.js';
import { read } from './shape.js';
import { cacheStats } from './shapes.js';

/** The cache of a server.
 *
 * @example
 * ```ts
 * const { hitRate } = await client.cache.getStats();
 * console.log(hitRate >= 0); // true
 * ```
 */
export class Cache {
  readonly #client: NativeClient;

  /** @internal */
  constructor(client: NativeClient) {
    this.#client = client;
  }

  /** How much is stored, and how often it was found. */
  async getStats(options?: CallOptions): Promise<CacheStats> {
    const signal = signalOf('the options of cache.getStats', options);
    return read<CacheStats>(cacheStats, await call(signal, (cancel) => this.#client.cacheStats(cancel)));
  }
}
