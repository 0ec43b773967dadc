import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string) => fileURLToPath(new URL(`../../../src/${path}`, import.meta.url));

// biome-ignore lint/style/noDefaultExport: Vitest asks for one
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  resolve: { alias: { 'pgattest/vitest': source('vitest/index.ts'), pgattest: source('index.ts') } },
  test: { include: ['*.case.ts'], testTimeout: 60_000 },
});
