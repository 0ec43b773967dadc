/** What a cluster can do. A check whose needs are not met is `unproved: needs …`; the runner decides it. */
export const capabilities = {
  superuser: 'a superuser connection, to compute what is right with row security off',
  'scratch-database': 'a database that pgattest may change',
  copies: 'leave to make copies of the database',
  'own-clusters': 'clusters that may be destroyed, started for one trial each',
  faults: 'a cluster that may be broken on purpose',
  replicas: 'streaming replicas',
  pooler: 'PgBouncer in front of the primary',
  archive: 'a WAL archive',
  tls: 'connections over TLS',
  patroni: 'Patroni and etcd beside servers that are processes of this machine',
  pgbench: 'pgbench',
  k6: 'k6 with the pgattest extension',
  'cpu-accounting': 'processor time by process',
} as const;

export type Capability = keyof typeof capabilities;
