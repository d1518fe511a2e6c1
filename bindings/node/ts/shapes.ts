/** The tables of names, one for each model. */

import * as argument from './argument.js';
import {
  boolean,
  count,
  field,
  judging,
  list,
  nullable,
  number,
  object,
  record,
  required,
  type Shape,
  text,
  verbatim,
} from './shape.js';

const step = object({
  name: required('name', text),
  run: required('run', text),
  inputs: field('inputs', list(text)),
  outputs: field('outputs', list(text)),
  needs: field('needs', list(text)),
  env: field('env', record(text)),
  workingDir: field('working_dir', text),
  timeoutSecs: field('timeout_secs', count),
  cache: field('cache', boolean),
  network: field('network', boolean),
  strictInputs: field('strict_inputs', boolean),
  image: field('image', verbatim),
  capsule: field('capsule', verbatim),
  attestation: field('attestation', verbatim),
});

const config = object({
  version: required('version', text),
  steps: required('steps', list(step)),
  env: field('env', record(text)),
  network: field('network', boolean),
  strictInputs: field('strict_inputs', boolean),
  attestation: field('attestation', verbatim),
});

export const createPipeline = object({
  name: required('name', text),
  description: field('description', text),
  config: required('config', config),
});

export const pipeline = object({
  id: field('id', text),
  name: field('name', text),
  description: field('description', text),
  status: field('status', text),
  createdAt: field('created_at', text),
  updatedAt: field('updated_at', text),
  executions: field('executions', count),
  successRate: field('success_rate', number),
  config: field('config', config),
  version: field('version', count),
  definitionHash: field('definition_hash', text),
});

export const pipelineQuery = object({
  name: field('name', text),
  status: field('status', text),
  limit: field('limit', count),
  offset: field('offset', count),
  sort: field('sort', text),
  cursor: field('cursor', text),
});

export const pipelinePage = object({
  pipelines: field('pipelines', list(pipeline)),
  total: field('total', count),
  hasMore: field('has_more', boolean),
  nextCursor: field('next_cursor', text),
});

const execute = {
  environment: field('environment', text),
  variables: field('variables', record(text)),
  options: field(
    'options',
    object({
      sign: field('sign', boolean),
      verify: field('verify', boolean),
      cache: field('cache', boolean),
    }),
  ),
  source: field('source', text),
  sourceInfo: field(
    'source_info',
    object({
      repository: field('repository', text),
      commit: field('commit', text),
      branch: field('branch', text),
      trackedDirty: field('tracked_dirty', boolean),
    }),
  ),
  version: field('version', count),
};

export const executeOptions = object(execute);
export const bulkItems = list(object({ pipelineId: required('pipeline_id', text), ...execute }));

const plainStep = object({
  name: field('name', text),
  status: field('status', text),
  exitCode: field('exit_code', number),
  durationSeconds: field('duration_seconds', number),
  cacheHit: field('cache_hit', boolean),
  startedAt: field('started_at', text),
  completedAt: field('completed_at', text),
  inputHash: field('input_hash', text),
  outputHash: field('output_hash', text),
});

/** With the name that the specification's program uses. */
const executionStep: Shape = {
  ...plainStep,
  take: (value) => {
    const taken = plainStep.take(value) as { durationSeconds?: number | null };
    return { ...taken, duration: taken.durationSeconds };
  },
};

export const execution = object({
  id: field('id', text),
  pipelineId: field('pipeline_id', text),
  status: field('status', text),
  exitCode: field('exit_code', number),
  startedAt: field('started_at', text),
  completedAt: field('completed_at', text),
  durationSeconds: field('duration_seconds', number),
  steps: field('steps', list(executionStep)),
  environment: field('environment', text),
  createdAt: field('created_at', text),
  pipelineVersion: field('pipeline_version', count),
  pipelineHash: field('pipeline_hash', text),
  receiptHash: field('receipt_hash', text),
  failure: field(
    'failure',
    object({
      step: field('step', text),
      reason: field('reason', text),
      message: field('message', text),
    }),
  ),
});

export const executionEvent = object({
  event: field('event', text),
  status: field('status', text),
  step: field('step', executionStep),
});

export const logFilter = object({
  step: field('step', text),
  level: field('level', text),
  stream: field('stream', text),
  after: field('after', count),
});

export const logEntry = object({
  timestamp: field('timestamp', text),
  step: field('step', text),
  level: field('level', text),
  message: field('message', text),
  seq: field('seq', count),
  stream: field('stream', text),
});

export const cacheStats = object({
  totalSizeBytes: field('total_size_bytes', count),
  totalEntries: field('total_entries', count),
  hitRate: field('hit_rate', number),
  missRate: field('miss_rate', number),
  backends: field(
    'backends',
    record(
      object({
        sizeBytes: field('size_bytes', count),
        entries: field('entries', count),
        hitRate: field('hit_rate', number),
      }),
    ),
  ),
});

const namedKey = object({
  publicKey: required('public_key', text),
  signer: field('signer', text),
});

const trustedKey: Shape = {
  ...namedKey,
  give: (what, value) => (typeof value === 'object' && value !== null ? namedKey : text).give(what, value),
};

const moment: Shape = {
  ...text,
  give: (what, value) => {
    if (!(value instanceof Date)) {
      return argument.text(what, value);
    }
    if (Number.isNaN(value.getTime())) {
      throw new TypeError(`${what} is an invalid Date`);
    }
    return value.toISOString();
  },
};

export const dsseOptions = object({
  workspace: required('workspace', text),
  key: required('key', verbatim),
  subjects: field('subjects', list(text)),
  builderId: judging('builder_id', text),
  format: field('format', text),
});

export const verifierOptions = object({
  trustedKeys: judging('trusted_keys', list(trustedKey)),
  trustStore: field('trust_store', text),
  policies: judging('policies', list(text)),
  expect: judging(
    'expect',
    object({
      invocationId: judging('invocation_id', text),
      pipelineHash: judging('pipeline_hash', text),
      commit: judging('commit', text),
      artifacts: judging('artifacts', record(text)),
    }),
  ),
  now: field('now', moment),
  trustReceiptTimestamp: field('trust_receipt_timestamp', boolean),
});

export const clientOptions = object({
  baseUrl: field('base_url', text),
  apiKey: field('api_key', text),
  token: field('token', text),
  anonymous: field('anonymous', boolean),
  allowInsecureHttp: field('allow_insecure_http', boolean),
  connectTimeoutMs: field('connect_timeout_ms', number),
  attemptTimeoutMs: field('attempt_timeout_ms', number),
  idleTimeoutMs: field('idle_timeout_ms', number),
  headers: field('headers', record(text)),
  userAgentSuffix: field('user_agent_suffix', text),
  caBundle: field('ca_bundle', text),
  proxy: field('proxy', text),
  trustedKeys: judging('trusted_keys', list(trustedKey)),
  policies: judging('policies', list(text)),
});

export const manifestHash = object({
  digest: field('digest', text),
  text: field('text', text),
});

export const serverVerification = object({
  signatureValid: field('signature_valid', boolean),
  timestampValid: field('timestamp_valid', boolean),
  chainOfTrust: field('chain_of_trust', text),
});

export const report = object({
  valid: field('valid', boolean),
  checks: field('checks', list(verbatim)),
  signatureVerification: field(
    'signature_verification',
    object({
      valid: field('valid', boolean),
      signer: field('signer', text),
      keyId: field('key_id', text),
      algorithm: field('algorithm', text),
      trusted: field('trusted', boolean),
    }),
  ),
  policyCompliance: field('policy_compliance', verbatim),
  timestampCheck: field(
    'timestamp_check',
    object({
      valid: field('valid', boolean),
      ageHours: field('age_hours', number),
      source: field('source', text),
    }),
  ),
  receiptHash: field('receipt_hash', text),
  execution: field(
    'execution',
    object({
      outcome: field('outcome', text),
      failedSteps: field('failed_steps', list(text)),
    }),
  ),
  trustMaterial: field(
    'trust_material',
    object({
      state: field('state', text),
      asOf: field('as_of', text),
    }),
  ),
  warnings: field('warnings', list(verbatim)),
});

export const recomputed = object({ status: required('status', text), detail: field('detail', nullable(text)) });

export const evidence = object({
  recomputed: judging('recomputed', recomputed),
  files: judging('files', record(text)),
});

export const artifactVerdict = object({
  valid: field('valid', boolean),
  digest: field('digest', text),
  attested: field('attested', list(object({ step: field('step', text), path: field('path', text) }))),
});
