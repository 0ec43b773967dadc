// Writes the files of docker/compose/ that come from the design saas-gcp, in the words of the code that starts clusters.
// `node scripts/compose.js` writes them; `--check` fails when they are not up to date. With a size of its own, such as
// `--memory 32GB --cores 8 --disk 500GB`, it writes docker/compose/local.conf instead, which git ignores and servers read last.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createJiti } from 'jiti';

const jiti = createJiti(import.meta.url);
const { loadDesign } = await jiti.import('../src/design/load.ts');
const { designedTopology } = await jiti.import('../src/scenarios/wished-topology.ts');
const { scaleSettings } = await jiti.import('../src/cluster/settings.ts');
const { toBytes } = await jiti.import('../src/cluster/setting-units.ts');
const { configuration } = await jiti.import('../src/cluster/postgres.ts');
const { poolerFile } = await jiti.import('../src/cluster/pooler-file.ts');
const { tlsOnly } = await jiti.import('../src/cluster/tls.ts');
const { defaultBases, variables } = await jiti.import('../src/cluster/container/images.ts');

const { values: given } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    memory: { type: 'string' },
    cores: { type: 'string' },
    disk: { type: 'string' },
  },
});
// Four servers share the machine: small enough for a laptop.
const small = { memory: '4GB', cores: '2', disk: '40GB' };
const resized = given.memory !== undefined || given.cores !== undefined || given.disk !== undefined;
const size = { ...small, ...JSON.parse(JSON.stringify({ ...given, check: undefined })) };

const root = fileURLToPath(new URL('..', import.meta.url));
const { design } = await loadDesign('saas-gcp', root);
const { replicas, pooler, archive } = designedTopology(design);
const servers = Array.from({ length: replicas }, (_, n) => `replica-${n + 1}`);
const origin = (command, file) =>
  `Written by \`${command}\` from ${file}; change it there and run that again.`;

/** The design's settings with a reason beside each that differs. */
function settingsFile() {
  const { values, compared } = scaleSettings({
    design: design.postgres.settings,
    cores: count(size.cores),
    memoryBytes: bytes(size.memory),
    diskBytes: bytes(size.disk),
    platform: 'linux',
    hasLibrary: () => true,
    throwaway: false,
  });
  const command = resized
    ? `node scripts/compose.js --memory ${size.memory} --cores ${size.cores} --disk ${size.disk}`
    : 'npm run compose';
  const head = [
    `# Settings of saas-gcp for a machine with ${size.memory} of memory, ${size.cores} cores and ${size.disk} of disk.`,
    `# ${origin(command, 'fixtures/saas/gcp.ts')}`,
  ];
  const lines = configuration(values)
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => {
      const { design: wanted, here, why } = compared[line.split(' = ')[0]] ?? {};
      if (wanted === here) return line;
      return `${line}  # ${wanted === undefined ? why : `${wanted} in the design`}`;
    });
  return `${[...head, '', ...lines].join('\n')}\n`;
}

function archiveLines() {
  return archive === undefined ? '' : `\n# How much can be lost.\narchive_timeout = '${archive.timeout}'\n`;
}

function pgbouncerFile() {
  const tls = {
    certificate: '/secrets/tls/server.crt',
    key: '/secrets/tls/server.key',
    authority: '/secrets/tls/ca.crt',
    ca: '',
  };
  const text = poolerFile({
    design: pooler.file,
    promised: pooler,
    entries: [
      { name: pooler.writer, hosts: ['primary'], port: 5432, database: 'production' },
      { name: pooler.reader, hosts: servers, port: 5432, database: 'production' },
    ],
    place: { listen: '*', port: 6432 },
    folder: '/pgattest',
    adminUser: 'pgattest_admin',
    authUser: 'pgattest_pooler',
    tls,
  });
  return `; PgBouncer of saas-gcp.
; ${origin('npm run compose', 'fixtures/saas')}

${text}`;
}

function hbaFile() {
  return `# Who may connect; the first line that fits counts.\n# ${origin('npm run compose', 'src/cluster/tls.ts')}\n\n${tlsOnly('samenet')}`;
}

const files = resized
  ? { 'local.conf': settingsFile() }
  : {
      'saas-gcp.conf': settingsFile() + archiveLines(),
      'pg_hba.conf': hbaFile(),
      'pgbouncer.ini': pgbouncerFile(),
    };

if (given.check) {
  const yaml = await readFile(new URL('../docker-compose.yml', import.meta.url), 'utf8');
  const there = [...yaml.matchAll(/^ {2}(replica-\d+):$/gm)].map(([, name]) => name);
  if (there.join() !== servers.join())
    stale(`docker-compose.yml has ${there.join(', ')}; the design, ${replicas} replicas`);
  for (const [name, base] of Object.entries(defaultBases)) {
    const wanted = `\${${variables[name]}:-${base}}`;
    if (!yaml.includes(wanted)) stale(`docker-compose.yml does not name ${wanted}`);
  }
}

const folder = new URL('../docker/compose/', import.meta.url);
for (const [name, text] of Object.entries(files)) {
  const file = new URL(name, folder);
  if (!given.check) await writeFile(file, text);
  else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
    stale(`docker/compose/${name} is not up to date: run \`npm run compose\``);
  }
}

function stale(says) {
  console.error(says);
  process.exitCode = 1;
}

function bytes(text) {
  const found = toBytes('max_wal_size', text);
  if (found !== null) return found;
  console.error(`${text} is no amount; write it as 32GB`);
  process.exit(2);
}

function count(text) {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  console.error(`${text} is no number of cores`);
  process.exit(2);
}
