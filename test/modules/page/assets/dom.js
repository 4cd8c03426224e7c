// Elements are made one by one, and texts stay texts: nothing here writes HTML.
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== undefined && value !== null) element.setAttribute(key, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

export const $ = (selector, within = document) => within.querySelector(selector);

// call returns the JSON of an answer. If something was filled in wrongly, it throws
// the message and the field.
export async function call(method, url, body, signal) {
  const answer = await fetch(url, {
    method, signal,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (answer.status === 204) return null;
  const value = await answer.json();
  if (value.problem) throw Object.assign(new Error(value.problem.message), value.problem);
  if (!answer.ok) throw new Error(value.error);
  return value;
}

export function options(select, values, chosen) {
  select.replaceChildren(...values.map((v) => {
    const [value, text] = Array.isArray(v) ? v : [v, v];
    return el("option", { value, selected: value === chosen }, text);
  }));
}

export const started = (word) => el("span", { class: "badge " + word }, word);

// json is a value, indented.
export const json = (value) => JSON.stringify(value, null, 2);

// pretty is a body, indented if it is JSON.
export function pretty(text) {
  if (text === "") return "(empty)";
  try {
    return json(JSON.parse(text));
  } catch {
    return text;
  }
}

// block is a text under a heading, with a button that copies it.
export function block(title, text, kind) {
  const copy = el("button", {
    type: "button", "aria-label": "Copy: " + title,
    onclick: async () => {
      await navigator.clipboard.writeText(text);
      copy.textContent = "Copied";
      setTimeout(() => { copy.textContent = "Copy"; }, 1500);
    },
  }, "Copy");
  return el("div", {}, el("div", { class: "bar" }, el("h3", {}, title), copy),
    el("pre", { tabindex: "0", role: "group", "aria-label": title, class: kind }, text));
}

export const message = (m) => m.start + "\n" + m.header + "\n" + (m.body === "" ? "" : pretty(m.body));

export function verdict(v) {
  return el("div", { class: "verdict " + v.started },
    el("p", { class: "word" }, v.verdict),
    el("p", {}, v.error ? "An error. Started: " : "A result. Started: ", started(v.started)),
    el("p", { class: "advice" }, v.advice),
    el("p", {}, el("code", {}, v.text)));
}

// inSight scrolls to the beginning of a part, if it cannot be seen.
export function inSight(part) {
  const { top } = part.getBoundingClientRect();
  if (top < 0 || top > innerHeight - 150) part.scrollIntoView();
}

// complain shows a message at a field.
export function complain(field, text) {
  const id = "problem-" + (field.id || field.name);
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", id);
  field.after(el("p", { class: "problem", id }, text));
}

export function settle(form) {
  for (const problem of form.querySelectorAll(".problem")) problem.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
  }
}
