import type { Host } from '../../cluster/host.ts';

const script = `set -eu
old=$(od -An -tu1 -j "$2" -N 1 "$1" | tr -d ' ')
new=$((old ^ 1))
printf "\\\\$(printf '%03o' "$new")" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
[ "$(od -An -tu1 -j "$2" -N 1 "$1" | tr -d ' ')" = "$new" ]
echo "$old is now $new"`;

/** Flips the lowest bit of one byte of a file, as a failing disk does; gives what it was and is. Throws where it did not. */
export async function flipBit(host: Host, file: string, offset: number): Promise<string> {
  const { exitCode, stdout, stderr } = await host.exec(['sh', '-c', script, 'sh', file, String(offset)]);
  if (exitCode !== 0) throw new Error(`byte ${offset} of ${file} is as it was: ${stderr.trim()}`);
  return stdout.trim();
}
