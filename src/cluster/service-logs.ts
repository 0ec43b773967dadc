import type { Service, ServiceLog } from './host.ts';

/** The logs of services in the order in which they started; one that was started again has one log. */
export async function logsOf(services: Iterable<Service>): Promise<readonly ServiceLog[]> {
  const logs = new Map<string, string>();
  for (const service of services) {
    // A host that is closed has none any more.
    const text = await service.log().catch(() => '');
    logs.set(service.name, (logs.get(service.name) ?? '') + text);
  }
  return [...logs].map(([name, text]) => ({ name, text }));
}
