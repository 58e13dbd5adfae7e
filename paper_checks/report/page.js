"use strict";
// Everything on the page can be read without this file. It adds sorting, a filter whose state is kept in the
// address, buttons that copy commands, and the values of a plot's curves under the pointer.
(() => {
  const root = document.documentElement;
  root.classList.add("script");

  for (const code of document.querySelectorAll("code.command")) {
    const button = document.createElement("button");
    button.className = "copy";
    button.textContent = "copy";
    button.addEventListener("click", () => {
      const select = () => { getSelection().selectAllChildren(code); button.textContent = "selected"; };
      // A page from a plain http address has no clipboard.
      if (!navigator.clipboard) return select();
      navigator.clipboard.writeText(code.textContent).then(() => { button.textContent = "copied"; }, select);
    });
    code.after(button);
  }

  const value = (row, column) => {
    const text = row.cells[column] ? row.cells[column].textContent.trim() : "";
    const number = parseFloat(text.replace(/[\u202f\s]/g, ""));
    return Number.isNaN(number) ? text.toLowerCase() : number;
  };
  for (const head of document.querySelectorAll("table.sortable thead th")) {
    head.classList.add("sortable");
    head.addEventListener("click", () => {
      const body = head.closest("table").tBodies[0];
      const up = head.getAttribute("aria-sort") !== "ascending";
      for (const other of head.parentNode.cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const rows = [...body.rows].sort((one, two) => {
        const a = value(one, head.cellIndex), b = value(two, head.cellIndex);
        const less = typeof a === typeof b ? (a < b ? -1 : a > b ? 1 : 0) : typeof a === "number" ? -1 : 1;
        return up ? less : -less;
      });
      body.append(...rows);
    });
  }

  const digits = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
  const shown = (x) => (x >= 1e-3 && x < 1e6 ? digits.format(x) : x.toExponential(2));
  for (const picture of document.querySelectorAll("figure svg[data-scale]")) {
    const { frame: [left, top, right, bottom], rounds, values, curves } = JSON.parse(picture.dataset.scale);
    // Both axes are logarithmic.
    const between = ([low, high], share) => low * (high / low) ** share;
    const drawn = curves.map((name, k) => {
      const path = picture.querySelector(`[id$="-curve-${k}"] path`);
      // "M x y L x y": a move begins a new piece, and no value is read across a gap.
      const pieces = (path ? path.getAttribute("d") : "").split("M").slice(1);
      return { name, pieces: pieces.map((piece) => (piece.match(/-?[\d.]+/g) || []).map(Number)) };
    });
    const height = (pieces, x) => {
      for (const p of pieces) {
        for (let k = 0; k + 1 < p.length; k += 2) {
          // A single point stands for a little around it.
          if (Math.abs(p[k] - x) < (p.length === 2 ? 4 : 1e-9)) return p[k + 1];
          if (k + 3 < p.length && p[k] < x && x < p[k + 2])
            return p[k + 1] + ((x - p[k]) / (p[k + 2] - p[k])) * (p[k + 3] - p[k + 1]);
        }
      }
      return null;
    };
    const line = document.createElementNS(picture.namespaceURI, "path");
    line.setAttribute("class", "pointer");
    picture.append(line);
    const readout = document.createElement("p");
    readout.className = "readout";
    readout.textContent = "Point at the plot to read its values.";
    picture.after(readout);
    const read = (event) => {
      const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(picture.getScreenCTM().inverse());
      const x = Math.min(Math.max(at.x, left), right);
      line.setAttribute("d", `M${x} ${top}V${bottom}`);
      const found = [];
      for (const { name, pieces } of drawn) {
        const y = height(pieces, x);
        if (y !== null) found.push(`${name} ${shown(between(values, (bottom - y) / (bottom - top)))}`);
      }
      const round = shown(Math.max(1, Math.round(between(rounds, (x - left) / (right - left)))));
      readout.textContent = `About T = ${round}: ${found.join("; ") || "no curve here"}.`;
    };
    picture.addEventListener("pointermove", read);
    picture.addEventListener("pointerdown", read);
    const size = document.createElement("button");
    size.className = "size";
    size.textContent = "enlarge";
    size.addEventListener("click", () => {
      const large = picture.classList.toggle("large");
      size.textContent = large ? "reduce" : "enlarge";
    });
    readout.after(size);
  }

  const word = document.getElementById("filter-word"), verdict = document.getElementById("filter-verdict");
  if (!word || !verdict) return;
  const apply = () => {
    const asked = word.value.trim().toLowerCase();
    for (const row of document.querySelectorAll("table.filtered tbody tr")) {
      const text = row.textContent.toLowerCase();
      const shown = row.querySelector(".verdict");
      const kind = !verdict.value || (shown && shown.classList.contains(verdict.value));
      row.hidden = !(text.includes(asked) && kind);
    }
    const state = new URLSearchParams();
    if (asked) state.set("word", asked);
    if (verdict.value) state.set("verdict", verdict.value);
    const query = state.toString();
    try { history.replaceState(null, "", (query ? "?" + query : location.pathname) + location.hash); } catch { /* a page without an address */ }
  };
  const given = new URLSearchParams(location.search);
  word.value = given.get("word") || "";
  verdict.value = given.get("verdict") || "";
  word.addEventListener("input", apply);
  verdict.addEventListener("change", apply);
  if (word.value || verdict.value) apply();
})();
