// A gauge that types is heard wherever the focus is, and a column of values can be pasted; both are sent at once.
const READING = /^\s*[+-]?\s*\d{0,6}([.,]\d+)?\s*[^\d\s]{0,8}\s*$/, DASHES = /^[-—–\s]+$/;
const form = () => document.querySelector("form[data-measure]");

document.addEventListener("scan", (event) => {
  const { text, waited } = event.detail, field = form()?.elements.value;
  if (!field || !((/\d/.test(text) && READING.test(text)) || DASHES.test(text))) return; // a code goes its own way
  event.preventDefault();
  if (waited && document.querySelector(".refusal")) { // the reading before it was refused: this one is not of the piece that is asked for
    import("./feedback.js").then(({ feedback }) => feedback("no"));
    return;
  }
  field.value = text;
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  form().requestSubmit();
});

document.addEventListener("paste", (event) => {
  const text = event.clipboardData.getData("text"), column = form()?.elements.column;
  if (!column || event.target !== form().elements.value || text.trim().split(/[\r\n\t]+/).length < 2) return;
  event.preventDefault();
  column.value = text;
  form().requestSubmit();
});
