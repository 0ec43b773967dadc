import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const mountInfo = '/proc/self/mountinfo';

/** CAP_SYS_ADMIN of capabilities(7): root of an unprivileged container goes without. */
const mountCapability = 1n << 21n;

/** Whether this process may mount a file system, now. */
export function mayMount(status = read('/proc/self/status')): boolean {
  const [, mask = '0'] = /^CapEff:\s*([0-9a-f]+)$/m.exec(status) ?? [];
  return (BigInt(`0x${mask}`) & mountCapability) !== 0n;
}

/** Where something is mounted at or below a folder, the deepest first. The text is that of proc_pid_mountinfo(5). */
export function mountedBelow(folder: string, text: string): readonly string[] {
  return text
    .split('\n')
    .flatMap((line) => {
      const point = line.split(' ')[4];
      if (point === undefined) return [];
      // Blanks and the like are written in octal.
      const at = Buffer.from(
        point.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8))),
        'latin1',
      ).toString();
      return at === folder || at.startsWith(`${folder}/`) ? [at] : [];
    })
    .reverse();
}

/**
 * Unmounts what is mounted at or below a folder, at once even where a process still works in it. What cannot be unmounted stays, and
 * the removal of the folder says so.
 */
export function unmountBelow(folder: string): void {
  for (const point of mountedBelow(folder, read(mountInfo, 'latin1'))) {
    try {
      execFileSync('umount', ['-l', point], { stdio: 'ignore' });
    } catch {
      // Another who removes the same folder was faster, or this account may not.
    }
  }
}

/** Empty where there is no such file, as on macOS. */
function read(file: string, encoding: 'utf8' | 'latin1' = 'utf8'): string {
  try {
    return readFileSync(file, encoding);
  } catch {
    return '';
  }
}
