import type { Postgres } from '../../cluster/postgres.ts';
import type { Replica } from '../../cluster/replica.ts';
import type { Scene } from '../model.ts';
import { Timeline } from '../timeline.ts';

/** Who is the primary by now, and who follows it: what the cluster was raised with holds until the first failover alone. */
export class Standing {
  readonly #raised: Scene;
  #primary: Postgres;
  #replicas: readonly Replica[];

  constructor(raised: Scene) {
    this.#raised = raised;
    this.#primary = raised.cluster.primary;
    this.#replicas = raised.topology.replicas;
  }

  get primary(): Postgres {
    return this.#primary;
  }

  get replicas(): readonly Replica[] {
    return this.#replicas;
  }

  /** The cluster as it stands now, with a timeline of its own that begins now: for one step, as for a drill. */
  scene(): Scene {
    const topology = { ...this.#raised.topology, replicas: this.#replicas };
    return {
      ...this.#raised,
      topology,
      cluster: { ...this.#raised.cluster, topology, primary: this.#primary },
      timeline: new Timeline(),
    };
  }

  /** It was started again, on its files. */
  restarted(primary: Postgres): void {
    this.#primary = primary;
  }

  failedOver(primary: Postgres, replicas: readonly Replica[]): void {
    this.#primary = primary;
    this.#replicas = replicas;
  }

  /** Waits until every replica streams from the primary. Throws ClusterError for one that does not. */
  async settled(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#replicas.map((replica) => replica.streamsFrom(this.#primary, signal)));
  }
}
