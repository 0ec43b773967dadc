/** How fast the design's own workload is answered, under its policies, through its pooler. A quarter of an hour; --duration scales it. */
export default {
  name: 'nightly',
  says: 'rates, latencies and isolation under load',
  families: ['load'],
  // Tables that fit into one page say nothing of their indexes.
  scale: 10,
  minutes: 15,
};
