import { reapOrphans } from '../cluster/reap.ts';
import { print } from './output.ts';

/** `pgattest clean` */
export async function clean(options: { readonly json?: boolean }): Promise<void> {
  const removed = await reapOrphans();
  if (options.json === true) return print(JSON.stringify(removed, null, 2));
  if (removed.length === 0) return print('nothing to clean');
  print(removed.map((one) => JSON.stringify(one)).join('\n'));
}
