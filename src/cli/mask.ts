import { maskUrls } from '../cluster/mask-urls.ts';

/** Takes passwords that were given as arguments out of what the list of processes shows. */
export function maskTitle(args: readonly string[]): void {
  const masked = args.map(maskUrls);
  if (masked.some((arg, index) => arg !== args[index])) process.title = ['pgattest', ...masked].join(' ');
}
