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
  const around = claims.flatMap(({ check }) => {
    const found = check === undefined ? undefined : checkOf(check.kind);
    return found?.isolation === 'cluster' ? [found] : [];
  });
  if (around.length === 0) return undefined;
  const whole = designedTopology(design);
  return around.every(({ family, needs }) => family === 'load' && !needs.includes('replicas'))
    ? loadTopology(whole)
    : whole;
}

/**
 * Replicas would replay all that is written, and the archive copy it, on the very cores that are measured: production gives them
 * machines of their own.
 */
export function loadTopology({ replicas, synchronous, archive, pooler }: TopologyWish): TopologyWish {
  const left = [
    ...(replicas === 0 ? [] : [`${replicas} replicas`]),
    ...(archive === undefined ? [] : ['the archive']),
  ];
  return {
    replicas: 0,
    ...(pooler === undefined ? {} : { pooler }),
    notes:
      left.length === 0
        ? []
        : [
            `under load without ${left.join(' and ')}, which have machines of their own in production${
              synchronous === undefined
                ? ''
                : '; a commit waits for the disk here, and for a replica too there'
            }`,
          ],
  };
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
