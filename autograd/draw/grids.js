// Matrices as grids in the panel: numbers, or a heat map. `grid` is [title, rows, columns, letters of the levels, texts or null].
(grids, palette, makeHtml) => makeHtml("div", { class: "grids" }, ...grids.map(([title, rows, columns, codes, texts]) => {
  const body = makeHtml("tbody");
  for (let i = 0; i < rows; i++) {
    const row = makeHtml("tr");
    for (let j = 0; j < columns; j++) {
      const level = codes.charCodeAt(i * columns + j) - 97;
      const cell = makeHtml("td", {}, texts ? texts[i][j] : "");
      cell.style.setProperty("background", palette[texts ? 1 : 0][level]);
      row.append(cell);
    }
    body.append(row);
  }
  const table = makeHtml("table", { class: texts ? "grid" : "grid heat", role: "img", "aria-label": title }, body);
  return makeHtml("figure", {}, table, makeHtml("figcaption", { class: "mono" }, title));
}))
