import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** What a container or a service may use at most; undefined where nothing holds it back. */
export interface CgroupLimits {
  readonly memoryBytes?: number;
  readonly cores?: number;
  readonly processes?: number;
}

/** Where the kernel says it; a test has files of its own. */
export interface CgroupFiles {
  readonly self: string;
  readonly root: string;
}

const standard: CgroupFiles = { self: '/proc/self/cgroup', root: '/sys/fs/cgroup' };

/**
 * The limits of this process's control groups, of version 1 and 2, which may be there side by side. A group holds back all below
 * it, so each is asked up to the root and the least counts.
 */
export async function cgroupLimits(files: CgroupFiles = standard): Promise<CgroupLimits> {
  const groups = (await read(files.self)).split('\n').flatMap((line) => {
    const [, controllers, group] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    return controllers === undefined || group === undefined
      ? []
      : [{ controllers: controllers.split(','), group }];
  });
  const folders = (controller: string) => {
    const own = groups.find(({ controllers }) => controllers.includes(controller));
    const v1 = own === undefined ? [] : ancestors(path.join(files.root, controller), own.group);
    const unified = groups.find(({ controllers }) => controllers.join() === '');
    return [...v1, ...(unified === undefined ? [] : ancestors(files.root, unified.group))];
  };
  const least = async (controller: string, one: (folder: string) => Promise<number>) =>
    Math.min(...(await Promise.all(folders(controller).map(one))));
  const [memoryBytes, cores, processes] = await Promise.all([
    least('memory', async (folder) =>
      Math.min(
        number(await read(path.join(folder, 'memory.max'))),
        number(await read(path.join(folder, 'memory.limit_in_bytes'))),
      ),
    ),
    least('cpu', coresOf),
    least('pids', async (folder) => number(await read(path.join(folder, 'pids.max')))),
  ]);
  return {
    // Version 1 says "no limit" by a number just below 2^63.
    ...(memoryBytes < 2 ** 60 ? { memoryBytes } : {}),
    ...(Number.isFinite(cores) ? { cores } : {}),
    ...(Number.isFinite(processes) ? { processes } : {}),
  };
}

/**
 * A group's folder and all above it, up to where groups are mounted. In a container of its own namespace the path may name groups that
 * are not mounted there: those files are missing and say nothing.
 */
function ancestors(mount: string, group: string): readonly string[] {
  const parts = group.split('/').filter((part) => part !== '' && part !== '..');
  return Array.from({ length: parts.length + 1 }, (_, length) => path.join(mount, ...parts.slice(0, length)));
}

/** cpu.max: `<quota> <period>` or `max <period>`; version 1 has a file for each, and -1 for none. */
async function coresOf(folder: string): Promise<number> {
  const [quota = '', period = ''] = (await read(path.join(folder, 'cpu.max'))).split(' ');
  const [quota1, period1] = [
    await read(path.join(folder, 'cpu.cfs_quota_us')),
    await read(path.join(folder, 'cpu.cfs_period_us')),
  ];
  return Math.min(number(quota) / number(period, 1), number(quota1) / number(period1, 1));
}

/** Whatever is no number above 0 is no limit. */
function number(text: string, otherwise = Number.POSITIVE_INFINITY): number {
  return /^\d+$/.test(text) && Number(text) > 0 ? Number(text) : otherwise;
}

async function read(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch {
    return '';
  }
}
