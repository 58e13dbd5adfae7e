"use strict";
// Everything on the page can be read without this file. It adds sorting, a filter whose state is kept in the
// address, and buttons that copy commands.
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
