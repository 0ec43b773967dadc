import { chmodSync, linkSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { createServer } from 'node:net';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { imageTag } from '../../src/cluster/container/images.ts';
import {
  type DockerFacts,
  type DockerOptions,
  probeDocker,
  problemOf,
} from '../../src/cluster/doctor/docker.ts';
import { daemonAt, socketsOf } from '../../src/cluster/doctor/docker-daemon.ts';
import type { Tool } from '../../src/cluster/doctor/model.ts';
import { socketAccess } from '../../src/cluster/doctor/socket-access.ts';
import { thisMachine } from '../../src/cluster/machine.ts';
import { scratchFolder } from './support.ts';

const machine = { ...thisMachine(), env: { ...thisMachine().env, path: '/nowhere' } };

/** A daemon of the test's own that answers by path; a path without an answer hangs. */
async function daemon(answers: Readonly<Record<string, unknown>>): Promise<string> {
  const socket = path.join(scratchFolder(), 'docker.sock');
  const server = http.createServer((request, response) => {
    const answer = answers[request.url ?? ''];
    if (answer === undefined) return;
    if (typeof answer === 'number') response.writeHead(answer).end();
    else response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return socket;
}

const looks = (socket: string, env: DockerOptions['env'] = {}): Promise<DockerFacts> =>
  probeDocker(machine, { env, sockets: [socket] });
const tool = ({ tools }: DockerFacts, name: string): Tool | undefined =>
  tools.find((each) => each.name === name);

const version = { '/version': { Version: '28.5.2+dfsg1' }, '/info': { DockerRootDir: '/var/lib/docker' } };

describe('docker', () => {
  test('answers', async () => {
    const socket = await daemon({ ...version, '/images/json': [] });
    const facts = await looks(socket);
    expect(facts.daemon).toMatchObject({
      address: `unix://${socket}`,
      answers: true,
      root: '/var/lib/docker',
    });
    expect(tool(facts, 'docker')).toMatchObject({ present: true, version: '28.5.2', problem: null });
    expect(facts.server).toMatchObject({ present: true, note: 'its images are built at the first use' });
    expect(tool(facts, 'images of pgattest')).toMatchObject({
      present: false,
      missing: true,
      problem: expect.stringMatching(
        /^not built yet: localhost\/pgattest\/postgres:\w+, localhost\/pgattest\/pgbouncer:\w+$/,
      ),
    });
    expect(tool(facts, 'image of Ryuk')).toMatchObject({ present: false, problem: 'not here, not needed' });
  });

  test('has images that fit, not those of another Dockerfile', async () => {
    const tags = await Promise.all(
      (['postgres', 'pgbouncer'] as const).map((name) => imageTag(name, machine)),
    );
    const images = [{ RepoTags: tags }, { RepoTags: null }, { RepoTags: ['testcontainers/ryuk:0.14.0'] }];
    const facts = await looks(await daemon({ ...version, '/images/json': images }));
    expect(facts.server.note).toBeNull();
    expect(tool(facts, 'images of pgattest')).toMatchObject({ present: true, problem: null });
    expect(tool(facts, 'image of Ryuk')).toMatchObject({ present: true, version: '0.14.0' });
    const old = [{ RepoTags: ['localhost/pgattest/postgres:old', tags[1]] }];
    const other = await looks(await daemon({ ...version, '/images/json': old }));
    expect(tool(other, 'images of pgattest')?.problem).toBe(`not built yet: ${tags[0]}`);
  });

  test.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['hangs', {}, 'does not answer within 3 s'],
    ['answers with an error', { '/version': 500 }, 'answers 500 to /version'],
    ['answers no JSON', { '/version': '<html>' }, 'answers no JSON to /version'],
    ['is something else', { '/version': { name: 'x' } }, 'answers, but says no version'],
  ])('that %s is of no use', async (_, answers, problem) => {
    const facts = await looks(await daemon({ '/info': 500, '/images/json': 500, ...answers }));
    expect(tool(facts, 'docker')).toMatchObject({ present: false, missing: false, version: null, problem });
    expect(facts.server).toMatchObject({ present: false, missing: false, problem: 'needs docker' });
    expect(facts.daemon?.answers).toBe(false);
  });

  test('whose extras hang is of use all the same', async () => {
    const facts = await looks(await daemon({ '/version': { Version: '28.5.2' } }));
    expect(tool(facts, 'docker')).toMatchObject({ present: true });
    expect(facts.daemon).toMatchObject({ answers: true, root: null });
  });

  test('that is stopped has left its socket', async () => {
    const socket = path.join(scratchFolder(), 'docker.sock');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    // Closing would remove the socket; a name of its own stays.
    linkSync(socket, `${socket}.kept`);
    await new Promise((resolve) => server.close(resolve));
    const facts = await looks(`${socket}.kept`);
    expect(tool(facts, 'docker')).toMatchObject({ present: false, missing: false });
    expect(tool(facts, 'docker')?.problem).toMatch(/^stopped: nothing answers at .*; /);
  });

  test('that is not there is not installed; with its client there it is not started', async () => {
    const none = path.join(scratchFolder(), 'docker.sock');
    const found = await looks(none);
    // A machine may have dockerd where packages put it, whatever the PATH says.
    expect(tool(found, 'docker')?.problem).toMatch(/^not installed$|^installed, but not started/);
    expect(found.daemon).toBeNull();
    const folder = scratchFolder();
    writeFileSync(path.join(folder, 'docker'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    const facts = await probeDocker(
      { ...machine, env: { ...machine.env, path: folder } },
      { sockets: [none] },
    );
    expect(tool(facts, 'docker')?.problem).toMatch(/^installed, but not started; /);
  });

  test('is where DOCKER_HOST says', async () => {
    const socket = await daemon({ ...version, '/images/json': [] });
    const facts = await probeDocker(machine, { env: { DOCKER_HOST: `unix://${socket}` }, sockets: [] });
    expect(facts.daemon?.address).toBe(`unix://${socket}`);
    expect(daemonAt('tcp://docker:2375')).toMatchObject({
      socket: null,
      request: { protocol: 'http:', host: 'docker', port: '2375' },
    });
    const gone = await probeDocker(machine, { env: { DOCKER_HOST: 'unix:///nowhere/docker.sock' } });
    expect(tool(gone, 'docker')?.problem).toBe('there is nothing at unix:///nowhere/docker.sock');
    const ssh = await probeDocker(machine, { env: { DOCKER_HOST: 'ssh://me@there' } });
    expect(tool(ssh, 'docker')?.problem).toBe('DOCKER_HOST=ssh://me@there is neither unix:// nor tcp://');
    const tls = { DOCKER_HOST: 'tcp://127.0.0.1:1', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/nowhere' };
    expect(tool(await probeDocker(machine, { env: tls }), 'docker')?.problem).toContain('/nowhere/ca.pem');
  });

  test('without a variable is looked for where Testcontainers does', () => {
    expect(socketsOf({ ...machine, home: '/home/me', uid: 1000 }, { XDG_RUNTIME_DIR: '/run/me' })).toEqual([
      '/var/run/docker.sock',
      '/run/me/docker.sock',
      '/home/me/.docker/run/docker.sock',
      '/home/me/.docker/desktop/docker.sock',
      '/run/user/1000/docker.sock',
    ]);
  });

  // As root nothing is closed, so the error is made up.
  test('that is closed to this account says for whom it is, and how to get in', () => {
    const socket = path.join(scratchFolder(), 'docker.sock');
    writeFileSync(socket, '');
    chmodSync(socket, 0o666);
    const error = Object.assign(new Error('connect EACCES'), { code: 'EACCES' });
    expect(problemOf(error, daemonAt(`unix://${socket}`), machine, { USER: 'ann' })).toBe(
      'closed to this account; it is for every account; sudo usermod -aG docker ann',
    );
  });
});

describe('who may reach the socket', () => {
  test.each<[number, string]>([
    [0o666, 'every account'],
    [0o600, 'me'],
    [0o660, 'me and group staff (ann, bob)'],
  ])('mode %o', (mode, expected) => {
    const folder = scratchFolder();
    const file = path.join(folder, 'docker.sock');
    writeFileSync(file, '', { mode });
    chmodSync(file, mode);
    const files = { passwd: path.join(folder, 'passwd'), group: path.join(folder, 'group') };
    writeFileSync(files.passwd, `me:x:${machine.uid}:${machine.gid}::/:/bin/sh\n`);
    writeFileSync(files.group, `staff:x:${machine.gid}:ann,bob\n`);
    expect(socketAccess(file, files)).toBe(expected);
    rmSync(files.group);
    if (mode === 0o660) expect(socketAccess(file, files)).toBe(`me and group gid ${machine.gid} (empty)`);
    expect(socketAccess(`${file}.gone`, files)).toBeNull();
  });
});

describe('docker compose', () => {
  async function compose(scripts: Readonly<Record<string, string>>): Promise<Tool | undefined> {
    const folder = scratchFolder();
    for (const [name, script] of Object.entries(scripts))
      writeFileSync(path.join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const here = { ...machine, env: { ...machine.env, path: folder } };
    return tool(await probeDocker(here, { sockets: [] }), 'docker compose');
  }

  test('is a plugin, or a program of its own', async () => {
    const plugin = await compose({
      docker: 'echo Docker Compose version v2.40.1',
      'docker-compose': 'exit 1',
    });
    expect(plugin).toMatchObject({ present: true, version: '2.40.1' });
    const old = await compose({
      docker: 'exit 1',
      'docker-compose': 'echo docker-compose version 1.29.2, build x',
    });
    expect(old).toMatchObject({ present: true, version: '1.29.2' });
  });

  test('that does not run says so', async () => {
    const broken = await compose({ docker: 'exit 1', 'docker-compose': 'echo no python >&2; exit 1' });
    expect(broken).toMatchObject({ present: false, missing: false, problem: 'does not run: no python' });
  });
});
