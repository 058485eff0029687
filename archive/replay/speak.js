// Tells the page around this document, and nobody else, which of the documents served it is.
(() => {
  const speak = () => { try { parent.postMessage({ luutru: "NONCE" }, "PAGES") } catch (e) { } };
  addEventListener("message", (event) => {
    if (event.origin !== "PAGES" || event.source !== parent || event.data?.luutru !== "?") return;
    event.stopImmediatePropagation();
    speak();
  }, true);
  speak();
})();
