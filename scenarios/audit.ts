/** What an auditor asks for: the same, and whether the data puts every condition to the test. Some minutes. */
export default {
  name: 'audit',
  says: 'access, audit and structure, and whether the data exercises every condition of every policy and rule',
  families: ['access', 'audit', 'structure'],
};
