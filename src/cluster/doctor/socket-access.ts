import { readFileSync, statSync } from 'node:fs';

/** Which accounts a socket lets in, in words; null when there is none. */
export function socketAccess(
  socket: string,
  files = { group: '/etc/group', passwd: '/etc/passwd' },
): string | null {
  const found = statSync(socket, { throwIfNoEntry: false });
  if (found === undefined) return null;
  if ((found.mode & 0o006) === 0o006) return 'every account';
  const owner = nameOf(files.passwd, found.uid) ?? `uid ${found.uid}`;
  if ((found.mode & 0o060) !== 0o060) return owner;
  const name = nameOf(files.group, found.gid) ?? `gid ${found.gid}`;
  if (name === owner) return owner;
  const members = fields(files.group, found.gid)?.[3] ?? '';
  return `${owner} and group ${name}${members === '' ? ' (empty)' : ` (${members.replaceAll(',', ', ')})`}`;
}

function nameOf(file: string, id: number): string | undefined {
  return fields(file, id)?.[0];
}

/** Both files have name, password and id in front; of a group, members are the fourth. */
function fields(file: string, id: number): readonly string[] | undefined {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .find((each) => each[2] === String(id));
  } catch {
    return undefined;
  }
}
