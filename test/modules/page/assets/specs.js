import { $, call, el } from "./dom.js";

const { providers } = await call("GET", "/sandbox/providers");
const documents = [...providers.map((p) => p.provider), "normalized"];
const chosen = new URLSearchParams(location.search).get("document");
const name = documents.includes(chosen) ? chosen : documents[0];
const url = "/specs/" + name + ".yaml";

$("#documents").append(...documents.map((d) =>
  el("a", { href: "?document=" + d, "aria-current": d === name ? "page" : null }, d)));
$("#source").href = url;
document.title = name + " · specs · kycstart sandbox";

if (name === "normalized") {
  // This document only has schemas, which are easiest to read as text.
  $("#spec").append(el("pre", { tabindex: "0", role: "group", "aria-label": url, class: "code" }, await (await fetch(url)).text()));
} else {
  const paper = el("div", { class: "paper" });
  $("#spec").append(paper);
  await new Promise((resolve) => Redoc.init(url, {
    disableSearch: true, hideDownloadButton: true, expandResponses: "", scrollYOffset: 0, nativeScrollbars: true,
    theme: { spacing: { sectionVertical: 16 }, typography: { fontFamily: "system-ui, sans-serif", headings: { fontFamily: "system-ui, sans-serif" }, code: { fontFamily: "ui-monospace, monospace" } } },
  }, paper, resolve));
}
document.documentElement.dataset.ready = "yes";
