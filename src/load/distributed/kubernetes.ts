import { type DeckPlace, inRunner, type ManifestInput, namesOf } from './model.ts';
import type { Claim, ConfigMap, RunnerPod, TestRun } from './schemas.ts';

/** Not root, and no account of the image: the number is k6's own image's. */
const account = 12_345;

/** What the k6 operator runs: `segments` runners, each with its execution segment, started together. */
export function testRunOf(input: ManifestInput): TestRun {
  const { design, segments, separate, script } = input;
  const names = namesOf(design);
  return {
    apiVersion: 'k6.io/v1alpha1',
    kind: 'TestRun',
    metadata: metadata(names.testRun, input),
    spec: {
      parallelism: segments,
      separate,
      // Scripts import each other, which files of a ConfigMap cannot.
      script: { localFile: `${inRunner.scripts}/${script}` },
      // As an argument and not of the environment: the initializer's `k6 archive` does not look at that.
      arguments: `--no-usage-report -e PGATTEST_LOAD=${inRunner.plan}/load.json`,
      // It reads the script too, and must not leave a recording among the others.
      initializer: podOf(input, { name: 'recordings', emptyDir: {} }),
      runner: podOf(input, { name: 'recordings', persistentVolumeClaim: { claimName: names.claim } }),
    },
  };
}

function podOf(
  { design, image, secret }: ManifestInput,
  recordings: RunnerPod['volumes'][number],
): RunnerPod {
  return {
    image,
    env: [
      { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'HOME', value: '/tmp' },
    ],
    envFrom: [{ secretRef: { name: secret } }],
    volumes: [{ name: 'plan', configMap: { name: namesOf(design).configMap } }, recordings],
    volumeMounts: [
      { name: 'plan', mountPath: inRunner.plan, readOnly: true },
      // A folder for each runner: all of them write a file of the same name.
      { name: 'recordings', mountPath: inRunner.recordings, subPathExpr: '$(POD_NAME)' },
    ],
    securityContext: { runAsNonRoot: true, runAsUser: account, runAsGroup: account, fsGroup: account },
  };
}

/** The plan and, where it fits, the deck. */
export function configMapOf(input: ManifestInput, place: DeckPlace, deck: string): ConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: metadata(namesOf(input.design).configMap, input),
    data: {
      'load.json': planText(input, place),
      ...(place === 'config-map' ? { 'deck.jsonl': deck } : {}),
    },
  };
}

export function planText({ plan }: ManifestInput, place: DeckPlace): string {
  const deck = place === 'config-map' ? `${inRunner.plan}/deck.jsonl` : inRunner.bakedDeck;
  const recording = `${inRunner.recordings}/recording.jsonl`;
  return `${JSON.stringify({ ...plan, deck, recording }, null, 2)}\n`;
}

/** Where recordings stay when the runners are gone. */
export function claimOf(input: ManifestInput): Claim {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: metadata(namesOf(input.design).claim, input),
    spec: {
      accessModes: [input.segments === 1 ? 'ReadWriteOnce' : 'ReadWriteMany'],
      resources: { requests: { storage: '1Gi' } },
    },
  };
}

function metadata(name: string, { namespace }: ManifestInput) {
  return { name, namespace, labels: { 'app.kubernetes.io/part-of': 'pgattest' } };
}
