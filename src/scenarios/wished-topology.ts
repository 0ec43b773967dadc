import { checkOf } from '../checks/index.ts';
import type { TopologyWish } from '../cluster/topology.ts';
import type { Claim } from '../design/design.ts';
import type { ValidDesign } from '../design/validate.ts';
import { parseIni } from '../parsers/ini.ts';

/**
 * The design's topology when any of the claims needs it; undefined when a primary alone will do. All of it then: what is designed
 * together is proved together.
 */
export function wishedTopology(design: ValidDesign, claims: readonly Claim[]): TopologyWish | undefined {
  const around = claims.some(
    ({ check }) => check !== undefined && checkOf(check.kind)?.isolation === 'cluster',
  );
  return around ? designedTopology(design) : undefined;
}

/** All that the design declares around its primary. */
export function designedTopology(design: ValidDesign): TopologyWish {
  const { replicas, synchronous, pooler, archive } = design.topology;
  return {
    replicas,
    ...(synchronous === undefined ? {} : { synchronous }),
    ...(archive === undefined ? {} : { archive }),
    ...(pooler === undefined ? {} : { pooler: pooled(design, pooler) }),
  };
}

function pooled(
  design: ValidDesign,
  pooler: NonNullable<ValidDesign['topology']['pooler']>,
): NonNullable<TopologyWish['pooler']> {
  const { file, ...rest } = pooler;
  const text = file === undefined ? undefined : design.config[file];
  return text === undefined ? rest : { ...rest, file: parseIni(text) };
}
