/* Lists: ticks that survive paging, rows by keyboard, the same place after coming back. */
"use strict";
(function () {
  const { start, say } = window.portal;

  /* Ticks belong to one list under one set of filters; the page number is no part of it. */
  function place() {
    const params = new URLSearchParams(window.location.search);
    ["page", "after", "before", "size", "density"].forEach((name) => params.delete(name));
    return "ticks:" + window.location.pathname + "?" + params.toString();
  }
  function read() {
    try {
      return new Set(JSON.parse(window.sessionStorage.getItem(place()) || "[]"));
    } catch (error) {
      return new Set();
    }
  }
  function write(ticks) {
    window.sessionStorage.setItem(place(), JSON.stringify(Array.from(ticks)));
  }

  function ticking(root) {
    const form = root.querySelector("form[data-bulk]");
    if (!form) return;
    const boxes = Array.from(document.querySelectorAll("input[data-tick]"));
    const whole = document.querySelector("input[data-tick-page]");
    const ticks = read();
    let all = false;

    function show() {
      boxes.forEach((box) => {
        box.checked = all || ticks.has(box.value);
        box.closest("tr").setAttribute("aria-selected", String(box.checked));
      });
      const number = all ? Number(form.dataset.total) : ticks.size;
      form.hidden = number === 0;
      form.querySelector("[data-ticked]").textContent = "已选 " + number + (all ? "（全部）" : ticks.size > boxes.filter((box) => box.checked).length ? "（跨页）" : "");
      form.querySelector("input[name=all]").value = all ? "1" : "";
      if (whole) {
        const here = boxes.filter((box) => box.checked).length;
        whole.checked = boxes.length > 0 && here === boxes.length;
        whole.indeterminate = here > 0 && here < boxes.length;
      }
      say(number ? "已选 " + number + " 条" : "");
    }
    function keep() {
      write(ticks);
      show();
    }
    boxes.forEach((box) => box.addEventListener("change", () => {
      all = false;
      if (box.checked) ticks.add(box.value);
      else ticks.delete(box.value);
      keep();
    }));
    if (whole) whole.addEventListener("change", () => {
      all = false;
      boxes.forEach((box) => (whole.checked ? ticks.add(box.value) : ticks.delete(box.value)));
      keep();
    });
    form.addEventListener("click", (event) => {
      if (event.target.closest("[data-tick-all]")) {
        event.preventDefault();
        all = true;
        show();
      } else if (event.target.closest("[data-tick-none]")) {
        event.preventDefault();
        all = false;
        ticks.clear();
        keep();
      }
    });
    form.addEventListener("submit", () => {
      // Rows of other pages travel as hidden fields; those of this page are boxes of the form.
      form.querySelectorAll("input[data-carried]").forEach((field) => field.remove());
      const here = new Set(boxes.map((box) => box.value));
      if (!all) ticks.forEach((id) => {
        if (here.has(id)) return;
        const field = window.portal.make("input", { type: "hidden", name: "pk", value: id, "data-carried": "" });
        form.appendChild(field);
      });
    });
    show();
  }

  /* ↑ ↓ move along the rows, Enter opens, x ticks. */
  let at = -1;
  function rows() {
    return Array.from(document.querySelectorAll("table[data-list] tbody tr"));
  }
  function go(by) {
    const all = rows();
    if (!all.length) return;
    if (at >= 0 && all[at]) all[at].classList.remove("at");
    at = Math.min(all.length - 1, Math.max(0, at + by));
    all[at].classList.add("at");
    const link = all[at].querySelector("a[data-open]") || all[at].querySelector("a");
    if (link) link.focus({ preventScroll: true });
    all[at].scrollIntoView({ block: "nearest" });
  }
  document.addEventListener("keydown", (event) => {
    if (!document.querySelector("table[data-list]") || event.ctrlKey || event.metaKey || event.altKey) return;
    const field = event.target.closest("input:not([type=checkbox]), select, textarea, .ts-wrapper, summary");
    if (field) return;
    if (event.key === "ArrowDown") { event.preventDefault(); go(1); }
    else if (event.key === "ArrowUp") { event.preventDefault(); go(-1); }
    else if (event.key === "x" && window.portal.cookie("keys") !== "off") {
      const row = event.target.closest("tr") || rows()[at];
      const box = row && row.querySelector("input[data-tick]");
      if (box) { box.checked = !box.checked; box.dispatchEvent(new Event("change")); }
    }
  });

  /* Coming back finds the same rows in view. */
  function scrolling() {
    const wrap = document.querySelector(".list-page .table-wrap");
    if (!wrap) return;
    const key = "scroll:" + window.location.pathname + window.location.search;
    const before = Number(window.sessionStorage.getItem(key) || 0);
    const entry = performance.getEntriesByType("navigation")[0];
    if (before && entry && entry.type !== "navigate") wrap.scrollTop = before;
    window.addEventListener("pagehide", () => window.sessionStorage.setItem(key, String(wrap.scrollTop)));
  }

  /* A choice of page size, density or view acts at once; without scripts it has its own button. */
  function choosing(root) {
    root.querySelectorAll("select[data-go]").forEach((field) => {
      field.addEventListener("change", () => field.form.requestSubmit ? field.form.requestSubmit() : field.form.submit());
      const button = field.form.querySelector("[data-no-script]");
      if (button) button.hidden = true;
    });
  }

  start((root) => {
    ticking(root);
    choosing(root);
    if (root === document) scrolling();
  });
})();
