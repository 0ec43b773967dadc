/** What every container, network and volume of ours carries, so that it is found again and nothing else is touched. */
export const runLabel = 'pgattest.run';

/** The name of a cluster that stays. */
export const clusterLabel = 'pgattest.cluster';

/** Which server of the cluster it is. */
export const serviceLabel = 'pgattest.service';
