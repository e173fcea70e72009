/* The keyboard: Enter goes to the next field on entry pages, never while characters are composed. */
"use strict";
(function () {
  const { make, cookie, setCookie } = window.portal;
  const FIELDS = "input:not([type=hidden]):not([disabled]):not([readonly]), select:not([disabled]), textarea:not([disabled]), button[data-stop]";
  let composing = false;

  /* Some input methods end the composition before the Enter that ended it arrives. */
  document.addEventListener("compositionstart", () => { composing = true; });
  document.addEventListener("compositionend", () => {
    window.setTimeout(() => { composing = false; }, 0);
  });
  function typing(event) {
    return composing || event.isComposing || event.keyCode === 229;
  }

  function visible(element) {
    return element.getClientRects().length > 0 && !element.closest("[hidden], .gone");
  }

  /* One stop for a group of radio buttons, as Tab has it. */
  function stops(form) {
    const seen = new Set();
    return Array.from(form.querySelectorAll(FIELDS)).filter((element) => {
      if (!visible(element) || ["submit", "reset", "image"].includes(element.type) || element.classList.contains("tomselected")) return false;
      if (element.type !== "radio") return true;
      if (element.checked) { seen.add(element.name); return true; }
      const chosen = form.querySelector('input[type=radio][name="' + element.name + '"]:checked');
      if (chosen || seen.has(element.name)) return false;
      seen.add(element.name);
      return true;
    });
  }

  function step(form, from, by) {
    const all = stops(form);
    const next = all[all.indexOf(from) + by];
    if (next) {
      next.focus();
      if (next.select && next.type !== "radio" && next.type !== "checkbox") next.select();
    } else if (by > 0) {
      const submit = form.querySelector("button[type=submit].main-act");
      if (submit) submit.focus();
    }
  }

  function submit(form, name) {
    const named = name ? form.querySelector('button[type=submit][name="' + name + '"]') : null;
    const button = named || form.querySelector("button[type=submit].main-act") || form.querySelector("button[type=submit]");
    if (form.requestSubmit) form.requestSubmit(button);
    else if (button) button.click();
  }

  function current() {
    const form = document.activeElement && document.activeElement.form;
    if (form && form.method === "post" && !form.closest(".topbar")) return form;
    return document.querySelector("main form[data-entry], main form[data-draft], main form[method=post]");
  }

  document.addEventListener("keydown", (event) => {
    const target = event.target;
    if (typing(event)) {
      // The Enter that takes a candidate is no Enter of the form.
      if (event.key === "Enter" && target.tagName === "INPUT") event.preventDefault();
      return;
    }
    const command = event.ctrlKey || event.metaKey;
    if (event.key === "Enter" && command) {
      const form = current();
      if (!form) return;
      event.preventDefault();
      submit(form, event.shiftKey ? "next" : "");
      return;
    }
    if (command && event.key.toLowerCase() === "s" && document.querySelector("form[data-draft]")) {
      event.preventDefault();
      window.portal.saveDraft();
      return;
    }
    if (command && event.key.toLowerCase() === "k") {
      event.preventDefault();
      find();
      return;
    }
    if (event.key === "F4") {
      const other = document.querySelector("[data-dup] [data-new]");
      if (other) { event.preventDefault(); other.click(); }
      return;
    }
    if (event.key === "F2") {
      const use = document.querySelector("[data-dup] [data-use]");
      if (use) { event.preventDefault(); use.click(); }
      return;
    }
    if (event.key === "Escape") { close(); return; }
    if (event.key === "Enter") { enter(event, target); return; }
    letters(event, target);
  });

  function enter(event, target) {
    const form = target.form;
    if (!form || form.dataset.entry === undefined) return;
    if (target.tagName === "TEXTAREA" || target.tagName === "BUTTON" || target.type === "submit" || target.type === "file") return;
    if (target.closest(".ts-wrapper.dropdown-active")) return;
    event.preventDefault();
    const use = !event.shiftKey && form.querySelector("[data-dup] [data-use]");
    if (use && target.dataset.kind === "id-number") { use.click(); return; }
    step(form, target, event.shiftKey ? -1 : 1);
  }

  function letters(event, target) {
    if (event.ctrlKey || event.metaKey || event.altKey || cookie("keys") === "off") return;
    if (target.closest("input, select, textarea, [contenteditable]")) return;
    if (event.key === "/") { event.preventDefault(); find(); }
    else if (event.key === "?" || event.key === "？") { event.preventDefault(); map(); }
  }

  function find() {
    const box = document.querySelector("[data-find]");
    if (box) { box.focus(); box.select(); }
  }

  /* Esc closes the top layer and gives the focus back. */
  function close() {
    const menu = document.querySelector("details.more[open], details.who[open], details.drop-form[open]");
    if (menu) {
      menu.removeAttribute("open");
      menu.querySelector("summary").focus();
    }
  }

  /* The page of a form opens in its first empty field; a page that is read opens at its top. */
  const OPENS = "main form[data-entry], main form[data-leave], main form[data-focus]";
  function empty(field) {
    if (field.type === "checkbox" || field.tagName === "BUTTON") return false;
    if (field.type === "radio") return !field.form.querySelector('input[name="' + field.name + '"]:checked');
    const list = field.closest(".ts-wrapper");
    const source = list ? list.previousElementSibling : field;
    return !source.value;
  }
  function first() {
    const taken = document.activeElement && document.activeElement !== document.body;
    const touched = window.matchMedia("(hover: none) and (pointer: coarse)").matches;
    if (taken || touched || window.location.hash || document.querySelector("#errors, [data-test=draft-offer]")) return;
    const form = document.querySelector(OPENS);
    const field = form && stops(form).find(empty);
    if (field) field.focus();
  }
  window.portal.start((root) => {
    if (root === document) first();
  });

  const KEYS = [
    ["/ 或 Ctrl+K", "全局搜索", ""],
    ["Enter / Shift+Enter", "下一项 / 上一项（选字时不跳）", "form[data-entry]"],
    ["Ctrl+Enter", "提交", "main form[method=post]"],
    ["Ctrl+Shift+Enter", "提交并录下一条", "form[data-entry] button[name=next]"],
    ["Ctrl+S", "暂存草稿", "form[data-draft]"],
    ["F2", "用提示的第一个人或单位", "form[data-entry]"],
    ["F4", "不是同一人，新建", "form[data-entry]"],
    ["↓ ↑ 再 Enter", "在提示的人或单位里选", "form[data-entry]"],
    ["↑ ↓", "上一行 / 下一行", "table[data-list]"],
    ["Enter", "打开所在的行", "table[data-list]"],
    ["x", "勾选所在的行", "table[data-list] input[type=checkbox]"],
    ["Esc", "收起最上面一层", ""],
    ["?", "本页快捷键", ""],
  ];
  let opener = null;
  function map() {
    let box = document.getElementById("keymap");
    if (box && box.open) return;
    if (!box) {
      const rows = KEYS.filter((key) => !key[2] || document.querySelector(key[2])).map((key) =>
        make("tr", {}, [make("th", { scope: "row" }, [make("kbd", { text: key[0] })]), make("td", { text: key[1] })]));
      const off = make("input", { type: "checkbox", id: "keys-off" });
      off.checked = cookie("keys") === "off";
      off.addEventListener("change", () => setCookie("keys", off.checked ? "off" : "on"));
      const shut = make("button", { type: "button", class: "b", text: "关闭" });
      shut.addEventListener("click", () => box.close());
      box = make("dialog", { id: "keymap", class: "box", "aria-labelledby": "keymap-title" }, [
        make("div", { class: "panel-head" }, [make("h2", { id: "keymap-title", text: "本页快捷键" }), shut]),
        make("table", { class: "t plain" }, [make("tbody", {}, rows)]),
        make("div", { class: "panel-foot options" }, [make("label", { for: "keys-off" }, [off, make("span", { text: "停用单个字母的快捷键" })])]),
      ]);
      box.addEventListener("close", () => opener && opener.focus());
      document.body.appendChild(box);
    }
    opener = document.activeElement;
    box.showModal();
  }
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-keymap]")) map();
  });
  window.portal.composing = typing;
})();
