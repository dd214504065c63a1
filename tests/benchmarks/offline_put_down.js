// Puts entries down as the worker does: every third a defect with a photo of a tablet's camera, the others results.
async ([job, many, photos]) => {
  const open = () => new Promise((done) => { const asked = indexedDB.open("mes-station"); asked.onsuccess = () => done(asked.result); });
  const base = await open(), known = (name) => new Promise((done) => { const got = base.transaction("known").objectStore("known").get(name); got.onsuccess = () => done(got.result); });
  const who = await known("person"), contact = await known("contact");
  const canvas = Object.assign(document.createElement("canvas"), { width: 1600, height: 1200 }), pen = canvas.getContext("2d");
  for (let at = 0; at < 4000; at += 1) { pen.fillStyle = `hsl(${at % 360} 60% ${30 + (at % 50)}%)`; pen.fillRect((at * 97) % 1600, (at * 53) % 1200, 40, 30); }
  const photo = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
  const began = Date.now() - many * 1000;
  for (let at = 0; at < many; at += 1) {
    const key = `kept-entry-${photos}-${String(at).padStart(20, "0")}`, bad = photos && at % 3 === 0;
    const fields = bad ? [["once", key], ["code", "D1"], ["quantity", "1"], ["confirmed", "1"], ["photos", new File([photo], "IMG.jpg", { type: "image/jpeg" })]] : [["once", key], ["good", "1"], ["confirmed", "1"]];
    const entry = { v: 2, key, address: `/station/jobs/${job}/${bad ? "defect" : "report"}`, fields, made: began + at * 1000, sent: false, state: "waiting", person: who.id, name: "", ticket: who.ticket, badge: null, contact, job, told: { deed: "report", text: "1" } };
    await new Promise((done, failed) => { const act = base.transaction("entries", "readwrite"); act.objectStore("entries").add(entry); act.oncomplete = done; act.onerror = () => failed(act.error); });
  }
  return photo.size;
}
