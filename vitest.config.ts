import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Each is minutes of disasters and recoveries. */
const drills = [
  'test/recovery/server/{failover,failover-crash,patroni,archive-drills,disk-drills,chaos}.test.ts',
  'test/recovery/server/{restore-*,backup-check,backup-broken,backup-expire}.test.ts',
  'test/container/{drills-cut,disk-drill}.test.ts',
];

/**
 * unit: no server · server: real servers, a few files at a time for two cores · containers: servers in containers ·
 * policies: the claims of the designs · drills: disasters, one after the other ·
 * defects: each known defect of a design, put back.
 */
export default defineConfig({
  resolve: {
    alias: {
      'pgattest/vitest': source('./src/vitest/index.ts'),
      pgattest: source('./src/index.ts'),
    },
  },
  test: {
    globalSetup: ['./test/setup/leaks.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          sequence: { groupOrder: 0 },
          include: [
            'test/{evidence,report,design,unit}/**/*.test.ts',
            'test/checks/unit/**/*.test.ts',
            'test/load/unit/**/*.test.ts',
            'test/recovery/unit/**/*.test.ts',
          ],
        },
      },
      {
        extends: true,
        test: {
          name: 'server',
          sequence: { groupOrder: 1 },
          include: [
            'test/{cluster,catalog,data,checks,faults,scenarios,mutation,review,findings,cli,vitest,properties}/**/*.test.ts',
            'test/load/server/**/*.test.ts',
            'test/recovery/server/**/*.test.ts',
          ],
          globalSetup: ['./test/cli/build.ts'],
          exclude: ['test/checks/unit/**', ...drills],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
      {
        extends: true,
        test: {
          name: 'containers',
          sequence: { groupOrder: 2 },
          include: ['test/container/**/*.test.ts'],
          exclude: drills,
          globalSetup: ['./test/cli/build.ts'],
          testTimeout: 120_000,
          // The images may have to be built first.
          hookTimeout: 600_000,
          maxWorkers: 1,
        },
      },
      {
        extends: true,
        test: {
          name: 'policies',
          sequence: { groupOrder: 3 },
          include: ['test/policies/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
      {
        extends: true,
        test: {
          name: 'drills',
          sequence: { groupOrder: 5 },
          include: drills,
          testTimeout: 240_000,
          // The images of containers may have to be built first.
          hookTimeout: 600_000,
          // Times are measured in them.
          maxWorkers: 1,
        },
      },
      {
        extends: true,
        test: {
          name: 'defects',
          sequence: { groupOrder: 4 },
          include: ['test/defects/**/*.test.ts'],
          // Each design keeps two cores busy by itself.
          maxWorkers: 1,
        },
      },
    ],
  },
});
