/** Reviews of documents and of databases share one parser. */
export * from '../findings/tree.ts';
