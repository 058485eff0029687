// Runs in every replayed document before any script of its own.
(() => {
  // the sandbox has neither cookies nor storage, and a script that finds none stops: it gets some that last as long as
  // the document
  let jar = {};
  Object.defineProperty(Document.prototype, "cookie", {
    configurable: true,
    get: () => Object.entries(jar).map((pair) => pair.join("=")).join("; "),
    set: (text) => {
      const [pair, ...rest] = String(text).split(";"), at = pair.indexOf("=");
      const name = pair.slice(0, Math.max(at, 0)).trim(), value = pair.slice(at + 1).trim();
      const gone = rest.some((word) => /^\s*max-age\s*=\s*(0|-)/i.test(word)
        || (/^\s*expires\s*=/i.test(word) && Date.parse(word.split("=")[1]) < Date.now()));
      if (gone) delete jar[name]; else jar[name] = value;
    },
  });
  const store = () => {
    const held = new Map();
    const own = {
      getItem: (key) => held.has(String(key)) ? held.get(String(key)) : null,
      setItem: (key, value) => { held.set(String(key), String(value)) },
      removeItem: (key) => { held.delete(String(key)) },
      clear: () => held.clear(),
      key: (at) => [...held.keys()][at] ?? null,
    };
    return new Proxy(own, {
      get: (_, name) => name === "length" ? held.size : own[name] ?? own.getItem(name) ?? undefined,
      set: (_, name, value) => { own.setItem(name, value); return true },
      deleteProperty: (_, name) => { own.removeItem(name); return true },
      has: (_, name) => name in own || held.has(name),
      ownKeys: () => [...held.keys()],
      getOwnPropertyDescriptor: (_, name) => held.has(name)
        ? { value: held.get(name), writable: true, enumerable: true, configurable: true } : undefined,
    });
  };
  for (const name of ["localStorage", "sessionStorage"])
    Object.defineProperty(window, name, { configurable: true, value: store() });
  // in a sandbox to look at these is an error; a browser without them is one that scripts know
  delete Navigator.prototype.serviceWorker;
  for (const name of ["caches", "cookieStore"])
    Object.defineProperty(window, name, { configurable: true, value: undefined });
  // no window but this one: what would open another one opens here
  const here = (event) => {
    const element = event.target.closest?.("a[target], form[target]");
    if (/^_(blank|top|parent)$/i.test(element?.target ?? "")) element.target = "_self";
  };
  addEventListener("click", here, true);
  addEventListener("submit", here, true);
})();
