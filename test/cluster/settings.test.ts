import { describe, expect, test } from 'vitest';
import { fromBytes, toBytes } from '../../src/cluster/setting-units.ts';
import { type SettingsInput, scaleSettings } from '../../src/cluster/settings.ts';

const GB = 1024 ** 3;
const small: SettingsInput = {
  design: {},
  cores: 2,
  memoryBytes: 4 * GB,
  diskBytes: 10 * GB,
  platform: 'linux',
  hasLibrary: (name) => name === 'pg_stat_statements',
  throwaway: false,
};

const scale = (design: SettingsInput['design'], more: Partial<SettingsInput> = {}) =>
  scaleSettings({ ...small, ...more, design });

describe('scaling', () => {
  test('lowers what the machine cannot carry and says why', () => {
    const { values, compared, notes } = scale({ shared_buffers: '8GB', max_parallel_workers: 8 });
    expect(compared.shared_buffers).toEqual({
      design: '8GB',
      here: '512MB',
      why: 'scaled to this machine: 4GB of memory',
    });
    expect(values).toMatchObject({ shared_buffers: '512MB', max_parallel_workers: '2' });
    expect(notes).toEqual(['scaled to this machine: shared_buffers, max_parallel_workers']);
  });

  test('reads bare numbers in the unit of the setting', () => {
    expect(scale({ shared_buffers: 1048576 }).values.shared_buffers).toBe('512MB');
    expect(scale({ shared_buffers: 1024 }).values.shared_buffers).toBe('1024');
    expect(scale({ work_mem: 16384 }).compared.work_mem).toEqual({ design: '16384', here: '16384' });
  });

  test('never raises, and leaves alone what is no amount', () => {
    expect(scale({ work_mem: '64kB', wal_buffers: -1, work_memory: 'x' }).values).toMatchObject({
      work_mem: '64kB',
      wal_buffers: '-1',
      work_memory: 'x',
    });
  });

  test('keeps max_connections within memory', () => {
    expect(scale({ max_connections: 500 }).values.max_connections).toBe('500');
    expect(scale({ max_connections: 10_000 }).values.max_connections).toBe('512');
  });

  test('leaves out places, the archive, and libraries that are not there', () => {
    const { values, compared } = scale({
      SSL: 'on',
      archive_command: 'cp %p /x',
      synchronous_standby_names: '*',
      shared_preload_libraries: 'pg_stat_statements, pgaudit',
    });
    expect(Object.keys(values)).not.toContain('ssl');
    expect(compared.ssl).toMatchObject({ design: 'on', here: 'not set' });
    expect(compared.archive_command?.here).toBe('not set');
    expect(compared.synchronous_standby_names?.here).toBe('not set');
    expect(values.shared_preload_libraries).toBe('pg_stat_statements');
    expect(compared.shared_preload_libraries?.why).toContain('pgaudit');
  });

  test('throwaway switches durability off, over the design, and notes it', () => {
    const { values, compared, notes } = scale({ fsync: 'on' }, { throwaway: true });
    expect(values).toMatchObject({ fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' });
    expect(compared.fsync).toMatchObject({ design: 'on', here: 'off' });
    expect(notes[0]).toContain('fsync');
  });
});

test('amounts survive the way there and back', () => {
  for (const amount of ['1kB', '1023kB', '1MB', '17MB', '3GB']) {
    expect(fromBytes(toBytes('work_mem', amount) ?? 0)).toBe(amount);
  }
  expect(toBytes('max_wal_size', '2')).toBe(2 * 1024 ** 2);
  expect(toBytes('work_mem', 'much')).toBeNull();
});
