// Draws a chart from the table beside it: the table is the source, so both always say the same.

const style = getComputedStyle(document.documentElement);
const colour = (name) => style.getPropertyValue(name).trim();
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

const textOf = (cell) => cell.textContent.trim();
const valueOf = (cell) => (cell.dataset.value === "" ? null : Number(cell.dataset.value));

// The columns as series along the rows; `across`: the rows along the columns. Of more than `most` the largest remain.
function read(table, { across, most }) {
  const heads = [...table.tHead.rows[0].cells].slice(1).filter((cell) => !("total" in cell.dataset)).map(textOf);
  const rows = [...table.tBodies[0].rows].map(({ cells }) => ({ label: textOf(cells[0]), data: heads.map((_, n) => valueOf(cells[n + 1])) }));
  const columns = heads.map((label, n) => ({ label, data: rows.map((row) => row.data[n]) }));
  const [labels, all] = across === undefined ? [rows.map((row) => row.label), columns] : [heads, rows];
  const sum = (one) => one.data.reduce((total, value) => total + value, 0);
  const largest = new Set([...all].sort((one, other) => sum(other) - sum(one)).slice(0, most ?? all.length));
  return { labels, series: all.filter((one) => largest.has(one)) };
}

for (const figure of document.querySelectorAll("figure[data-chart]")) {
  const table = document.getElementById(figure.dataset.table);
  const { labels, series } = read(table, figure.dataset);
  const looks = [
    { borderColor: colour("--color-primitive-blue-900"), backgroundColor: colour("--color-primitive-blue-900"), borderWidth: 3 },
    { borderColor: colour("--color-neutral-solid-gray-536"), backgroundColor: colour("--color-neutral-solid-gray-536"), borderWidth: 2, borderDash: [6, 4], pointStyle: "rect" },
    { borderColor: colour("--color-primitive-orange-800"), backgroundColor: colour("--color-primitive-orange-800"), borderWidth: 2, pointStyle: "triangle" },
    { borderColor: colour("--color-primitive-green-800"), backgroundColor: colour("--color-primitive-green-800"), borderWidth: 2, borderDash: [2, 3], pointStyle: "rectRot" },
    { borderColor: colour("--color-primitive-purple-700"), backgroundColor: colour("--color-primitive-purple-700"), borderWidth: 2, borderDash: [10, 3], pointStyle: "star" },
    { borderColor: colour("--color-primitive-cyan-800"), backgroundColor: colour("--color-primitive-cyan-800"), borderWidth: 2, borderDash: [8, 3, 2, 3], pointStyle: "crossRot" },
  ];
  figure.hidden = false;
  new Chart(figure.querySelector("canvas"), {
    type: figure.dataset.chart,
    data: {
      labels,
      datasets: series.map(({ label, data }, n) => ({ label, data, tension: 0, ...looks[n % looks.length] })),
    },
    options: {
      animation: still ? false : { duration: 200 }, maintainAspectRatio: false, interaction: { mode: "index", intersect: false },
      scales: { y: { beginAtZero: true, ticks: { precision: 0 } } },
      plugins: { legend: { position: "bottom", labels: { usePointStyle: true } } },
    },
  });
  figure.parentElement.querySelector("details.chart-table")?.removeAttribute("open");
}
