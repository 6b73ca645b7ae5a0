/// Sorts the tables of a page by a click on a column's head and filters long ones by what is typed. Adds its controls itself, so that a page
/// whose script may not run shows none that do nothing.
let reportScript: Markup = #"""

    "use strict";
    for (const table of document.querySelectorAll("table")) {
      const body = table.tBodies[0], rows = Array.from(body.rows).filter(r => !r.classList.contains("total"));
      if (rows.length < 3 || table.classList.contains("fixed")) continue;
      const key = (row, i) => {
        const cell = row.cells[i], mark = cell.querySelector("[data-v]");
        return mark ? mark.dataset.v : cell.textContent.trim();
      };
      const number = text => {
        const value = parseFloat(text.replace(/[,\s\u00a0]/g, "").replace("\u2212", "-"));
        return Number.isNaN(value) ? null : value;
      };
      Array.from(table.tHead.rows[0].cells).forEach((head, i) => {
        const name = head.textContent;
        if (!name.trim()) return;
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = name;
        head.textContent = "";
        head.append(button);
        const isNumber = head.classList.contains("n") || rows.every(r => !r.cells[i] || r.cells[i].querySelector("[data-v]"));
        button.addEventListener("click", () => {
          const up = head.getAttribute("aria-sort") ? head.getAttribute("aria-sort") !== "ascending" : !isNumber;
          for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
          head.setAttribute("aria-sort", up ? "ascending" : "descending");
          const keys = new Map(rows.map(r => [r, isNumber ? number(key(r, i)) : key(r, i)]));
          rows.sort((a, b) => {
            const x = keys.get(a), y = keys.get(b);
            // What is no number stands last either way.
            if (isNumber && (x === null || y === null)) return (x === null) - (y === null);
            const order = isNumber ? x - y : x.localeCompare(y, document.documentElement.lang, { numeric: true });
            return up ? order : -order;
          });
          const first = body.querySelector("tr.total");
          for (const row of rows) body.insertBefore(row, first);
        });
      });
      if (rows.length < 8) continue;
      const box = document.createElement("input");
      box.type = "search";
      box.className = "filter";
      box.placeholder = document.body.dataset.filter;
      box.setAttribute("aria-label", document.body.dataset.filter);
      const none = document.createElement("p");
      none.className = "quiet none";
      none.setAttribute("role", "status");
      box.addEventListener("input", () => {
        const words = box.value.toLowerCase().split(/\s+/).filter(w => w);
        let shown = 0;
        for (const row of rows) {
          const text = row.textContent.toLowerCase();
          row.hidden = !words.every(w => text.includes(w));
          if (!row.hidden) shown += 1;
        }
        // A total of all rows would mislead beside some of them.
        for (const row of body.querySelectorAll("tr.total")) row.hidden = shown < rows.length;
        none.textContent = shown ? "" : document.body.dataset.none;
      });
      table.parentNode.before(box);
      table.parentNode.after(none);
    }

    """#

/// SHA-256 of ``reportScript`` in base64, by which a page's content policy lets this script run and no other. A test holds the two together.
let reportScriptHash = "0qj4DhCL89tmMtdljbmboNfBaPaz/smrTy7C8dFkiV4="
