import type { ManifestInput } from './model.ts';
import type { Workflow } from './schemas.ts';
import { segmentsOf } from './segments.ts';

/** Minutes from the first job to the common start: runners are handed out one after the other, and each builds k6. */
const untilStart = 6;

/**
 * A matrix of execution segments. Each job makes one part and keeps its recording; the last merges them and judges the whole. Values come to
 * scripts by the environment, never into their text.
 */
export function workflowOf(input: ManifestInput): Workflow {
  const { design, plan, segments, script, folderInRepository: folder } = input;
  const parts = segmentsOf(segments);
  const minutes = Math.ceil(plan.seconds / 60) + untilStart + 15;
  return {
    name: `Load: ${design}`,
    on: { workflow_dispatch: {} },
    permissions: { contents: 'read' },
    concurrency: { group: `load-${design}`, 'cancel-in-progress': false },
    jobs: {
      start: {
        'runs-on': 'ubuntu-latest',
        'timeout-minutes': 5,
        outputs: { at: expression('steps.at.outputs.at') },
        steps: [
          {
            ...run('Agree on a start', `echo "at=$(($(date +%s) + ${untilStart * 60}))" >> "$GITHUB_OUTPUT"`),
            id: 'at',
          },
        ],
      },
      load: {
        needs: ['start'],
        'runs-on': 'ubuntu-latest',
        'timeout-minutes': minutes,
        strategy: { 'fail-fast': false, matrix: { segment: parts.map(({ part }) => part) } },
        env: {
          SEGMENT: expression('matrix.segment'),
          SEQUENCE: parts[0]?.sequence ?? '0,1',
          START_AT: expression('needs.start.outputs.at'),
          FOLDER: folder,
          SCRIPT: script,
        },
        steps: [
          { uses: 'actions/checkout@v4' },
          {
            uses: 'actions/setup-go@v5',
            with: { 'go-version': '1.26', 'cache-dependency-path': `${folder}/image/k6/go.sum` },
          },
          run(
            'Build k6',
            'cd "$FOLDER/image/k6" && go build -trimpath -buildvcs=false -o "$RUNNER_TEMP/k6" .',
          ),
          run(
            'Say where deck and recording are',
            'jq --arg deck "$PWD/$FOLDER/deck.jsonl" --arg recording "$RUNNER_TEMP/recording.jsonl" \'.deck = $deck | .recording = $recording\' "$FOLDER/load.json" > "$RUNNER_TEMP/load.json"',
          ),
          run(
            'Wait for the start',
            'left=$((START_AT - $(date +%s)))\nif [ "$left" -lt 0 ]; then echo "::error::this part came $((-left)) s too late"; exit 1; fi\nsleep "$left"',
          ),
          {
            ...run(
              'Drive',
              'PGATTEST_LOAD="$RUNNER_TEMP/load.json" "$RUNNER_TEMP/k6" run --no-usage-report --address= --execution-segment "$SEGMENT" --execution-segment-sequence "$SEQUENCE" "$FOLDER/image/load/$SCRIPT"',
            ),
            env: { PGATTEST_PASSWORD: expression('secrets.PGATTEST_PASSWORD') },
          },
          {
            name: 'Keep the recording',
            if: 'always()',
            uses: 'actions/upload-artifact@v4',
            with: {
              name: `recording-${expression('strategy.job-index')}`,
              path: `${expression('runner.temp')}/recording.jsonl`,
              'if-no-files-found': 'error',
            },
          },
        ],
      },
      merge: {
        needs: ['load'],
        if: '!cancelled()',
        'runs-on': 'ubuntu-latest',
        'timeout-minutes': 10,
        steps: [
          { uses: 'actions/checkout@v4' },
          { uses: 'actions/setup-node@v4', with: { 'node-version': 22 } },
          run('Install', 'npm ci'),
          { uses: 'actions/download-artifact@v4', with: { path: 'recordings', pattern: 'recording-*' } },
          {
            ...run(
              'Merge and judge',
              'npx pgattest load merge --parts "$PARTS" recordings/*/recording.jsonl',
            ),
            env: { PARTS: String(segments) },
          },
        ],
      },
    },
  };
}

/** What GitHub fills in. */
function expression(text: string): string {
  return `\${{ ${text} }}`;
}

function run(name: string, script: string) {
  return { name, run: script };
}
