/** What a pull request that changes the schema must not break: about a minute. */
export default {
  name: 'pull-request',
  says: 'access, audit and structure: what a change of the schema can break',
  families: ['access', 'audit', 'structure'],
  // It says more of the data than of the schema, and takes minutes.
  without: ['access.coverage'],
};
