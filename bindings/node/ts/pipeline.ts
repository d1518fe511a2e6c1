import type { CallOptions } from './call.js';
import type { Execution } from './execution.js';
import type { Config, ExecuteOptions, PipelineStatus } from './models.js';

/** What a pipeline says of itself. */
export type PipelineState = {
  readonly [K in keyof Pipeline as Pipeline[K] extends (...args: never[]) => unknown ? never : K]: Pipeline[K];
};

type Execute = (id: string, options: ExecuteOptions | undefined, call: CallOptions | undefined) => Promise<Execution>;

let make: (execute: Execute, state: PipelineState) => Pipeline;

/** A stored pipeline, as the server described it.
 *
 * @example
 * ```ts
 * const same = await client.pipelines.get(pipeline.id);
 * const execution = await same.execute({ environment: 'staging' });
 * console.log(execution.pipelineId === pipeline.id); // true
 * ```
 */
export class Pipeline {
  /** `pip_…`, opaque. */
  declare readonly id: string;
  declare readonly name: string;
  declare readonly description: string | null;
  declare readonly status: PipelineStatus;
  declare readonly createdAt: string | null;
  declare readonly updatedAt: string | null;
  /** How many executions were accepted. */
  declare readonly executions: number;
  /** Share of finished executions that completed, 0 to 1; null before the first. */
  declare readonly successRate: number | null;
  /** The newest configuration; lists may leave it out. */
  declare readonly config?: Config;
  /** The number of the newest configuration, from 1. */
  declare readonly version?: number;
  /** `blake3:…` of the stored definition's canonical text. */
  declare readonly definitionHash?: string;

  readonly #execute: Execute;

  private constructor(execute: Execute, state: PipelineState) {
    this.#execute = execute;
    Object.assign(this, state);
  }

  static {
    make = (execute, state) => new Pipeline(execute, state);
  }

  /** Starts an execution. */
  execute(options?: ExecuteOptions, call?: CallOptions): Promise<Execution> {
    return this.#execute(this.id, options, call);
  }
}

/** The pipeline of that state, which `execute` can start. */
export function pipelineOf(execute: Execute, state: PipelineState): Pipeline {
  return make(execute, state);
}
