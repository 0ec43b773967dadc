import type { Install } from './model.ts';

/*
 * How each tool is got. GitHub: steps on ubuntu-latest. GitLab: lines of before_script on image node:22-bookworm, or keys of a job.
 * docs/doctor.md has the same for people.
 */

const step = (command: string) => `- run: ${command}`;
const apt = (name: string): Pick<Install, 'debian' | 'githubActions' | 'gitlabCi'> => ({
  debian: `apt install ${name}`,
  githubActions: step(`sudo apt-get update && sudo apt-get install -y ${name}`),
  gitlabCi: `- apt-get update && apt-get install -y ${name}`,
});

/** Debian 12 has version 15; others take it from the packages of PostgreSQL itself, whose script comes with postgresql-common. */
const pgdg = '/usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y';

const postgres15 = (name: string, fedora: string): Install => ({
  debian: `apt install ${name}`,
  fedora: `dnf install ${fedora}`,
  macos: 'brew install postgresql@15',
  githubActions: step(
    `sudo apt-get install -y postgresql-common && sudo ${pgdg} && sudo apt-get install -y ${name}`,
  ),
  gitlabCi: `- apt-get update && apt-get install -y ${name}`,
});

const npm = 'npm ci --include=optional';

/** Packages are mostly older than the module asks for, and may not fetch another toolchain. */
const goPage = 'https://go.dev/dl/';

/** Packages of Python, with what the store and the server take. */
const patroniPage = 'https://patroni.readthedocs.io/en/latest/installation.html';

export const install = {
  server: postgres15('postgresql-15', 'postgresql15-server postgresql15-contrib'),
  client: postgres15('postgresql-client-15', 'postgresql15'),
  backup: postgres15('postgresql-client-15', 'postgresql15-server'),
  embedded: { debian: npm, fedora: npm, macos: npm, githubActions: step(npm), gitlabCi: `- ${npm}` },
  pgbouncer: {
    ...apt('pgbouncer'),
    // Debian 12 has 1.18, Ubuntu 22.04 has 1.16: too old for prepared statements.
    githubActions: step(
      `sudo apt-get install -y postgresql-common && sudo ${pgdg} && sudo apt-get install -y pgbouncer`,
    ),
    gitlabCi: `- apt-get update && apt-get install -y postgresql-common && ${pgdg} && apt-get install -y pgbouncer`,
    fedora: 'dnf install pgbouncer',
    macos: 'brew install pgbouncer',
  },
  pgbackrest: {
    ...apt('pgbackrest'),
    fedora: 'dnf install pgbackrest',
    macos: 'brew install pgbackrest',
  },
  patroni: {
    ...apt('patroni python3-etcd'),
    fedora: patroniPage,
    macos: patroniPage,
  },
  etcd: {
    ...apt('etcd-server'),
    fedora: 'https://etcd.io/docs/latest/install/',
    macos: 'brew install etcd',
  },
  faketime: {
    ...apt('faketime'),
    fedora: 'dnf install libfaketime',
    macos: 'brew install libfaketime',
  },
  docker: {
    debian: 'apt install docker.io',
    fedora: 'dnf install moby-engine',
    macos: 'brew install --cask docker-desktop',
    githubActions: '# ubuntu-latest has it',
    gitlabCi:
      'services: ["docker:dind"]\nvariables: {DOCKER_HOST: "tcp://docker:2375", DOCKER_TLS_CERTDIR: ""}',
  },
  compose: {
    ...apt('docker-compose'),
    fedora: 'dnf install docker-compose',
    macos: 'brew install docker-compose',
    githubActions: '# ubuntu-latest has it',
  },
  go: {
    debian: goPage,
    fedora: goPage,
    macos: 'brew install go',
    githubActions: '- uses: actions/setup-go@v5\n  with: {go-version: "1.26"}',
    gitlabCi: '- curl -fsSL https://go.dev/dl/go1.26.8.linux-amd64.tar.gz | tar -C /usr/local -xz',
  },
  chromium: {
    ...apt('chromium'),
    fedora: 'dnf install chromium',
    macos: 'brew install --cask google-chrome',
    githubActions: '# ubuntu-latest has google-chrome',
  },
} satisfies Record<string, Install>;

/** The same command everywhere. */
export function everywhere(command: string): Install {
  return {
    debian: command,
    fedora: command,
    macos: command,
    githubActions: step(command),
    gitlabCi: `- ${command}`,
  };
}
