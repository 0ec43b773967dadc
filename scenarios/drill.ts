/** What breaks in production breaks here, under load, and is brought back: each drill on a cluster of its own. */
export default {
  name: 'drill',
  says: 'recovery from disasters: what is lost, and how long it takes',
  families: ['recovery'],
};
