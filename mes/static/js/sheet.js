// The sheet of a gauge study: Enter leads to the next cell, a block copied from a spreadsheet fills the cells from
// the one in which it is pasted. What does not fit is left out; nothing is sent before somebody saves.

const rowsOf = (sheet) => [...sheet.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("input")]);

function placeOf(rows, cell) {
  const row = rows.findIndex((cells) => cells.includes(cell));
  return [row, row < 0 ? -1 : rows[row].indexOf(cell)];
}

function pasted(event) {
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!/[\t\n]/.test(text.trim())) return;
  event.preventDefault();
  const rows = rowsOf(event.currentTarget);
  const [top, left] = placeOf(rows, event.target);
  text.replace(/\r/g, "").replace(/\n$/, "").split("\n").forEach((line, down) =>
    line.split("\t").forEach((value, across) => {
      const cell = rows[top + down]?.[left + across];
      if (cell) {
        cell.value = value.trim();
        cell.dispatchEvent(new Event("input", { bubbles: true }));
      }
    }));
}

function moved(event) {
  if (event.key !== "Enter" || event.isComposing) return;
  event.preventDefault();
  const cells = rowsOf(event.currentTarget).flat();
  cells[cells.indexOf(event.target) + 1]?.focus();
}

for (const sheet of document.querySelectorAll("[data-sheet]")) {
  sheet.addEventListener("paste", pasted);
  sheet.addEventListener("keydown", moved);
}
