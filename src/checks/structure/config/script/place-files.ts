import type { Host } from '../../../../cluster/host.ts';

/** A file with its age, or the time at which it was written, as touch(1) reads them: `40 days`, `@1835400000`. */
export interface PlacedFile {
  readonly content: string;
  readonly age?: string;
  readonly at?: string;
}

/** Writes all of them below a folder by one command of the host, with the folders on the way. */
export async function placeFiles(
  host: Host,
  folder: string,
  files: Readonly<Record<string, string | PlacedFile>>,
): Promise<void> {
  const script = Object.entries(files).map(([file, given]) =>
    placing(file, typeof given === 'string' ? { content: given } : given),
  );
  if (script.length === 0) return;
  const { exitCode, stderr } = await host.exec(['bash', '-c', 'cd "$1" && exec bash -e', 'bash', folder], {
    stdin: script.join(''),
  });
  if (exitCode !== 0) throw new Error(`cannot write ${Object.keys(files).join(', ')}: ${stderr.trim()}`);
}

function placing(file: string, { content, age, at }: PlacedFile): string {
  const time = at ?? (age === undefined ? undefined : `${age} ago`);
  return [
    `mkdir -p -- "$(dirname -- ${quoted(file)})"`,
    `printf %s ${quoted(content)} > ${quoted(file)}`,
    ...(time === undefined ? [] : [`touch -d ${quoted(time)} -- ${quoted(file)}`]),
    '',
  ].join('\n');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
