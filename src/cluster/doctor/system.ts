import { readFile } from 'node:fs/promises';
import type { Machine } from '../machine.ts';
import type { Variables } from './docker-daemon.ts';
import type { DoctorFacts } from './model.ts';

/** What the machine is, for the right way to install things. */
export async function systemOf(
  { platform, arch }: Machine,
  env: Variables = {},
  file = '/etc/os-release',
): Promise<DoctorFacts['system']> {
  const text = platform === 'linux' ? await readFile(file, 'utf8').catch(() => '') : '';
  const value = (name: string) => new RegExp(`^${name}="?([^"\\n]*)`, 'm').exec(text)?.[1] ?? '';
  const like = new Set([value('ID'), ...value('ID_LIKE').split(' ')]);
  const debian = like.has('debian') || like.has('ubuntu');
  const fedora = like.has('fedora') || like.has('rhel') || like.has('centos');
  return {
    platform,
    arch,
    release: value('PRETTY_NAME') || null,
    family: platform === 'darwin' ? 'macos' : debian ? 'debian' : fedora ? 'fedora' : null,
    ci: env.GITHUB_ACTIONS === 'true' ? 'githubActions' : env.GITLAB_CI === 'true' ? 'gitlabCi' : null,
  };
}
