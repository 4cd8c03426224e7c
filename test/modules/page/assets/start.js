import { $, block, call, complain, el, inSight, json, message, options, settle, verdict } from "./dom.js";

const form = $("#start-form");
const fields = $("#start-fields");
const place = $("#start-answer");
const refused = "fault/connection_refused";
let lookups = new Set();
let forms = [];
let sandbox = {};

export function begin(rows, all, providers) {
  lookups = new Set(rows.filter((r) => r.call !== "start").map((r) => r.fixture));
  [forms, sandbox] = [all, providers];
  options(form.provider, forms.map((f) => f.provider));
  form.provider.addEventListener("change", () => choose(form.provider.value));
  form.scenario.addEventListener("change", name);
  form.addEventListener("submit", start);
  choose(forms[0].provider);
}

// show chooses a provider and a scenario, if they are named.
export function show(path) {
  const [provider, ...scenario] = path.split("/");
  if (provider !== "") choose(provider, scenario.join("/"));
}

const own = () => sandbox.providers.find((p) => p.provider === form.provider.value);
const shape = () => forms.find((f) => f.provider === form.provider.value);

function choose(provider, scenario) {
  form.provider.value = provider;
  const at = own();
  options(form.scenario, [...at.scenarios.map((s) => s.name).filter((s) => !lookups.has(s)), refused], scenario || at.default);
  const { fields: members, values, left_out: left } = shape();
  fields.replaceChildren(el("legend", {}, "Request"), ...members.map((f) => input(f, [f.name], values[f.name])));
  if (left.length > 0) fields.append(el("p", { class: "note" }, "Left to code: " + left.join(", ") + "."));
  place.replaceChildren(el("p", { class: "empty" }, "The exchange appears here."));
  name();
}

// name fills in the customer who chooses the scenario.
function name() {
  const customer = own().scenarios.find((s) => s.name === form.scenario.value)?.customer;
  const field = fields.querySelector(`[data-path="${shape().customer.join(".")}"]`);
  if (customer !== undefined) field.value = customer;
}

const id = (path) => "field-" + path.join("-");

// input is the control of a field, or of all fields of a part.
function input(f, path, value) {
  if (f.kind === "object") {
    return el("fieldset", {}, el("legend", {}, f.name, f.required ? "" : el("small", {}, " optional")),
      f.fields.map((m) => input(m, [...path, m.name], value?.[m.name])));
  }
  if (f.kind === "objects") {
    const box = el("fieldset", { "data-list": path.join(".") }, el("legend", {}, f.name, f.required ? "" : el("small", {}, " optional")));
    const more = el("button", { type: "button", onclick: () => add(null) }, "Add another");
    let n = 0;
    function add(element) {
      const at = [...path, String(n++)];
      more.before(el("fieldset", {}, el("legend", {}, f.name + " " + n), f.fields.map((m) => input(m, [...at, m.name], element?.[m.name]))));
    }
    box.append(el("p", {}, more));
    for (const element of value?.length ? value : [null]) add(element);
    return box;
  }
  const attributes = { id: id(path), "data-path": path.join("."), "data-kind": f.kind, autocomplete: "off" };
  let control;
  if (f.kind === "boolean" || f.options) {
    const list = f.kind === "boolean" ? ["true", "false"] : f.options;
    control = el("select", attributes);
    options(control, [["", ""], ...list.map((v) => [v, v])], value === undefined || value === null ? "" : String(value));
  } else if (f.kind === "integer") {
    control = el("input", { ...attributes, type: "number", step: "1", value: value ?? "" });
  } else {
    const text = Array.isArray(value) ? value.join(", ") : f.kind === "time" && value?.startsWith("0001-") ? "" : value ?? "";
    control = el("input", { ...attributes, spellcheck: "false", value: text });
  }
  const kinds = { texts: "a list, with commas", time: "a time such as 2099-12-01T12:00:00Z", integer: "a whole number" };
  const about = [kinds[f.kind], f.about?.split(/\.\s/)[0]].filter(Boolean).join(". ");
  const hint = about === "" ? null : el("span", { class: "hint", id: id(path) + "-hint" }, about);
  return el("div", {}, el("label", { for: id(path) }, f.name, f.required ? "" : el("small", {}, " optional")), control, hint);
}

// request is what was filled in. Empty fields are left out, and so are parts in
// which every field is empty.
function request() {
  const root = {};
  for (const control of fields.querySelectorAll("[data-path]")) {
    if (control.value === "") continue;
    const path = control.dataset.path.split(".");
    let part = root;
    for (const [i, step] of path.slice(0, -1).entries()) part = part[step] ??= /^\d+$/.test(path[i + 1]) ? [] : {};
    const values = {
      integer: () => Number(control.value), boolean: () => control.value === "true",
      texts: () => control.value.split(",").map((v) => v.trim()).filter((v) => v !== ""),
    };
    part[path.at(-1)] = values[control.dataset.kind]?.() ?? control.value;
  }
  return { provider: form.provider.value, ...compact(root) };
}

// compact closes the gaps of lists.
function compact(value) {
  if (Array.isArray(value)) return value.filter((v) => v !== undefined).map(compact);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, compact(member)]));
}

const plain = (path) => path.toLowerCase().replace(/[^a-z0-9]/g, "");

async function start(event) {
  event.preventDefault();
  settle(form);
  const button = $(".actions button", form);
  button.disabled = true;
  try {
    present(await call("POST", "/api/start", {
      provider: form.provider.value, request: request(), refused: form.scenario.value === refused, seconds: Number(form.seconds.value) || 0,
    }));
  } catch (wrong) {
    complain(form.elements[wrong.field] ?? form.scenario, wrong.message);
    place.replaceChildren(el("p", { class: "empty" }, "Nothing was started."));
  } finally {
    button.disabled = false;
  }
}

function present(t) {
  const controls = [...fields.querySelectorAll("[data-path]")];
  const lists = [...fields.querySelectorAll("[data-list]")];
  let first = null;
  for (const { path, message: text } of t.fields) {
    const control = controls.find((c) => plain(c.dataset.path) === plain(path))
      ?? lists.find((l) => plain(l.dataset.list) === plain(path))?.querySelector("[data-path]") ?? form.scenario;
    complain(control, text);
    first ??= control;
  }
  first?.focus();
  place.replaceChildren(
    verdict(t),
    el("div", { class: "columns three" },
      t.sent ? block("Sent", message(t.sent)) : el("div", {}, el("h3", {}, "Sent"), el("p", {}, "Nothing.")),
      t.answer ? block("Answered", message(t.answer)) : el("div", {}, el("h3", {}, "Answered"), el("p", {}, "Nothing came.")),
      block("Normalized", json(t.normalized))),
    block("The same in Go", t.go, "code"));
  if (t.curl !== "") place.append(block("The same with curl", t.curl, "code"));
  if (!first) inSight(place);
}
