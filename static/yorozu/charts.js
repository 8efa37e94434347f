// Draws a chart from the table beside it: the table is the source, so both always say the same.

const style = getComputedStyle(document.documentElement);
const colour = (name) => style.getPropertyValue(name).trim();
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

for (const figure of document.querySelectorAll("figure[data-chart]")) {
  const table = document.getElementById(figure.dataset.table);
  const heads = [...table.tHead.rows[0].cells].slice(1).map((cell) => cell.textContent.trim());
  const rows = [...table.tBodies[0].rows];
  const looks = [
    { borderColor: colour("--color-primitive-blue-900"), backgroundColor: colour("--color-primitive-blue-900"), borderWidth: 3 },
    { borderColor: colour("--color-neutral-solid-gray-536"), backgroundColor: colour("--color-neutral-solid-gray-536"), borderWidth: 2, borderDash: [6, 4], pointStyle: "rect" },
  ];
  figure.hidden = false;
  new Chart(figure.querySelector("canvas"), {
    type: figure.dataset.chart,
    data: {
      labels: rows.map((row) => row.cells[0].textContent.trim()),
      datasets: heads.map((label, n) => ({ label, data: rows.map((row) => (row.cells[n + 1].dataset.value === "" ? null : Number(row.cells[n + 1].dataset.value))), tension: 0, ...looks[n] })),
    },
    options: {
      animation: still ? false : { duration: 200 }, maintainAspectRatio: false, interaction: { mode: "index", intersect: false },
      scales: { y: { beginAtZero: true, ticks: { precision: 0 } } },
      plugins: { legend: { position: "bottom", labels: { usePointStyle: true } } },
    },
  });
  figure.parentElement.querySelector("details.chart-table")?.removeAttribute("open");
}
