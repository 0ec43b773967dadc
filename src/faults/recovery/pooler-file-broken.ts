import type { Fault, FaultTarget } from '../fault.ts';

/** A pooler whose file has become invalid since it was started: it runs until it is started again. */
export function poolerFileBroken(): Fault {
  let healthy: string | undefined;
  const write = async ({ cluster }: FaultTarget, change: (text: string) => string) => {
    const file = cluster?.topology?.pooler?.file;
    if (cluster === undefined || file === undefined) return;
    healthy ??= await cluster.host.readFile(file);
    await cluster.host.writeFile(file, change(healthy));
  };
  return {
    kind: 'pooler-file-broken',
    name: 'pooler-file-broken pooler',
    object: "the pooler's file",
    says: "the pooler's file is invalid, which shows when it is started again",
    statement: 'pool_mode = sometimes',
    scope: 'cluster',
    inject: (target) => write(target, (text) => text.replace(/^pool_mode = .*$/m, 'pool_mode = sometimes')),
    heal: (target) => write(target, (text) => text),
  };
}
