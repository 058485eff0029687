// The page around a replayed one: tells when that was captured, and what in it was not.
(() => {
  const frame = document.getElementById("replay");
  const banner = document.getElementById("banner");
  const view = frame.dataset.view;
  let nonce = "", answered = false, silent = false, asks = 0, timer = 0;

  const named = (name) => document.getElementById(name);
  const element = (name, words, lang) => {
    const made = document.createElement(name);
    made.textContent = words;
    if (lang) made.lang = lang;
    return made;
  };
  const note = (told) => {
    const made = element(told.lines.length ? "details" : "p", "");
    made.className = told.kind;
    made.dataset.note = told.name;
    const said = told.lines.length ? made.appendChild(element("summary", "")) : made;
    said.append(element("span", told.vi, "vi"), " ", element("span", told.en, "en"));
    if (told.lines.length) {
      const list = made.appendChild(element("ul", ""));
      list.append(...told.lines.map((line) => element("li", line)));
    }
    return made;
  };
  let shown = "";
  const show = (told) => {
    const state = silent ? "unknown" : told.known ? "known" : "waiting";
    const now = JSON.stringify([state, told]);
    if (now === shown) return;
    shown = now;
    banner.dataset.state = state;
    named("waiting").hidden = state !== "waiting";
    named("unknown").hidden = state !== "unknown";
    named("page").hidden = state !== "known";
    named("notes").replaceChildren(...(state === "known" ? told.notes : []).map(note));
    if (state !== "known") return;
    named("url").textContent = told.url;
    named("captured").hidden = told.captured === null;
    for (const place of named("captured").querySelectorAll("b")) place.textContent = told.captured ?? "";
    named("calendar").href = `/${frame.dataset.collection}/*/${told.url}`;
  };

  const ask = async () => {
    clearTimeout(timer);
    asks += 1;
    try {
      const answer = await fetch(`/-/view/${view}?page=${nonce}`);
      show(await answer.json());
    } catch (error) { banner.dataset.state = "gone" }
    timer = setTimeout(ask, asks < 30 ? 500 : 4000);
  };

  addEventListener("message", (event) => {
    // only the document that is shown: one that it has loaded within itself is another source
    if (event.source !== frame.contentWindow || typeof event.data?.luutru !== "string") return;
    if (!/^[0-9a-f]{32}$/.test(event.data.luutru)) return;
    nonce = event.data.luutru;
    answered = true;
    silent = false;
    asks = 0;
    ask();
  });
  let loads = 0;
  frame.addEventListener("load", () => {
    // the document asked for first is known; one that came after it must say which it is
    loads += 1;
    answered = false;
    frame.contentWindow.postMessage({ luutru: "?" }, "*");
    setTimeout(() => {
      if (answered || loads < 2) return;
      silent = true;
      ask();
    }, 1500);
  });
  ask();
})();
