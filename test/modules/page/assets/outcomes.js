import { $, block, call, el, inSight, json, message, options, started } from "./dom.js";

const form = $(".filters");
const table = $(".matrix");
const filters = ["text", "provider", "verdict", "started", "next", "allowed"];
let rows = [];
let bodies = [];
let open = ""; // the fixture whose detail is shown

export function begin(all) {
  rows = all;
  const values = (member) => [...new Set(rows.map((r) => r[member]))];
  const named = (list, any) => [["", any], ...list.map((v) => [v, v])];
  options(form.provider, named(values("provider"), "all"));
  options(form.verdict, named(values("verdict").sort(), "all"));
  options(form.started, named(["unknown", "no", "yes"], "all"));
  options(form.next, [...named(values("next").filter((v) => v !== "").sort(), "all"), ["-", "none given"]]);
  options(form.allowed, [["", "all"], ["true", "allowed"], ["false", "not allowed"]]);
  for (const r of rows) r.tr = row(r);
  bodies = [];
  for (const provider of values("provider")) {
    for (const name of [...new Set(rows.filter((r) => r.provider === provider).map((r) => r.call))]) {
      const own = rows.filter((r) => r.provider === provider && r.call === name);
      const title = provider + (name === "start" ? "" : ", look-up: " + name);
      bodies.push({ own, tbody: el("tbody", {}, el("tr", {}, el("th", { colspan: "6", scope: "rowgroup" }, title)), own.map((r) => r.tr)) });
    }
  }
  table.append(...bodies.map((b) => b.tbody));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => location.replace(address(open)));
}

function row(r) {
  const says = r.says.flatMap((word, i) => [i > 0 ? ", " : "", el("code", {}, word)]);
  if (r.case !== "") says.push((says.length > 0 ? ", " : "") + r.case);
  const link = el("a", { href: "#/outcomes/" + r.fixture, "data-fixture": r.fixture, "aria-expanded": "false" }, says);
  const cell = (label, kind, ...children) => el("td", { "data-label": label, class: kind }, el("span", {}, children));
  return el("tr", { class: "row", id: "row-" + r.fixture },
    cell("HTTP", "", String(r.status).padStart(3, "0")),
    cell("says", "says", link),
    cell("outcome", "", el("code", {}, r.verdict)),
    cell("Started", "", started(r.started)),
    cell("what to do", "", r.advice),
    cell("source", "source", r.source, r.allowed ? "" : el("span", { class: "against" }, " · against the spec")));
}

function matches(r, query) {
  const text = (query.get("text") ?? "").toLowerCase();
  const all = [r.fixture, r.status, r.says.join(" "), r.case, r.verdict, r.advice, r.origin].join(" ").toLowerCase();
  return text.split(/\s+/).every((word) => all.includes(word)) && filters.slice(1).every((name) => {
    const want = query.get(name) ?? "";
    return want === "" || String(r[name]) === (want === "-" ? "" : want);
  });
}

// address is the address of the filtered table, with the detail of a fixture.
function address(fixture) {
  const query = new URLSearchParams(filters.map((name) => [name, form[name].value]).filter(([, value]) => value !== ""));
  return "#/outcomes" + (fixture === "" ? "" : "/" + fixture) + (query.size > 0 ? "?" + query : "");
}

export function show(fixture, query) {
  for (const name of filters) {
    if (form[name].value !== (query.get(name) ?? "")) form[name].value = query.get(name) ?? "";
  }
  let found = 0;
  for (const { own, tbody } of bodies) {
    let here = 0;
    for (const r of own) {
      r.tr.hidden = !matches(r, query) && r.fixture !== fixture;
      if (!r.tr.hidden) here++;
      const link = r.tr.querySelector("a");
      link.setAttribute("href", address(r.fixture === fixture ? "" : r.fixture));
      link.setAttribute("aria-expanded", String(r.fixture === fixture));
      r.tr.classList.toggle("open", r.fixture === fixture);
    }
    tbody.hidden = here === 0;
    found += here;
  }
  form.found.value = found + " of " + rows.length;
  if (fixture !== open) unfold(fixture);
}

async function unfold(fixture) {
  open = fixture;
  $(".detail", table)?.remove();
  const r = rows.find((one) => one.fixture === fixture);
  if (!r) return;
  const cell = el("td", { colspan: "6" });
  r.tr.after(el("tr", { class: "detail" }, cell));
  const answer = await call("GET", "/api/fixtures/" + fixture);
  if (open !== fixture) return;
  cell.append(
    el("p", {}, el("code", {}, fixture), " · from: ", r.origin, ...(r.call === "start" ? [
      " · ", el("a", { href: "#/start/" + r.provider + "/" + fixture }, "try it"),
      " · ", el("a", { href: "#/paste/" + fixture }, "change it")] : [])),
    el("div", { class: "columns" }, block("The answer", message(answer)), block("What the facade makes of it", json(r.want))));
  inSight(r.tr);
}
