// The first file of every page, so that no key of a scanner is lost while the others are being loaded (scan.js goes on with them).
(() => {
  const heard = [];
  const hear = ({ timeStamp, key, code, ctrlKey, altKey, shiftKey, repeat, target }) => heard.push({ timeStamp, key, code, ctrlKey, altKey, shiftKey, repeat, target });
  addEventListener("keydown", hear, true);
  window.mesEarlyKeys = () => {
    removeEventListener("keydown", hear, true);
    return heard.splice(0);
  };
})();
