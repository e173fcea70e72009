/* What every module stands on: the token, fetching, saying something politely, start-up. */
"use strict";
window.portal = (function () {
  const starters = [];
  let live = null;

  function cookie(name) {
    const found = document.cookie.split("; ").find((part) => part.startsWith(name + "="));
    return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
  }

  function setCookie(name, value) {
    document.cookie = name + "=" + value + ";path=/;max-age=31536000;samesite=lax";
  }

  // The token rotates at log-in, so it is read when needed and never kept.
  function token() {
    const field = document.querySelector("input[name=csrfmiddlewaretoken]");
    return cookie("csrftoken") || (field ? field.value : "");
  }

  function post(url, data, options) {
    const body = data instanceof FormData ? data : new URLSearchParams(data || {});
    return fetch(url, Object.assign({
      method: "POST",
      body: body,
      credentials: "same-origin",
      headers: { "X-CSRFToken": token(), "X-Requested-With": "fetch", Accept: "application/json" },
    }, options || {}));
  }

  function say(words) {
    if (!live) {
      live = document.createElement("div");
      live.className = "visually-hidden";
      live.setAttribute("role", "status");
      live.setAttribute("aria-live", "polite");
      document.body.appendChild(live);
    }
    live.textContent = words;
  }

  function make(tag, attributes, content) {
    const node = document.createElement(tag);
    Object.keys(attributes || {}).forEach((name) => {
      if (name === "text") node.textContent = attributes[name];
      else node.setAttribute(name, attributes[name]);
    });
    (content || []).forEach((child) => node.append(child));
    return node;
  }

  /* starter(root) runs for the page and again for every part that htmx puts in. */
  function start(starter) {
    starters.push(starter);
  }

  function run(root) {
    starters.forEach((starter) => starter(root));
  }

  function page(name) {
    return document.body.dataset[name] || "";
  }

  document.addEventListener("DOMContentLoaded", () => run(document));
  document.addEventListener("htmx:load", (event) => {
    if (event.target !== document.body) run(event.target);
  });
  document.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRFToken"] = token();
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    // A form with errors comes back as 422 and is shown like any answer.
    if (event.detail.xhr.status === 422) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });

  // The thin bar appears when an answer takes longer than 400 ms.
  let waiting = 0;
  function bar(on) {
    const line = document.querySelector(".loading-bar");
    window.clearTimeout(waiting);
    if (!line) return;
    if (!on) line.classList.remove("on");
    else waiting = window.setTimeout(() => line.classList.add("on"), 400);
  }
  document.addEventListener("htmx:beforeRequest", () => bar(true));
  document.addEventListener("htmx:afterRequest", () => bar(false));
  window.addEventListener("pageshow", () => bar(false));
  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented && event.target.target !== "_blank") bar(true);
  });

  // A receipt that was issued to be handed over is printed as soon as it is shown.
  window.addEventListener("load", () => {
    if (document.querySelector("[data-print-now]")) window.print();
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
    const fold = event.target.closest("[data-fold]");
    if (fold) {
      const folded = document.body.classList.toggle("side-folded");
      fold.setAttribute("aria-expanded", String(!folded));
      setCookie("side", folded ? "folded" : "open");
    }
    // A menu closes when the user clicks elsewhere.
    document.querySelectorAll("details.more[open], details.who[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.removeAttribute("open");
    });
  });

  return { start, run, post, say, make, cookie, setCookie, token, page };
})();
