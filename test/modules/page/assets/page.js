import { $, call } from "./dom.js";
import * as outcomes from "./outcomes.js";
import * as paste from "./paste.js";
import * as start from "./start.js";
import * as arrived from "./arrived.js";

const views = { outcomes, paste, start, arrived };

// The part of the address behind # is the view, what it shows, and its filters.
function show() {
  const [path, query] = location.hash.slice(1).split("?");
  if (path === "main") return; // the link that skips the navigation
  const [, name = "", ...rest] = path.split("/");
  const current = views[name] ? name : "outcomes";
  let turned = false;
  for (const view of Object.keys(views)) {
    const section = $("#" + view);
    turned ||= view === current && section.hidden;
    section.hidden = view !== current;
  }
  for (const link of document.querySelectorAll("nav a")) {
    link.toggleAttribute("aria-current", false);
    if (link.getAttribute("href") === "#/" + current) link.setAttribute("aria-current", "page");
  }
  document.title = $("#" + current + " h1").textContent + " · kycstart sandbox";
  views[current].show(rest.map(decodeURIComponent).join("/"), new URLSearchParams(query));
  if (turned && shown) $("#" + current + " h1").focus({ preventScroll: rest.length > 0 });
  shown = true;
}
let shown = false;

const [rows, forms, sandbox] = await Promise.all([
  call("GET", "/api/outcomes"), call("GET", "/api/forms"), call("GET", "/sandbox/providers"),
]);
for (const view of Object.values(views)) view.begin(rows, forms, sandbox);
addEventListener("hashchange", show);
show();
document.documentElement.dataset.ready = "yes";
