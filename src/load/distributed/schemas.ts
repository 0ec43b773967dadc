import { z } from 'zod';

/**
 * Shapes of what is written, field by field as far as they are used, after the k6 operator's api/v1alpha1/testrun_types.go, the Kubernetes API and GitHub's
 * workflow syntax. They are strict: a misspelt field is refused here, and not dropped silently by a server.
 */

/** RFC 1123; names of jobs and services are made of it with suffixes, so it is shorter than the 63 that are allowed. */
const Name = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'lower-case letters, digits and hyphens')
  .max(52);
const Metadata = z.strictObject({
  name: Name,
  namespace: Name,
  labels: z.record(z.string(), z.string()).optional(),
});

const EnvVar = z.union([
  z.strictObject({ name: z.string(), value: z.string() }),
  z.strictObject({
    name: z.string(),
    valueFrom: z.strictObject({ fieldRef: z.strictObject({ fieldPath: z.literal('metadata.name') }) }),
  }),
]);

const Volume = z.union([
  z.strictObject({ name: Name, configMap: z.strictObject({ name: Name }) }),
  z.strictObject({ name: Name, persistentVolumeClaim: z.strictObject({ claimName: Name }) }),
  z.strictObject({ name: Name, emptyDir: z.strictObject({}) }),
]);

const Pod = z.strictObject({
  image: z.string().min(1),
  env: z.array(EnvVar),
  envFrom: z.array(z.strictObject({ secretRef: z.strictObject({ name: Name }) })),
  volumes: z.array(Volume),
  volumeMounts: z.array(
    z.strictObject({
      name: Name,
      mountPath: z.string().startsWith('/'),
      readOnly: z.boolean().optional(),
      subPathExpr: z.string().optional(),
    }),
  ),
  securityContext: z.strictObject({
    runAsNonRoot: z.boolean(),
    runAsUser: z.int(),
    runAsGroup: z.int(),
    fsGroup: z.int(),
  }),
});

export const TestRun = z.strictObject({
  apiVersion: z.literal('k6.io/v1alpha1'),
  kind: z.literal('TestRun'),
  metadata: Metadata,
  spec: z.strictObject({
    parallelism: z.int().positive(),
    separate: z.boolean(),
    script: z.strictObject({ localFile: z.string().startsWith('/') }),
    arguments: z.string(),
    initializer: Pod,
    runner: Pod,
  }),
});
export type TestRun = z.infer<typeof TestRun>;
export type RunnerPod = z.infer<typeof Pod>;

export const ConfigMap = z.strictObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('ConfigMap'),
  metadata: Metadata,
  data: z.record(z.string().regex(/^[-._a-zA-Z0-9]+$/), z.string()),
});
export type ConfigMap = z.infer<typeof ConfigMap>;

export const Claim = z.strictObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('PersistentVolumeClaim'),
  metadata: Metadata,
  spec: z.strictObject({
    accessModes: z.array(z.enum(['ReadWriteMany', 'ReadWriteOnce'])),
    resources: z.strictObject({ requests: z.strictObject({ storage: z.string() }) }),
  }),
});
export type Claim = z.infer<typeof Claim>;

const Step = z
  .strictObject({
    name: z.string().optional(),
    id: z.string().optional(),
    if: z.string().optional(),
    uses: z
      .string()
      .regex(/^[\w.-]+\/[\w.-]+@v\d+$/)
      .optional(),
    run: z.string().optional(),
    'working-directory': z.string().optional(),
    env: z.record(z.string(), z.string()).optional(),
    with: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  })
  .refine(({ uses, run }) => (uses === undefined) !== (run === undefined), 'a step either uses or runs');

const Job = z.strictObject({
  'runs-on': z.string(),
  needs: z.array(z.string()).optional(),
  if: z.string().optional(),
  'timeout-minutes': z.int().positive(),
  outputs: z.record(z.string(), z.string()).optional(),
  strategy: z
    .strictObject({
      'fail-fast': z.literal(false),
      matrix: z.strictObject({ segment: z.array(z.string()).min(1).max(256) }),
    })
    .optional(),
  env: z.record(z.string(), z.string()).optional(),
  steps: z.array(Step).min(1),
});

export const Workflow = z.strictObject({
  name: z.string(),
  on: z.strictObject({ workflow_dispatch: z.strictObject({}) }),
  permissions: z.strictObject({ contents: z.literal('read') }),
  concurrency: z.strictObject({ group: z.string(), 'cancel-in-progress': z.boolean() }),
  jobs: z.record(z.string(), Job),
});
export type Workflow = z.infer<typeof Workflow>;
