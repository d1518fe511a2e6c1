import { Cache } from './cache.js';
import { value } from './call.js';
import { Executions } from './executions.js';
import type { ClientOptions, VerifierOptions } from './models.js';
import { type NativeClient, native } from './native.js';
import { Pipelines } from './pipelines.js';
import { clientOptions } from './shapes.js';
import { Verifier } from './verifier.js';

/** A client of one Attest server. It keeps its connections; one for a whole program is enough.
 *
 * @example
 * ```ts
 * const client = new AttestClient({ policies: ['max-age-24h'] });
 * const config = { version: '0.1', steps: [{ name: 'greet', run: 'echo hello' }] };
 * const pipeline = await client.pipelines.create({ name: 'greeting', config });
 * const execution = await (await pipeline.execute()).waitForCompletion({ timeoutMs: 300_000 });
 * const receipt = await execution.getReceipt();
 * console.log(await receipt.verify()); // true
 * client.close();
 * ```
 */
export class AttestClient {
  readonly #native: NativeClient;
  /** Pipelines: create, find, execute. */
  readonly pipelines: Pipelines;
  /** Executions of any pipeline. */
  readonly executions: Executions;
  readonly cache: Cache;

  /** A client of these options; what is absent comes from `ATTEST_BASE_URL`, and `ATTEST_API_KEY` or `ATTEST_TOKEN`. */
  constructor(options: ClientOptions = {}) {
    const given = clientOptions.give("the client's options", options) as object;
    this.#native = value(native.Client.open(JSON.stringify({ ...given, environment: environment() })));
    this.pipelines = new Pipelines(this.#native);
    this.executions = new Executions(this.#native);
    this.cache = new Cache(this.#native);
  }

  /** A verifier with what it is given, and nothing of this client's. */
  createVerifier(options?: VerifierOptions): Verifier {
    return new Verifier(options);
  }

  /** Ends every call that is under way with a `ClosedError`, and refuses all later ones. Closing twice is harmless. */
  close(): void {
    this.#native.close();
  }
}

/** What this thread sees of the environment: a worker may have one of its own, which the native module knows nothing of. */
function environment(): object {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('ATTEST_')));
}
