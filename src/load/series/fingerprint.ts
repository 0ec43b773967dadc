import { canonical, sha256 } from '../../evidence/index.ts';

/** What decides how fast a machine is, as far as it can be asked. */
export interface MachineFacts {
  readonly os: string;
  readonly arch: string;
  readonly cores: number;
  readonly memoryBytes: number;
  /** Model of the processor, where it is known. */
  readonly processor?: string;
  /** version() of the server. */
  readonly server: string;
}

/**
 * A name for machines that are alike: processor, cores, memory to the next GiB (the kernel keeps a little that differs from boot to boot), system and
 * the server's major and minor version. Neighbours on a shared machine are not in it, which is why noise is taken from the runs themselves.
 */
export function fingerprintOf(facts: MachineFacts): { readonly fingerprint: string; readonly says: string } {
  const memory = Math.round(facts.memoryBytes / 2 ** 30);
  const [server = facts.server] = /^PostgreSQL [\d.]+/.exec(facts.server) ?? [];
  const parts = {
    os: facts.os,
    arch: facts.arch,
    cores: facts.cores,
    memory,
    processor: facts.processor ?? '',
    server,
  };
  return {
    fingerprint: sha256(canonical(parts)).slice(0, 16),
    says: [
      facts.processor ?? facts.arch,
      `${facts.cores} core${facts.cores === 1 ? '' : 's'}`,
      `${memory} GiB`,
      facts.os,
      server,
    ].join(', '),
  };
}
