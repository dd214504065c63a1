// A row opens where its head leads; ticked rows bring up what can be done with them together.
document.addEventListener("click", (event) => {
  const row = event.target.closest("tr");
  const link = row?.querySelector("a[data-row]");
  if (!link || event.target.closest("a, button, input, label, summary, select") || String(getSelection())) return;
  if (event.ctrlKey || event.metaKey) open(link.href, "_blank", "noopener");
  else link.click();
});

document.addEventListener("change", (event) => {
  const table = event.target.closest("table");
  if (!table || event.target.type !== "checkbox") return;
  const ticks = [...table.querySelectorAll("tbody .pick input")], all = table.querySelector("[data-pick-all]");
  if (event.target === all) for (const tick of ticks) tick.checked = all.checked;
  const picked = ticks.filter((tick) => tick.checked).length;
  if (all) {
    all.checked = picked === ticks.length;
    all.indeterminate = picked > 0 && picked < ticks.length;
  }
  const bulk = (table.closest("form") ?? document).querySelector("[data-bulk]");
  if (!bulk) return;
  bulk.hidden = picked === 0;
  bulk.querySelector("[data-bulk-count]").textContent = picked;
});

for (const link of document.querySelectorAll("tr a[data-row]")) link.closest("tr").dataset.href = "";
