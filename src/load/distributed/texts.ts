import { type DeckPlace, inRunner, type ManifestInput, namesOf } from './model.ts';

/** The runner's image: k6 with the extension, the scripts and, where it is too large for a ConfigMap, the deck. */
export function dockerfile(place: DeckPlace): string {
  return `# docker build -t <image> .
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY image/k6/go.mod image/k6/go.sum ./
RUN go mod download
COPY image/k6/ ./
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags '-s -w' -o /runner/usr/bin/k6 .
COPY image/load/ /runner${inRunner.scripts}/
${place === 'image' ? `COPY deck.jsonl /runner${inRunner.bakedDeck}\n` : ''}# The runner is no owner of them, and whoever wrote them may have kept them to himself.
RUN chmod -R a+rX /runner

# The operator's initializer runs k6 by sh.
FROM debian:bookworm-slim
COPY --from=build /runner/ /
USER 12345:12345
ENV HOME=/tmp
ENTRYPOINT ["k6"]
`;
}

/** Nothing but what the image is made of is sent to the builder. */
export const dockerIgnore = '*\n!image\n!deck.jsonl\n';

export function readme(input: ManifestInput, place: DeckPlace, deckBytes: number): string {
  const { design, image, namespace, secret, segments, separate, plan, folderInRepository } = input;
  const names = namesOf(design);
  const rate = plan.rate === undefined ? 'as fast as it goes' : `${plan.rate} transactions a second`;
  return `# Load of ${design}, in ${segments} parts

${rate}, ${plan.clients} virtual users, ${plan.seconds} s, all parts together, at ${plan.target.host}:${plan.target.port}.

The deck has ${deckBytes} bytes and is in ${place === 'image' ? 'the image: a ConfigMap holds 1 MiB' : 'the ConfigMap'}. Its rows are those of the
fill with the same seed and scale: the database must have been filled so.

## On Kubernetes, by the k6 operator

\`\`\`
docker build -t ${image} . && docker push ${image}
kubectl -n ${namespace} create secret generic ${secret} --from-file=PGATTEST_PASSWORD=<file with the password>
kubectl apply --server-side -f recordings.yaml -f plan.yaml
kubectl create -f testrun.yaml
kubectl -n ${namespace} wait --for=jsonpath='{.status.stage}'=finished testrun/${names.testRun} --timeout=${plan.seconds + 600}s
\`\`\`

\`--server-side\`, because a ConfigMap of this size does not fit into the annotation that a plain apply makes. The Secret is made by you: nothing here
holds its value. Runners share the claim \`${names.claim}\`, so its storage class must offer ReadWriteMany${segments === 1 ? ' only for more than one part' : ''}${separate ? '; each runs on a node of its own' : ''}.

Fetch the recordings, one folder for each runner, by any pod that mounts the claim, then:

\`\`\`
pgattest load merge --parts ${segments} recordings/*/recording.jsonl
\`\`\`

## On GitHub

Commit this folder as \`${folderInRepository}\`, copy \`github/load.yml\` to \`.github/workflows/\`, add the secret \`PGATTEST_PASSWORD\`, and start the workflow by hand. The
parts agree on a start some minutes ahead; one that comes too late fails. The database must be reachable from GitHub's runners.

## What nobody has tried here

The files were checked against the fields of the k6 operator's TestRun (k6.io/v1alpha1), of Kubernetes and of GitHub that they use, not by a cluster.
`;
}
