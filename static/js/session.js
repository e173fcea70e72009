/* The session: locked when idle, renewed in place, badges that tell the truth. */
"use strict";
(function () {
  const { page, post, make, say } = window.portal;
  const MINUTE = 60000;
  let touched = Date.now();
  let contact = Date.now();
  let shade = null;

  ["keydown", "pointerdown", "scroll"].forEach((name) => {
    window.addEventListener(name, () => { touched = Date.now(); }, { passive: true, capture: true });
  });

  /* Badges: every minute while the page is seen, in words for screen readers, no popup. */
  function show(name, number, word) {
    const badge = document.querySelector('[data-count="' + name + '"]');
    if (!badge || number === undefined) return;
    const text = number > 99 ? "99+" : String(number);
    if (badge.firstChild && badge.firstChild.textContent === text) return;
    badge.textContent = text;
    badge.appendChild(make("span", { class: "visually-hidden", text: word }));
    badge.hidden = number === 0;
  }
  function refresh() {
    if (!page("badgeUrl") || document.hidden || shade) return;
    fetch(page("badgeUrl"), { credentials: "same-origin", headers: { Accept: "application/json", "X-Background": "1" } })
      .then((answer) => (answer.ok && !answer.redirected ? answer.json() : null))
      .then((counts) => {
        if (!counts) return;
        contact = Date.now();
        show("todo", counts.todo, "件待办");
        show("unread", counts.unread, "条未读消息");
      })
      .catch(() => {});
  }
  window.setInterval(refresh, MINUTE);

  function alive() {
    return fetch(page("badgeUrl"), { credentials: "same-origin", headers: { Accept: "application/json", "X-Background": "1" } })
      .then((answer) => answer.ok && !answer.redirected)
      .catch(() => true); // no network: let the browser say so, the form stays
  }

  /* The lock: the page stays, its content is hidden, the draft is kept. */
  function lock(tell) {
    if (shade || !page("unlockUrl")) return;
    if (window.portal.saveDraft) window.portal.saveDraft();
    const form = make("form", { "aria-labelledby": "lock-title" }, [
      make("h2", { id: "lock-title", text: "已锁屏" }),
      make("p", { class: "muted", text: page("user") + "，输入密码继续。填写的内容还在。" }),
      make("label", { for: "lock-password", text: "密码" }),
      make("input", { id: "lock-password", type: "password", class: "i", name: "password", autocomplete: "current-password", required: "" }),
      make("p", { class: "echo bad", role: "alert" }),
      make("button", { type: "submit", class: "b main-act", text: "解锁" }),
    ]);
    shade = make("div", { class: "lock-screen", role: "dialog", "aria-modal": "true", "aria-labelledby": "lock-title" }, [form]);
    const back = document.activeElement;
    document.body.appendChild(shade);
    document.body.classList.add("locked");
    form.querySelector("input").focus();
    if (tell) post(tell).catch(() => {});
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      post(page("unlockUrl"), { password: form.querySelector("input").value }).then((answer) => {
        if (answer.ok) {
          shade.remove();
          shade = null;
          document.body.classList.remove("locked");
          touched = contact = Date.now();
          if (back && back.focus) back.focus();
          return;
        }
        form.querySelector(".echo").textContent = answer.status === 401 ? "已退出，请重新登录" : "密码不对，再试一次";
        form.querySelector("input").select();
      }).catch(() => {
        form.querySelector(".echo").textContent = "连不上服务器，稍后再试";
      });
    });
  }
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-lock-form]") || !page("unlockUrl")) return;
    event.preventDefault();
    lock(event.target.action);
  });
  window.setInterval(() => {
    const idle = Number(page("idleLock") || 0) * 1000;
    const form = document.querySelector("[data-lock-form]");
    if (idle && form && Date.now() - touched > idle) lock(form.action);
  }, 15000);

  /* Logged out meanwhile: log in on top of the page, then the form goes, once. */
  function login(then) {
    const name = make("input", { id: "again-name", class: "i", name: "username", autocomplete: "username", required: "" });
    const word = make("input", { id: "again-word", class: "i", name: "password", type: "password", autocomplete: "current-password", required: "" });
    const echo = make("p", { class: "echo bad", role: "alert" });
    const form = make("form", {}, [
      make("div", { class: "panel-head" }, [make("h2", { id: "again-title", text: "登录已到时，请重新登录" })]),
      make("div", { class: "panel-body" }, [
        make("p", { text: "填写的内容还在，登录后自动提交。" }),
        make("label", { for: "again-name", text: "工号" }), name,
        make("label", { for: "again-word", text: "密码" }), word, echo,
        make("button", { type: "submit", class: "b main-act", text: "登录并提交" }),
      ]),
    ]);
    const box = make("dialog", { class: "box", "aria-labelledby": "again-title" }, [form]);
    document.body.appendChild(box);
    box.addEventListener("close", () => box.remove());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const path = page("loginUrl");
      post(path, { username: name.value, password: word.value }).then((answer) => {
        if (!answer.ok || new URL(answer.url).pathname === path) {
          echo.textContent = answer.status === 429 || answer.status === 403 ? "尝试次数过多，请 15 分钟后再试" : "工号或密码不对";
          return;
        }
        box.close();
        contact = Date.now();
        then();
      }).catch(() => { echo.textContent = "连不上服务器，稍后再试"; });
    });
    box.showModal();
    name.focus();
  }
  function fresh() {
    const value = window.portal.token();
    document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach((field) => { field.value = value; });
  }
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("main form[method=post]") || form.dataset.checked || !page("badgeUrl")) return;
    if (event.defaultPrevented || Date.now() - contact < 5 * MINUTE) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const button = event.submitter;
    const go = () => {
      fresh();
      form.dataset.checked = "1";
      if (form.requestSubmit) form.requestSubmit(button && button.form === form ? button : undefined);
      else form.submit();
    };
    alive().then((yes) => (yes ? go() : login(go)));
  }, true);
  window.addEventListener("offline", () => say("网络断开，内容仍在本页"));
})();
