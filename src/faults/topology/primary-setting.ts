import type { Fault, FaultTarget } from '../fault.ts';

/** A setting of the running primary that can be changed without a restart. */
export function primarySetting(name: string, value: string, says: string): Fault {
  const run = async ({ cluster }: FaultTarget, statement: string) => {
    const client = await cluster?.primary.connect();
    try {
      await client?.query(statement);
      await client?.query('SELECT pg_reload_conf()');
    } finally {
      await client?.end();
    }
  };
  const statement = `ALTER SYSTEM SET ${name} = '${value.replaceAll("'", "''")}'`;
  return {
    kind: 'primary-setting',
    name: `primary-setting ${name} ${value}`,
    object: name,
    says,
    statement,
    scope: 'cluster',
    inject: (target) => run(target, statement),
    heal: (target) => run(target, `ALTER SYSTEM RESET ${name}`),
  };
}
