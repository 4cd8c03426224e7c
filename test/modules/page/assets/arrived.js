import { $, call, el, options, pretty, started } from "./dom.js";

const list = $("#arrivals");
const state = $("#arrived-state");
const count = $("#arrived-count");
const form = $("#choose");
const table = $("#providers");
let rows = new Map();
let last = 0;

export function begin(all, _, sandbox) {
  rows = new Map(all.map((r) => [r.fixture, r]));
  options(form.provider, sandbox.providers.map((p) => p.provider));
  const scenarios = () => options(form.scenario, sandbox.providers.find((p) => p.provider === form.provider.value).scenarios.map((s) => s.name));
  form.provider.addEventListener("change", scenarios);
  scenarios();
  form.addEventListener("submit", choose);
  form.reset.addEventListener("click", () => put({}));
  $("#clear").addEventListener("click", async () => {
    await call("DELETE", "/sandbox/requests");
    list.replaceChildren();
    tell();
  });
  refresh(sandbox);
  listen();
}

export async function show() {
  refresh(await call("GET", "/sandbox/providers"));
}

function refresh({ providers, unreachable }) {
  const line = (...cells) => el("tr", {}, el("th", { scope: "row" }, cells[0]), cells.slice(1).map((c) => el("td", {}, c)));
  table.replaceChildren(el("table", {},
    el("thead", {}, el("tr", {}, ["Provider", "Base URL", "Answers"].map((t) => el("th", { scope: "col" }, t)))),
    el("tbody", {}, providers.map((p) => line(p.provider, el("code", {}, p.url), answers(p))),
      line("none", el("code", {}, unreachable), "refuses connections"))));
}

function answers(p) {
  const link = (name) => rows.has(name) ? el("a", { href: "#/outcomes/" + name }, name) : el("code", {}, name);
  const next = p.chosen.next.flatMap((name) => [link(name), ", then "]);
  return el("span", {}, next, link(p.chosen.after || p.default), p.chosen.after || next.length > 0 ? "" : el("small", {}, " by default"));
}

function choose(event) {
  event.preventDefault();
  const { value: name } = form.scenario;
  const times = Number(form.times.value);
  put(times === 0 ? { after: name } : { next: Array(times).fill(name) });
}

async function put(choice) {
  const provider = form.provider.value;
  await call("PUT", "/sandbox/providers/" + provider + "/scenarios", choice);
  $("#chosen").textContent = "Chosen for " + provider + ".";
  show();
}

function tell() {
  const n = list.children.length;
  count.value = n > 0 ? String(n) : "";
  state.hidden = n > 0;
  state.textContent = "Nothing has arrived yet.";
}

// listen asks for new requests, again and again. An answer comes when there is one.
async function listen() {
  for (;;) {
    try {
      const { requests } = await call("GET", "/sandbox/requests?wait=30&after=" + last);
      for (const r of requests) {
        last = Math.max(last, r.number);
        list.prepend(entry(r));
      }
      tell();
      if (requests.length > 0 && !$("#arrived").hidden) show();
    } catch {
      state.hidden = false;
      state.textContent = "The sandbox does not answer. Is make sandbox still running?";
      await new Promise((resolve) => setTimeout(resolve, 3000));
    }
  }
}

function entry(r) {
  const row = rows.get(r.scenario);
  const fault = r.scenario && !row;
  const judgement = r.scenario === undefined ? el("span", { class: "badge wrong" }, "refused")
    : el("span", {}, row ? row.verdict + " " : "", row ? started(row.started) : el("span", { class: "badge unknown" }, r.scenario));
  const header = Object.entries(r.header).sort().map(([name, value]) => name + ": " + value).join("\n");
  return el("li", {}, el("details", {},
    el("summary", {},
      el("time", { datetime: r.at }, new Date(r.at).toLocaleTimeString("en-GB")),
      el("strong", {}, r.provider), el("code", { class: "path" }, r.method + " " + r.path), judgement),
    el("div", { class: "body" },
      r.customer === "" ? el("p", {}, "It names no customer.") : el("p", {}, "Customer ", el("code", {}, r.customer)),
      r.wrong ? [el("p", {}, "Refused in the provider's own form, for this:"),
        el("ul", { class: "wrongs" }, r.wrong.map((w) => el("li", {}, el("code", {}, w.at), ": expected " + w.expected + ", found " + w.found)))]
        : el("p", {}, "Answered with ", row ? el("a", { href: "#/outcomes/" + r.scenario }, r.scenario) : el("code", {}, r.scenario),
          row ? ": " + row.advice : fault ? ", which leaves the caller without a usable answer." : ""),
      el("pre", { tabindex: "0", role: "group", "aria-label": "The request" }, header + "\n\n" + pretty(r.body)),
      r.body_bytes > r.body.length && r.body_bytes > 65536 ? el("p", { class: "note" }, "The body has " + r.body_bytes + " bytes: this is the beginning.") : "")));
}
