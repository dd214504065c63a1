// Asks the worker to send what waits, as an open page does every few seconds, until nothing waits; gives the
// milliseconds until the last was told to be sent, and how many are left.
async () => {
  const ask = (what) => new Promise((done) => { const { port1, port2 } = new MessageChannel(); port1.onmessage = ({ data }) => done(data); navigator.serviceWorker.controller.postMessage(what, [port2]); });
  const channel = new BroadcastChannel("mes-station"), began = performance.now();
  for (;;) {
    const sent = new Promise((done) => { channel.onmessage = ({ data }) => data.kind === "sent" && done(); });
    await ask({ ask: "state", probe: true });
    await Promise.race([sent, new Promise((done) => setTimeout(done, 5000))]);
    const took = performance.now() - began, all = await ask({ ask: "list" });
    if (!all.some((one) => one.state === "waiting")) return [took, all.length];
  }
}
