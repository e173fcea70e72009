/* Entry: what an ID number, a date or a phone tells is shown as soon as it is complete, and a
   person or an employer who is already known is offered while typing. */
"use strict";
(function () {
  const { start, post, make, say, echo } = window.portal;
  const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const CHECK = "10X98765432";
  const REGIONS = {
    11: "北京", 12: "天津", 13: "河北", 14: "山西", 15: "内蒙古", 21: "辽宁", 22: "吉林", 23: "黑龙江",
    31: "上海", 32: "江苏", 33: "浙江", 34: "安徽", 35: "福建", 36: "江西", 37: "山东", 41: "河南", 42: "湖北",
    43: "湖南", 44: "广东", 45: "广西", 46: "海南", 50: "重庆", 51: "四川", 52: "贵州", 53: "云南", 54: "西藏",
    61: "陕西", 62: "甘肃", 63: "青海", 64: "宁夏", 65: "新疆", 71: "台湾", 81: "香港", 82: "澳门", 83: "台湾",
  };

  function plain(text) {
    return text.normalize("NFKC").replace(/[\s\-—]/g, "").toUpperCase();
  }
  function last(stem) {
    let sum = 0;
    for (let i = 0; i < 17; i += 1) sum += Number(stem[i]) * WEIGHTS[i];
    return CHECK[sum % 11];
  }

  /* What an 18-character number says; an object with `wrong` where it cannot be one. */
  function readId(number) {
    if (!/^\d{17}[\dX]$/.test(number)) return { wrong: "身份证号前 17 位是数字，末位是数字或 X" };
    const region = REGIONS[number.slice(0, 2)];
    if (!region) return { wrong: "身份证号前两位不是省级区划代码，请对照证件检查" };
    const birth = number.slice(6, 10) + "-" + number.slice(10, 12) + "-" + number.slice(12, 14);
    const day = new Date(birth + "T00:00:00");
    if (Number.isNaN(day.getTime()) || day.getDate() !== Number(number.slice(12, 14)) || day > new Date()) {
      return { wrong: "身份证号里的出生日期 " + birth + " 不存在，请对照证件检查" };
    }
    if (last(number) !== number[17]) return { wrong: "身份证号末位校验不对，请对照证件检查" };
    return { sex: Number(number[16]) % 2 ? "男" : "女", birth: birth, region: region };
  }
  window.portal.readId = readId;

  /* A card reader types what the card says, line by line: 姓名 张某 ⏎ 男 ⏎ … 3415… ⏎.  Everything up
     to the number belongs to this box; the number stays in it, the name goes to its own. */
  const LABELS = /^(姓名|性别|民族|出生日期|出生|住址|公民身份号码|身份证号码?|证件号码)[:：]?/;
  const WORDS = /[\u3400-\u9fff]/;
  function readCard(text) {
    const number = /(?:^|\D)(\d{17}[\dXx])(?!\d)/.exec(text.normalize("NFKC"));
    if (!number || !WORDS.test(text)) return null;
    const named = /姓名[:：\s]*([\u3400-\u9fff·]{2,20})/.exec(text);
    const words = text.split(/[\s|,，;；]+/).filter((word) => WORDS.test(word) && !LABELS.test(word));
    return { number: number[1].toUpperCase(), name: named ? named[1] : words[0] || "" };
  }
  function fromReader(field) {
    field.maxLength = 300;
    field.addEventListener("keydown", (event) => {
      if ((event.key !== "Enter" && event.key !== "Tab") || event.ctrlKey || event.shiftKey || event.isComposing) return;
      if (!WORDS.test(field.value) || readCard(field.value)) return;
      event.preventDefault();
      event.stopPropagation();
      field.value += " ";
    });
  }

  function sibling(field, name) {
    if (!name || !field.form) return null;
    const prefix = field.name.includes("-") ? field.name.slice(0, field.name.lastIndexOf("-") + 1) : "";
    return field.form.elements[prefix + name] || field.form.elements[name] || null;
  }

  /* Fill a derived field, by value or by label, and never over something typed. */
  function fill(target, value) {
    if (!target || !value) return;
    if (target instanceof RadioNodeList) {
      const one = Array.from(target).find((radio) => radio.value === value || (radio.closest("label") || radio).textContent.trim() === value);
      if (one && !Array.from(target).some((radio) => radio.checked)) one.checked = true;
      return;
    }
    if (target.value) return;
    if (target.tagName === "SELECT") {
      const option = Array.from(target.options).find((one) => one.value === value || one.text.trim() === value);
      if (option) target.value = option.value;
    } else {
      target.value = value;
    }
    target.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function idNumber(field) {
    const words = echo(field);
    let before = "";
    fromReader(field);
    const look = () => {
      const card = readCard(field.value);
      if (card) {
        field.value = card.number;
        fill(sibling(field, field.dataset.fillName || "name"), card.name);
      }
      const number = plain(field.value);
      if (number === before) return;
      before = number;
      words.classList.remove("bad");
      words.textContent = "";
      clearCard(field);
      if (/^\d{15}$/.test(number)) { older(field, number, words); return; }
      if (number.length !== 18) return;
      if (field.value !== number) field.value = number;
      const found = readId(number);
      if (found.wrong) {
        words.classList.add("bad");
        words.textContent = found.wrong;
        return;
      }
      words.textContent = "✓ 校验通过 · " + found.sex + " · " + found.birth + " · " + found.region;
      fill(sibling(field, field.dataset.fillSex || "sex"), found.sex);
      fill(sibling(field, field.dataset.fillBirth || "birth"), found.birth);
      lookUp(field);
    };
    field.addEventListener("input", (event) => {
      if (!event.isComposing) look();
    });
    field.addEventListener("compositionend", look);
    // What the server has already said about a number stands beside it; it is not said twice.
    if (field.getAttribute("aria-invalid")) before = plain(field.value);
    else if (field.value) look();
  }

  /* A 15-digit number of before 2000 gets its century and check character, if the clerk agrees. */
  function older(field, number, words) {
    const stem = number.slice(0, 6) + "19" + number.slice(6);
    const longer = stem + last(stem);
    words.textContent = "15 位旧号，换成 18 位是 " + longer + " ";
    const use = make("button", { type: "button", class: "b quiet", text: "换成 18 位" });
    use.addEventListener("click", () => {
      field.value = longer;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.focus();
    });
    words.appendChild(use);
  }

  /* Dates as they are typed at a window: 20231116, 2023.11.16, 11-16. */
  function readDate(text, year) {
    const words = text.normalize("NFKC").trim();
    let found = /^(\d{4})(\d{2})(\d{2})$/.exec(words) || /^(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?$/.exec(words);
    if (!found) {
      const short = /^(\d{1,2})[-./月](\d{1,2})日?$/.exec(words);
      if (short) found = [words, String(year), short[1], short[2]];
    }
    if (!found) return "";
    const two = (part) => String(Number(part)).padStart(2, "0");
    const iso = found[1] + "-" + two(found[2]) + "-" + two(found[3]);
    const day = new Date(iso + "T00:00:00");
    return Number.isNaN(day.getTime()) || day.getDate() !== Number(found[3]) ? "" : iso;
  }
  window.portal.readDate = readDate;
  const WEEK = ["日", "一", "二", "三", "四", "五", "六"];
  function date(field) {
    field.addEventListener("change", () => {
      const iso = readDate(field.value, new Date().getFullYear());
      const words = echo(field);
      words.textContent = "";
      if (!iso) return;
      field.value = iso;
      words.textContent = "星期" + WEEK[new Date(iso + "T00:00:00").getDay()];
    });
  }

  /* The duplicate card.  Asked by POST, so that no ID number stands in a log of addresses. */
  const asked = new WeakMap();
  const WHOLE = ["id-number", "uscc", "phone"];
  function clearCard(field) {
    const box = field.closest(".field") || field.parentElement;
    const card = box.querySelector("[data-dup]");
    if (card) card.remove();
  }
  function complete(field) {
    const text = plain(field.value);
    if (field.dataset.kind === "id-number") return text.length === 18 && !readId(text).wrong;
    if (field.dataset.kind === "uscc") return text.length === 18;
    if (field.dataset.kind === "phone") return /^1\d{10}$/.test(text);
    return text.length >= 2;
  }
  /* A name is suggested only where it is an employer's: data-suggest-when="kind=employer". */
  function wanted(field) {
    const [name, value] = (field.dataset.suggestWhen || "").split("=");
    const other = sibling(field, name);
    return !other || other.value === value;
  }
  function lookUp(field) {
    const url = field.dataset.lookup || (field.form && field.form.dataset.lookup);
    if (!url || !complete(field) || !wanted(field)) return;
    window.clearTimeout(asked.get(field));
    // A number is whole with its last digit; a name may go on.
    asked.set(field, window.setTimeout(() => ask(field, url), WHOLE.includes(field.dataset.kind) ? 0 : 120));
  }
  function ask(field, url) {
    const data = {};
    ["id_number", "name", "birth", "phone", "uscc"].forEach((name) => {
      const other = sibling(field, name);
      if (other && other.value) data[name] = other.value;
    });
    const whole = field.dataset.lookupName;
    // A box that suggests asks for itself alone: the other boxes belong to somebody else.
    if (field.dataset.suggest) Object.keys(data).forEach((name) => delete data[name]);
    if (whole) data[whole] = field.value;
    const sent = field.value;
    post(url, data).then((answer) => (answer.ok ? answer.json() : null)).then((found) => {
      if (!found || field.value !== sent) return;
      if (found.derived && found.derived.region) {
        const said = echo(field).textContent.split(" · ");
        if (said.length === 4) echo(field).textContent = [...said.slice(0, 3), found.derived.region].join(" · ");
        fill(sibling(field, field.dataset.fillRegion || "region"), found.derived.region);
      }
      clearCard(field);
      if (found.candidates && found.candidates.length) show(field, found);
    }).catch(() => {}); // the search is a help; without it the form goes on
  }
  function show(field, found) {
    const noun = field.dataset.kind === "uscc" || field.dataset.noun === "单位" ? "单位" : "人";
    const lines = found.candidates.slice(0, 5).map((one, at) => make("li", {}, [
      make("span", { text: one.label || one.name || "" }),
      make("span", { class: "muted small", text: one.note || "" }),
      make("button", { type: "button", class: "b quiet", "data-use": String(one.id), text: "用这个" + noun + (at ? "" : "（F2）") }),
    ]));
    const card = make("div", { class: "dup", "data-dup": "", "data-test": "dup", role: "status" }, [
      make("strong", { text: found.message || "库里已有" + (noun === "人" ? "这个人" : "这家单位") }),
      make("span", { class: "muted small", text: "按 ↓ 选，Enter 用" }),
      make("ul", {}, lines),
      make("button", { type: "button", class: "b text quiet", "data-new": "", text: "不是同一" + noun + "，新建（F4）" }),
    ]);
    card.candidates = found.candidates;
    (field.closest(".field") || field.parentElement).appendChild(card);
  }
  document.addEventListener("click", (event) => {
    const use = event.target.closest("[data-use]");
    const other = event.target.closest("[data-new]");
    if (!use && !other) return;
    const card = event.target.closest("[data-dup]");
    const box = card.closest(".field") || card.parentElement;
    const field = box.querySelector("input:not([type=hidden])");
    if (use) {
      const chosen = (card.candidates || []).find((one) => String(one.id) === use.dataset.use) || {};
      const target = sibling(field, field.dataset.use || "party_id");
      if (target) target.value = use.dataset.use;
      if (field.dataset.suggest) suggested(field, chosen.fields || {});
      else Object.entries(chosen.fields || {}).forEach(([name, value]) => fill(sibling(field, name), value));
      echo(field).textContent = "用库里的 " + (chosen.label || "");
      onFile(field, chosen.held || {});
    }
    card.remove();
    const after = use && sibling(field, field.dataset.afterUse);
    if (after) (after.tomselect || after).focus();
    else next(field);
  });
  /* What an empty box takes from the library stands beside it: the clerk asks and leaves it so. */
  function onFile(field, held) {
    Object.entries(held).forEach(([name, words]) => {
      const target = sibling(field, name);
      if (target && !target.value) echo(target).textContent = words;
    });
  }
  /* The name as the library has it; in a row of a form the row's other empty boxes as well. */
  function suggested(field, known) {
    const row = field.name.includes("-") ? field.name.slice(0, field.name.lastIndexOf("-") + 1) : "";
    field.value = known[field.dataset.suggest] || field.value;
    Object.entries(known).forEach(([name, value]) => {
      if (row) fill(field.form.elements[row + name], value);
    });
  }

  /* Down and up walk through the lines of the card, Enter takes the marked one, Esc puts the card
     away.  The focus stays in the box, so that nothing is asked again while choosing. */
  function walk(event) {
    const field = event.target;
    const box = field.closest && field.closest(".field");
    const card = box && field.tagName === "INPUT" && box.querySelector("[data-dup]");
    if (!card || window.portal.composing(event)) return;
    const lines = Array.from(card.querySelectorAll("li"));
    const at = lines.findIndex((line) => line.classList.contains("at"));
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const to = Math.min(Math.max(at + (event.key === "ArrowDown" ? 1 : -1), -1), lines.length - 1);
      lines.forEach((line, number) => line.classList.toggle("at", number === to));
      if (to < 0) return;
      lines[to].scrollIntoView({ block: "nearest" });
      say("第 " + (to + 1) + " 项，共 " + lines.length + " 项：" + lines[to].querySelector("span").textContent);
    } else if (event.key === "Enter" && at >= 0 && !event.ctrlKey && !event.shiftKey) {
      event.preventDefault();
      event.stopPropagation(); // it is no Enter of the form
      lines[at].querySelector("[data-use]").click();
    } else if (event.key === "Escape") {
      event.preventDefault();
      card.remove();
    }
  }
  document.addEventListener("keydown", walk, true);
  function next(field) {
    const all = Array.from(field.form.querySelectorAll("input:not([type=hidden]), select, textarea")).filter((one) => one.getClientRects().length);
    const after = all.slice(all.indexOf(field) + 1).find((one) => !one.value || one.tagName !== "INPUT");
    if (after) after.focus();
  }

  start((root) => {
    root.querySelectorAll("input[data-kind=id-number]").forEach(idNumber);
    root.querySelectorAll("input[data-kind=date]").forEach(date);
    root.querySelectorAll("input[data-lookup]:not([data-kind=id-number])").forEach((field) => {
      field.addEventListener("change", () => lookUp(field));
      field.addEventListener("input", () => { if (field.dataset.kind === "phone" || field.dataset.kind === "uscc" || field.dataset.suggest) lookUp(field); });
    });
  });
})();
