/** Scripts of load/ that can be driven by name. */
export const loadScripts = {
  mix: 'the workload as it is: by the clock with --rate, else as fast as it goes',
  ramp: 'from a tenth of the rate up to all of it, for the knee',
  spike: 'a fifth of the rate, a burst of all of it, and a fifth again',
  soak: 'four fifths of the rate for as long as you say',
  'hot-tenant': 'one tenant does most of the work',
  'noisy-neighbour': "one tenant storms, and the others' latency with and without it",
  'replica-reads': 'reads on a replica while the primary is written to, and how stale they are',
} as const;
export type LoadScript = keyof typeof loadScripts;
