import * as argument from './argument.js';
import { type CallOptions, call, signalOf } from './call.js';
import { type Execution, executionOf } from './execution.js';
import type { NativeClient } from './native.js';

/** The executions of a server.
 *
 * @example
 * ```ts
 * const id = execution.id; // kept from earlier
 * const same = await client.executions.get(id);
 * console.log(same.status); // completed
 * ```
 */
export class Executions {
  readonly #client: NativeClient;

  /** @internal */
  constructor(client: NativeClient) {
    this.#client = client;
  }

  /** The execution of that id. */
  async get(id: string, options?: CallOptions): Promise<Execution> {
    const signal = signalOf('the options of executions.get', options);
    const given = argument.text('the id of an execution', id);
    return executionOf(this.#client, await call(signal, (cancel) => this.#client.getExecution(given, cancel)));
  }
}
