// The page without code: checks answers, gives hints, keeps progress. It asks no server and loads nothing.
(function () {
  "use strict";
  var about = JSON.parse(document.getElementById("kit-page").textContent);
  var words = about.words;
  var store = read();

  function fill(text, values) {
    return text.replace(/\{(\w+)\}/g, function (whole, key) { return key in values ? String(values[key]) : whole; });
  }

  // --- what is kept: per lesson, depth and station, in this browser only, without names

  function read() {
    try {
      return Object.assign({ tasks: {}, surveys: {} }, JSON.parse(localStorage.getItem(about.key) || "{}"));
    } catch (error) {
      return { tasks: {}, surveys: {} };
    }
  }

  function keep() {
    try {
      localStorage.setItem(about.key, JSON.stringify(store));
      return true;
    } catch (error) {
      return false;
    }
  }

  function task(name) {
    return store.tasks[name] || (store.tasks[name] = { state: "not attempted", tries: 0, hints: 0, answer: "" });
  }

  // --- the seal of kit/lesson/sealed.py

  function hash(text) {
    var found = 0x811c9dc5;
    new TextEncoder().encode(text).forEach(function (byte) { found = Math.imul(found ^ byte, 0x01000193) >>> 0; });
    return found;
  }

  function unsealed(text, salt) {
    var state = hash(salt) || 1;
    var bytes = Uint8Array.from(atob(text), function (sign) {
      state = (state ^ (state << 13)) >>> 0;
      state = (state ^ (state >>> 17)) >>> 0;
      state = (state ^ (state << 5)) >>> 0;
      return sign.charCodeAt(0) ^ (state & 255);
    });
    return JSON.parse(new TextDecoder().decode(bytes));
  }

  // --- what a pupil typed: the rules of kit/classroom/values.py

  var NUMBER = /[-−–+]?\s?\d(?:[\d.,' \u00a0\u202f]*\d)?(?:[eE][-+]?\d+)?/;

  function numbers(given) {
    var found = given.match(NUMBER);
    if (!found) return [];
    var text = found[0].replace(/[ '\u00a0\u202f]/g, "").replace(/[−–]/g, "-");
    return ways(text).map(Number).filter(function (value) { return isFinite(value); });
  }

  function ways(text) {
    var comma = text.lastIndexOf(","), point = text.lastIndexOf(".");
    if (comma >= 0 && point >= 0) {
      return [text.split(comma < point ? "," : ".").join("").replace(",", ".")];
    }
    var sign = comma >= 0 ? "," : point >= 0 ? "." : "";
    if (!sign) return [text];
    if (text.split(sign).length > 2) return [text.split(sign).join("")];
    var decimal = text.replace(",", ".");
    return sign === "," && /^[-+]?[1-9]\d{0,2},\d{3}$/.test(text) ? [decimal, text.replace(",", "")] : [decimal];
  }

  function unitOf(given) {
    var found = given.match(NUMBER);
    return found ? given.slice(found.index + found[0].length).replace(/^[ .!\u00a0\u202f]+|[ .!\u00a0\u202f]+$/g, "") : "";
  }

  function plain(unit) {
    var text = unit.toLowerCase().replace(/[µμ]/g, "u").replace(/³/g, "3").replace(/²/g, "2");
    return text.replace(/\s*([a-z]+)-(\d)$/, "/$1$2").replace(/[\s^*.]/g, "");
  }

  function inUnit(given, units) {
    var found = numbers(given), unit = plain(unitOf(given));
    if (!unit || !Object.keys(units).length) return found;
    var way = units[unit];
    return way ? found.map(function (value) { return (value - way[0]) * way[1]; }) : [];
  }

  function isEmpty(given) {
    return ["", "...", "…", "?", "___"].indexOf(given.trim().replace(/^_+|_+$/g, "").trim()) >= 0;
  }

  function judge(kind, given, secret) {
    if (isEmpty(given)) return "not attempted";
    if (kind === "text") return "saved";
    if (kind === "number") {
      var close = inUnit(given, secret.units).some(function (value) { return Math.abs(value - secret.right) <= secret.slack; });
      return close ? "right" : "not yet";
    }
    return given === secret.right.join(", ") ? "right" : "not yet";
  }

  // --- one task

  function value(form) {
    var field = form.querySelector("input[name=value]:not([type]), textarea");
    if (field) return field.value;
    return Array.from(form.querySelectorAll("input:checked")).map(function (box) { return box.value; }).join(", ");
  }

  function put(form, given) {
    var field = form.querySelector("input[name=value]:not([type]), textarea");
    if (field) { field.value = given; return; }
    var chosen = given.split(", ");
    form.querySelectorAll("input").forEach(function (box) { box.checked = chosen.indexOf(box.value) >= 0; });
  }

  function tell(form, kind, title, lines) {
    var place = form.querySelector(".told");
    place.className = "told " + kind.replace(" ", "-");
    place.textContent = "";
    [title].concat(lines).filter(Boolean).forEach(function (text, index) {
      var line = document.createElement("p");
      if (index === 0) line.className = "title";
      line.textContent = text;
      place.appendChild(line);
    });
  }

  function outcome(form, secret, given, state) {
    var name = form.dataset.task;
    var lines = [];
    if (state === "right") lines = [secret.explain];
    if (state === "saved") lines = [secret.explain || words.read];
    if (state === "not attempted") lines = [words.empty];
    if (state === "not yet") {
      lines = [form.dataset.kind === "number" && !/\d/.test(given) ? words.no_number : words.look];
    }
    tell(form, state, fill(words[state.replace(" ", "_")], { task: name }), lines);
  }

  function check(form, secret) {
    var name = form.dataset.task, given = value(form), state = judge(form.dataset.kind, given, secret);
    if (state !== "not attempted") {
      var known = task(name);
      known.tries += 1;
      known.state = state;
      known.answer = given.slice(0, 500);
    }
    outcome(form, secret, given, state);
    changed();
  }

  function hint(form, secret) {
    var name = form.dataset.task, known = task(name), all = secret.hints.length;
    if (known.hints >= all) {
      tell(form, "note", fill(words.last_hint, { task: name }), [secret.hints[all - 1]]);
      return;
    }
    known.hints += 1;
    tell(form, "note", fill(words.hint, { n: known.hints, all: all, task: name }), [secret.hints[known.hints - 1]]);
    changed();
  }

  function solution(form, secret) {
    var name = form.dataset.task, known = task(name);
    if (known.state !== "right" && known.tries + known.hints < 2) {
      tell(form, "note", fill(words.waiting, { task: name }), [words.first]);
      return;
    }
    tell(form, "note", fill(words.answer, { task: name }), [secret.shown, secret.explain]);
  }

  document.querySelectorAll("form.task").forEach(function (form) {
    var name = form.dataset.task;
    var secret = unsealed(form.dataset.sealed, about.salt + name);
    var does = { hint: hint, solution: solution };
    form.addEventListener("submit", function (event) { event.preventDefault(); check(form, secret); });
    form.querySelectorAll("button[type=button]").forEach(function (button) {
      button.addEventListener("click", function () { does[button.dataset.does](form, secret); });
    });
    var known = store.tasks[name];
    if (known && known.answer) {
      put(form, known.answer);
      outcome(form, secret, known.answer, known.state);
    }
  });

  // --- questionnaires: kept apart from the answers, saved apart, never with a name

  function surveyText(form) {
    var lines = [form.querySelector(".name").textContent];
    form.querySelectorAll("fieldset").forEach(function (item) {
      var box = item.querySelector("input:checked");
      var said = box ? box.parentElement.textContent.trim() : "–";
      lines.push(item.querySelector("legend").textContent + ": " + said);
    });
    return lines.join("\r\n") + "\r\n";
  }

  document.querySelectorAll("form.survey").forEach(function (form) {
    var when = form.dataset.survey, known = store.surveys[when] || {};
    form.querySelectorAll("input").forEach(function (box) {
      box.checked = known[box.name] === box.value;
      box.addEventListener("change", function () {
        store.surveys[when] = Object.assign(store.surveys[when] || {}, { [box.name]: box.value });
        keep();
      });
    });
    form.addEventListener("submit", function (event) { event.preventDefault(); });
    form.querySelector("[data-does=save-survey]").addEventListener("click", function () {
      save(about.file + "-" + when + ".txt", surveyText(form));
    });
  });

  // --- the whole: how much is done, saving, printing, forgetting

  function changed() {
    var kept = keep();
    var forms = Array.from(document.querySelectorAll("form.task"));
    var done = forms.filter(function (form) {
      var known = store.tasks[form.dataset.task];
      return known && (known.state === "right" || known.state === "saved");
    }).length;
    document.querySelectorAll(".progress").forEach(function (place) {
      place.textContent = fill(words.done, { done: done, all: forms.length });
    });
    document.getElementById("kept").textContent = kept ? words.kept : words.not_kept;
  }

  function answersText() {
    var lines = [document.querySelector("h1").textContent, about.data, ""];
    document.querySelectorAll("form.task").forEach(function (form) {
      var known = store.tasks[form.dataset.task] || { state: "not attempted", answer: value(form) };
      var title = fill(words[known.state.replace(" ", "_")], { task: form.dataset.task });
      lines.push(title, (form.querySelector("legend, label").textContent), "→ " + (known.answer || "–"), "");
    });
    return lines.join("\r\n");
  }

  function save(name, text) {
    var link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff" + text], { type: "text/plain;charset=utf-8" }));
    link.download = name;
    link.click();
    setTimeout(function () { URL.revokeObjectURL(link.href); }, 1000);
  }

  var whole = {
    save: function () { save(about.file + ".txt", answersText()); },
    print: function () { window.print(); },
    forget: function () {
      if (!window.confirm(words.forget)) return;
      store = { tasks: {}, surveys: {} };
      try { localStorage.removeItem(about.key); } catch (error) { /* nothing was kept */ }
      document.querySelectorAll("form").forEach(function (form) {
        form.reset();
        var place = form.querySelector(".told");
        if (place) { place.textContent = ""; place.className = "told"; }
      });
      changed();
    }
  };
  document.querySelectorAll("#whole button").forEach(function (button) {
    button.addEventListener("click", whole[button.dataset.does]);
  });
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details").forEach(function (part) { part.open = false; });
  });

  // --- wide tables can be moved with the keyboard where they do not fit

  function fit() {
    document.querySelectorAll(".scroll").forEach(function (part) {
      if (part.scrollWidth > part.clientWidth) part.setAttribute("tabindex", "0");
      else part.removeAttribute("tabindex");
    });
  }
  window.addEventListener("resize", fit);
  document.addEventListener("toggle", fit, true);
  fit();
  changed();
  document.documentElement.classList.add("live");
  window.kitPage = { judge: judge, numbers: numbers, unitOf: unitOf, plain: plain, unsealed: unsealed };
})();
