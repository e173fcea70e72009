/* Drafts: what was typed is on the server five seconds after a change, and offered again. */
"use strict";
(function () {
  const { start, page, post, make } = window.portal;
  const EVERY = 5000;
  const pending = new Map();

  function values(form) {
    const data = {};
    new FormData(form).forEach((value, name) => {
      if (typeof value !== "string" || name.startsWith("_") || name === "csrfmiddlewaretoken") return;
      const field = form.elements[name];
      if (field && field.type === "password") return;
      if (!data[name]) data[name] = [];
      data[name].push(value);
    });
    return data;
  }

  function state(form, words) {
    let box = form.querySelector(".draft-state");
    if (!box) {
      box = make("span", { class: "draft-state", role: "status" });
      (form.querySelector(".form-foot") || form).appendChild(box);
    }
    box.textContent = words;
  }

  function body(form) {
    return {
      key: form.dataset.draft,
      path: window.location.pathname + window.location.search,
      title: document.querySelector("h1") ? document.querySelector("h1").textContent.trim() : "",
      data: JSON.stringify(values(form)),
    };
  }

  function save(form) {
    window.clearTimeout(pending.get(form));
    pending.delete(form);
    if (!page("draftUrl")) return Promise.resolve();
    state(form, "正在保存");
    return post(page("draftUrl"), body(form)).then((answer) => {
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      const now = new Date();
      const two = (number) => String(number).padStart(2, "0");
      state(form, "草稿 " + two(now.getHours()) + ":" + two(now.getMinutes()) + " 已存");
      window.portal.saved(form);
    }).catch(() => {
      state(form, "未保存（网络断开或已退出），内容仍在本页");
      if (!pending.has(form)) pending.set(form, window.setTimeout(() => save(form), 3 * EVERY));
    });
  }
  window.portal.saveDraft = () => {
    const form = document.querySelector("form[data-draft]");
    return form ? save(form) : Promise.resolve();
  };

  function watch(form) {
    const change = () => {
      if (!pending.has(form)) pending.set(form, window.setTimeout(() => save(form), EVERY));
    };
    form.addEventListener("input", change);
    form.addEventListener("change", change);
    form.addEventListener("submit", () => {
      window.clearTimeout(pending.get(form));
      pending.delete(form);
    });
  }

  /* A tab that is closed within the five seconds still hands its text over. */
  function handOver() {
    pending.forEach((timer, form) => {
      if (form.dataset.sent || !page("draftUrl")) return;
      window.clearTimeout(timer);
      const data = new FormData();
      Object.entries(body(form)).forEach(([name, value]) => data.append(name, value));
      data.append("csrfmiddlewaretoken", window.portal.token());
      navigator.sendBeacon(page("draftUrl"), data);
    });
    pending.clear();
  }
  window.addEventListener("pagehide", handOver);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") handOver();
  });

  start((root) => root.querySelectorAll("form[data-draft]").forEach(watch));
})();
