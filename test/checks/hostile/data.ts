import type { DataPlan } from '../../../src/index.ts';
import { inSchema } from './rules.ts';

export const userTable = inSchema('"user"');

const tenantOf = (row: number) => 1 + (row % 2);
/** Documents are numbered within their tenant, as invoices are: only tenant and number together are a key. */
const numberOf = (row: number) => Math.floor(row / 2);
/** Every fourth stands in another tenant than its author. */
const authorOf = (row: number) =>
  2 * (Math.floor(numberOf(row) / 2) % 4) + ((numberOf(row) % 4 === 3 ? row + 1 : row) % 2);

export const data: DataPlan = {
  tables: [
    {
      table: userTable,
      rows: () => 8,
      columns: {
        'i d': (cell) => cell.uuid(userTable, cell.row),
        tenant: (cell) => tenantOf(cell.row),
        'E-Mail': (cell) => `"${cell.row}"@exämple.org`,
        'pass"word': (cell) => cell.hex(16),
        admin: (cell) => cell.row < 2,
      },
    },
    {
      table: inSchema('"select"'),
      rows: () => 64,
      columns: {
        tenant: (cell) => tenantOf(cell.row),
        no: (cell) => numberOf(cell.row),
        from: (cell) => cell.uuid(userTable, authorOf(cell.row)),
        'sta te': (cell) => (numberOf(cell.row) % 16 < 8 ? 'open' : 'it\'s "closed"'),
        ['a'.repeat(63)]: (cell) =>
          cell.row % 3 === 0 ? null : `tab\there, "quote", back\\slash ${cell.row}`,
      },
    },
    {
      table: inSchema('"ac count"'),
      rows: () => 12,
      columns: {
        id: (cell) => cell.row + 1,
        tenant: (cell) => tenantOf(cell.row),
        to: (cell) => cell.uuid(userTable, cell.row % 8),
        'am %ount': (cell) => cell.row * 1.5,
        'up dated': (cell) => cell.past(100),
      },
    },
    {
      table: inSchema('"Ev ent"'),
      rows: () => 24,
      columns: {
        id: (cell) => cell.uuid('event', cell.row),
        tenant: (cell) => tenantOf(cell.row),
        at: (cell) => `${cell.row % 4 < 2 ? '2019' : '2024'}-05-0${1 + (cell.row % 9)}`,
        note: (cell) => (cell.row % 5 === 0 ? null : 'a note'),
      },
    },
    {
      table: inSchema('"only unique"'),
      rows: () => 6,
      columns: { tenant: (cell) => tenantOf(cell.row), 'co de': (cell) => `C'${cell.row}` },
    },
    {
      table: 'log."audit log"',
      rows: () => 3,
      columns: {
        id: (cell) => cell.row + 1,
        table: () => 'user',
        action: () => 'INSERT',
        key: (cell) => String(cell.row),
      },
    },
  ],
  after: [`SELECT setval(pg_get_serial_sequence('log."audit log"', 'id'), 3)`],
};
