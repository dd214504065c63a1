// A page that has nothing to show yet: it is asked for again until it has.
const AGAIN_MS = 15000;
setTimeout(() => location.reload(), AGAIN_MS);
