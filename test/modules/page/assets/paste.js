import { $, block, call, complain, el, inSight, json, options, settle, verdict } from "./dom.js";

const form = $("#paste-form");
const place = $("#paste-answer");

export function begin(_, forms) {
  options(form.provider, forms.map((f) => f.provider));
  form.addEventListener("submit", judge);
  form.body.addEventListener("input", split);
}

// show fills in a fixture, if one is named.
export async function show(fixture) {
  if (fixture === "") return;
  const answer = await call("GET", "/api/fixtures/" + fixture);
  form.provider.value = fixture.split("/")[0];
  form.status.value = answer.start.split(" ")[1];
  form.header.value = answer.header.trim();
  form.body.value = answer.body;
  form.customer.value = "";
  form.requestSubmit();
}

// split takes a whole answer apart.
function split() {
  const text = form.body.value.replaceAll("\r\n", "\n");
  const start = /^\s*HTTP\/[\d.]+ +(\d{3})[^\n]*\n/.exec(text);
  if (!start) return;
  const rest = text.slice(start[0].length);
  const blank = /^\n|\n\n/.exec(rest);
  form.status.value = start[1];
  form.header.value = (blank ? rest.slice(0, blank.index) : rest).trim();
  form.body.value = blank ? rest.slice(blank.index + blank[0].length) : "";
}

async function judge(event) {
  event.preventDefault();
  settle(form);
  try {
    present(await call("POST", "/api/judge", {
      provider: form.provider.value, status: Number(form.status.value) || 0,
      header: form.header.value, body: form.body.value, customer: form.customer.value,
    }));
  } catch (wrong) {
    const field = form.elements[wrong.field] ?? form.body;
    complain(field, wrong.message);
    field.focus();
    place.replaceChildren(el("p", { class: "empty" }, "Nothing was judged."));
  }
}

function present(j) {
  place.replaceChildren(
    verdict(j),
    ...j.notes.map((note) => el("p", { class: "note" }, note)),
    el("h2", {}, "What the spec says against it"),
    j.wrong.length === 0 ? el("p", {}, "Nothing: the document allows this answer.")
      : el("ul", { class: "wrongs" }, j.wrong.map((w) => el("li", {}, el("code", {}, w.at), ": expected " + w.expected + ", found " + w.found))),
    block("Normalized", json(j.normalized)));
  inSight(place);
}
