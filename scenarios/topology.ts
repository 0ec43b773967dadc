/** The servers that a design declares, together: replicas, pooler, archive, TLS. A few minutes. */
export default {
  name: 'topology',
  says: 'the declared cluster as it runs: replicas, pooler, archive, TLS',
  families: ['topology'],
};
