/** What every container, network and volume of ours carries, so that it is found again and nothing else is touched. */
export const runLabel = 'pgattest.run';

/** The machine that the run belongs to, and its folder there: a daemon may serve several. */
export const machineLabel = 'pgattest.machine';
export const folderLabel = 'pgattest.folder';

/** Which server of the cluster it is. */
export const serviceLabel = 'pgattest.service';
