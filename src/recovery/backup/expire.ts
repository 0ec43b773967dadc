import { explainBackrest } from '../../cluster/backrest.ts';
import type { Host } from '../../cluster/host.ts';
import type { CountPolicy, TimePolicy } from '../retention/repository.ts';

/**
 * Lets pgBackRest's own retention act, with the WAL that nothing needs any more. `clock` goes before the program and moves its time:
 * `faketime '+31 days'`. Throws ClusterError with the tool's own words.
 */
export async function expireRepository(
  host: Host,
  command: readonly string[],
  policy: CountPolicy | TimePolicy,
  clock: readonly string[] = [],
): Promise<void> {
  explainBackrest(
    await host.exec([...clock, ...command, ...options(policy), 'expire'], { timeoutMs: 60_000 }),
  );
}

function options(policy: CountPolicy | TimePolicy): readonly string[] {
  if ('days' in policy) return ['--repo1-retention-full-type=time', `--repo1-retention-full=${policy.days}`];
  const { full, differential } = policy;
  return [
    `--repo1-retention-full=${full}`,
    ...(differential === undefined ? [] : [`--repo1-retention-diff=${differential}`]),
  ];
}
