/* Forms: sent once, nothing lost on leaving, rows added and taken out, errors led to. */
"use strict";
(function () {
  const { start, make, say } = window.portal;
  const dirty = new WeakSet();

  /* Sent once.  The buttons are disabled after the browser has collected the form, so that the
     pressed button's name and value still travel. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if ((form.method || "").toLowerCase() !== "post" || form.hasAttribute("hx-post")) return;
    if (event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    dirty.delete(form);
    window.setTimeout(() => {
      buttons(form).forEach((button) => button.setAttribute("aria-disabled", "true"));
    }, 0);
  });
  function buttons(form) {
    return Array.from(form.elements).filter((element) => element.type === "submit");
  }
  function release(form) {
    delete form.dataset.sent;
    buttons(form).forEach((button) => button.removeAttribute("aria-disabled"));
  }
  window.portal.release = release;
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach(release);
  });

  /* Leaving a page with typed text asks first, unless the draft has it. */
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form && form.dataset.leave !== undefined) dirty.add(form);
  });
  window.portal.saved = (form) => dirty.delete(form);
  window.addEventListener("beforeunload", (event) => {
    const open = Array.from(document.forms).some((form) => dirty.has(form));
    if (open) event.preventDefault();
  });

  /* Errors: the summary takes the focus and its lines lead to their fields. */
  function lead(root) {
    const summary = root.querySelector("#errors");
    if (summary) summary.focus();
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".errors a");
    if (!link) return;
    const field = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!field) return;
    event.preventDefault();
    const closed = field.closest("details:not([open])");
    if (closed) closed.open = true;
    if (field.tomselect) field.tomselect.focus();
    else if (field.matches("input, select, textarea, button")) field.focus();
    else (field.querySelector("input, select, textarea") || field).focus();
    field.scrollIntoView({ block: "center" });
  });

  /* Rows of a formset.  Without scripts the same buttons post and the server adds the row. */
  document.addEventListener("click", (event) => {
    const add = event.target.closest("[data-add-row]");
    const gone = event.target.closest("[data-drop-row]");
    if (add) {
      event.preventDefault();
      addRow(document.querySelector('[data-formset="' + add.dataset.addRow + '"]'));
    } else if (gone) {
      event.preventDefault();
      dropRow(gone.closest(".formset-row"));
    }
  });
  function addRow(set) {
    const total = set.querySelector('input[name$="-TOTAL_FORMS"]');
    const index = Number(total.value);
    const limit = Number(set.dataset.max || 1000);
    if (index >= limit) {
      say("最多 " + limit + " 行");
      return;
    }
    const empty = set.querySelector("template");
    const copy = document.createElement("div");
    copy.innerHTML = empty.innerHTML.replace(/__prefix__/g, String(index));
    const row = copy.firstElementChild;
    empty.before(row);
    total.value = String(index + 1);
    window.portal.run(row);
    const first = Array.from(row.querySelectorAll("input:not([type=hidden]), select, textarea")).find((field) => field.getClientRects().length);
    if (first) first.focus();
    say("已增加第 " + (index + 1) + " 行");
  }
  function dropRow(row) {
    const mark = row.querySelector('input[name$="-DELETE"]');
    if (mark) {
      mark.checked = true;
      mark.value = "on";
    }
    row.classList.add("gone");
    row.dispatchEvent(new Event("input", { bubbles: true }));
    const next = row.closest("[data-formset]").querySelector("[data-add-row]");
    if (next) next.focus();
    say("已去掉这一行");
  }

  /* A figure of a report goes where the cursor stands in the text. */
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-insert], [data-insert-from]");
    if (!button) return;
    const from = document.getElementById(button.dataset.insertFrom || "");
    const words = button.dataset.insert || (from && from.value);
    const text = document.getElementById(button.dataset.into);
    if (!words || !text) return;
    text.setRangeText(words, text.selectionStart, text.selectionEnd, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
    text.focus();
    say("已插入 " + words);
  });

  /* A field that is asked only after a certain answer: data-show-when="channel=other|letter";
     "channel=" is any answer, "channel=|" none. */
  function conditional(root) {
    root.querySelectorAll("[data-show-when]").forEach((box) => {
      const form = box.closest("form");
      if (!form || box.dataset.watched) return;
      box.dataset.watched = "1";
      const [name, wanted] = box.dataset.showWhen.split("=");
      const answers = (wanted || "").split("|");
      const look = () => {
        const given = new FormData(form).getAll(name);
        const show = given.some((value) => (wanted ? answers.includes(value) : value));
        box.classList.remove("asleep");
        box.hidden = !show;
      };
      form.addEventListener("change", look);
      look();
    });
  }

  /* Money: what was typed, in words that are hard to misread. */
  const DIGITS = "零壹贰叁肆伍陆柒捌玖";
  function capital(value) {
    const fen = Math.round(value * 100);
    if (!Number.isSafeInteger(fen)) return "";
    const whole = Math.floor(fen / 100);
    const small = ["", "拾", "佰", "仟"];
    const big = ["", "万", "亿", "万亿"];
    let words = "";
    let gap = false;
    let filled = false;
    String(whole).split("").forEach((digit, index, all) => {
      const place = all.length - 1 - index;
      if (digit === "0") {
        gap = true;
      } else {
        words += (gap && words ? "零" : "") + DIGITS[Number(digit)] + small[place % 4];
        gap = false;
        filled = true;
      }
      if (place % 4 === 0) {
        words += filled ? big[place / 4] : "";
        filled = false;
      }
    });
    words = (words || "零") + "元";
    const jiao = Math.floor((fen % 100) / 10);
    const cent = fen % 10;
    if (!jiao && !cent) return words + "整";
    if (jiao) words += DIGITS[jiao] + "角";
    else words += "零";
    return cent ? words + DIGITS[cent] + "分" : words;
  }
  window.portal.capital = capital;
  /* As parties/money.py reads it: a unit beside the number goes before that of the box. */
  const UNITS = { 元: 1, 百元: 1e2, 千元: 1e3, 万元: 1e4, 十万元: 1e5, 百万元: 1e6, 千万元: 1e7, 亿元: 1e8, 角: 0.1, 分: 0.01 };
  function yuan(text, unit) {
    const plain = text.normalize("NFKC").replace(/[,\s，、￥¥]|人民币|整$/g, "").replace("圆", "元");
    const found = /^([-+]?(?:\d+\.?\d*|\.\d+))([^\d]*)$/.exec(plain);
    if (!found) return NaN;
    const factor = found[2] ? UNITS[found[2]] || UNITS[found[2] + "元"] : UNITS[unit];
    return Math.round(Number(found[1]) * factor * 100) / 100;
  }
  function money(root) {
    root.querySelectorAll("input[data-kind=money]").forEach((field) => {
      const echo = window.portal.echo(field);
      const look = () => {
        const value = yuan(field.value, field.dataset.unit);
        if (!Number.isFinite(value)) {
          echo.textContent = "";
          return;
        }
        const shown = value.toLocaleString("zh-CN", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
        const wan = value >= 1e8 ? (value / 1e8).toFixed(2) + " 亿元" : value >= 1e4 ? (value / 1e4).toFixed(2) + " 万元" : "";
        echo.textContent = "= " + shown + " 元" + (wan ? "（" + wan + "）" : "") + " " + capital(value);
      };
      field.addEventListener("input", look);
      look();
    });
  }
  window.portal.echo = function (field) {
    let echo = document.getElementById(field.id + "_echo");
    if (!echo) {
      echo = make("p", { id: field.id + "_echo", class: "echo", role: "status", "aria-live": "polite" });
      // A day is read when the box is left, maybe by a click on the button below: nothing may move.
      const head = field.dataset.kind === "date" && field.closest(".field");
      const line = head && head.querySelector(".label-line");
      if (line) line.appendChild(echo);
      else (field.closest(".with-unit, .file-pick") || field).after(echo);
    }
    return echo;
  };

  /* A browser speaks its own language on the button of a file box; ours stands under it.  The box
     itself stays on top, unseen, so that keys, clicks and dropped files reach it as before. */
  function dress(field) {
    if (field.closest(".file-pick")) return;
    const words = make("span", { class: "muted", text: "没有选文件" });
    const ask = field.hasAttribute("capture") ? "拍照" : field.multiple ? "选择文件（可多选）" : "选择文件";
    const box = make("span", { class: "file-pick" }, [make("span", { class: "b", text: ask, "aria-hidden": "true" }), words]);
    words.setAttribute("aria-hidden", "true");
    field.before(box);
    box.appendChild(field);
    field.addEventListener("change", () => {
      words.textContent = field.files.length ? "已选 " + field.files.length + " 个文件" : "没有选文件";
    });
  }

  /* Files: what was chosen, with sizes; too large is said before anything is sent. */
  function files(root) {
    root.querySelectorAll("input[type=file]").forEach((field) => {
      dress(field);
      field.addEventListener("change", () => {
        const limit = Number(field.dataset.maxSize || 20 * 1024 * 1024);
        const echo = window.portal.echo(field);
        const chosen = Array.from(field.files);
        const large = chosen.filter((file) => file.size > limit);
        echo.classList.toggle("bad", large.length > 0);
        echo.textContent = large.length
          ? large[0].name + " 超过 " + Math.round(limit / 1048576) + " MB，请压缩或分开上传"
          : chosen.map((file) => file.name + "（" + Math.max(1, Math.round(file.size / 1024)) + " KB）").join("，");
      });
    });
  }
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-upload]") || !form.querySelector("input[type=file]").files.length) return;
    event.preventDefault();
    form.dataset.sent = "1";
    const echo = window.portal.echo(form.querySelector("input[type=file]"));
    const request = new XMLHttpRequest();
    request.open("POST", form.action || window.location.href);
    request.upload.onprogress = (progress) => {
      if (progress.lengthComputable) echo.textContent = "正在上传 " + Math.round((100 * progress.loaded) / progress.total) + "%";
    };
    request.onload = () => {
      release(form);
      if (request.status < 400) {
        window.location.assign(request.responseURL);
        return;
      }
      const answer = new DOMParser().parseFromString(request.responseText, "text/html");
      const main = answer.querySelector("main");
      if (main) document.querySelector("main").replaceWith(main);
      window.portal.run(document);
    };
    request.onerror = () => {
      release(form);
      echo.classList.add("bad");
      echo.textContent = "没有传上去（网络断开），文件仍选着，可再点一次上传";
    };
    request.send(new FormData(form));
  });

  /* Long choices become a box to type in: name, code or pinyin initials. */
  function choices(root) {
    if (!window.TomSelect) return;
    root.querySelectorAll("select[data-search]").forEach((field) => {
      if (field.tomselect) return;
      const box = new window.TomSelect(field, {
        maxOptions: 400,
        openOnFocus: false,
        refreshThrottle: 0, // quick fingers: the Enter may follow the last letter at once
        selectOnTab: true,
        searchField: ["text", "initials", "code"],
        plugins: [],
        render: {
          no_results: () => "<div class='no-results'>没有这一项</div>",
        },
      });
      if (field.getAttribute("aria-invalid")) box.control_input.setAttribute("aria-invalid", "true");
      const label = document.querySelector('label[for="' + field.id + '-ts-control"]') || document.querySelector('label[for="' + field.id + '"]');
      if (label) field.setAttribute("aria-label", label.textContent.replace("*", "").trim());
      const described = field.getAttribute("aria-describedby");
      if (described) box.control_input.setAttribute("aria-describedby", described);
    });
  }

  start((root) => {
    lead(root);
    conditional(root);
    money(root);
    files(root);
    choices(root);
  });
})();
