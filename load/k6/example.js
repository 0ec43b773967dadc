// A small bank: nine reads for each transfer, 200 iterations a second. Run it against any database:
//
//   PGHOST=/var/run/postgresql PGUSER=me PGDATABASE=test ./k6 run --no-usage-report example.js
//
// PGATTEST_PASSWORD holds the password, where one is needed.
import { Client, record } from 'k6/x/pgattest';

export const options = {
  scenarios: {
    bank: {
      executor: 'constant-arrival-rate',
      rate: 200,
      timeUnit: '1s',
      duration: '10s',
      preAllocatedVUs: 20,
    },
  },
  thresholds: {
    dropped_iterations: ['count==0'],
    pg_errors: ['count==0'],
    pg_wrong_rows: ['count==0'],
    'pg_transaction_duration{statement:transfer}': ['p(90)<100'],
  },
};

const accounts = 1000;
const client = new Client({ deadline: 5000 });
if (__ENV.RECORDING) record(__ENV.RECORDING);

export function setup() {
  client.exec('CREATE TABLE IF NOT EXISTS k6_accounts (id int PRIMARY KEY, balance int NOT NULL)');
  client.exec(
    'INSERT INTO k6_accounts SELECT id, 1000 FROM generate_series(1, $1) id ON CONFLICT DO NOTHING',
    [accounts],
  );
}

const any = () => 1 + Math.floor(Math.random() * accounts);
const read = (id) => ({
  name: 'balance',
  sql: 'SELECT id, balance FROM k6_accounts WHERE id = $1',
  params: [id],
  rows: 1,
  own: { column: 0, values: [String(id)] },
});
const move = (id, amount) => ({
  name: 'move',
  sql: 'UPDATE k6_accounts SET balance = balance + $2 WHERE id = $1',
  params: [id, amount],
  rows: 1,
});

// biome-ignore lint/style/noDefaultExport: what k6 runs
export default function () {
  // Locked in one order, or two transfers could wait for each other.
  const [from, to] = [any(), any()].sort((a, b) => a - b);
  const reads = Array.from({ length: 9 }, () => read(any()));
  client.pipeline([...reads, move(from, -1), move(to, 1)], { name: 'transfer' });
}

export function teardown() {
  client.exec('DROP TABLE k6_accounts');
}
