// How old the figures on the wall are. Counted by this screen's own clock from their arrival, as clocks differ.
const OLD_SECONDS = 30;
let arrived = performance.now();

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id === "board") arrived = performance.now();
});

function showAge() {
  const shown = document.querySelector("[data-age]");
  const seconds = Math.floor((performance.now() - arrived) / 1000);
  const [words, number] = seconds < 120 ? [shown.dataset.age, seconds] : [shown.dataset.ageMinutes, Math.floor(seconds / 60)];
  shown.textContent = words.replace("{n}", number);
  shown.className = `age is-${seconds > OLD_SECONDS ? "stopped" : "running"}`;
}

showAge();
setInterval(showAge, 1000);
