import { z } from 'zod';

/** A way in: with its secrets, so it is kept in a file that its owner alone reads. */
export const Endpoint = z.strictObject({
  role: z.enum(['writer', 'reader', 'admin']),
  /** The server that it leads to: `pooler`, `primary`, `replica_1`. */
  via: z.string(),
  host: z.string(),
  port: z.int().positive(),
  user: z.string(),
  password: z.string(),
  database: z.string(),
});
export type Endpoint = z.infer<typeof Endpoint>;

/** A server of a kept cluster, as it must be there. */
export const KeptServer = z.strictObject({
  name: z.string(),
  kind: z.enum(['primary', 'replica', 'pooler']),
  host: z.string(),
  port: z.int().positive(),
});
export type KeptServer = z.infer<typeof KeptServer>;

/** A cluster that outlives the program that started it, as `owner.json` has it. */
export const Kept = z.strictObject({
  name: z.string(),
  design: z.string(),
  /** Digest of the design's files: the same name may stand for another design tomorrow. */
  digest: z.string(),
  seed: z.number(),
  scale: z.number(),
  /** `local`, and the server's banner. */
  source: z.string(),
  server: z.string(),
  since: z.string(),
  /** File of the authority's certificate, PEM. */
  authority: z.string(),
  archive: z.boolean(),
  servers: z.array(KeptServer),
  endpoints: z.array(Endpoint),
  /** Who may ask the pooler's console. */
  console: z.strictObject({ user: z.string(), password: z.string() }).optional(),
  notes: z.array(z.string()),
});
export type Kept = z.infer<typeof Kept>;
