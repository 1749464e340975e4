// Every state has an address: #/VIEW/ID?PARAMETERS. The fragment never reaches the server or a referrer.
export interface Route {
  view: string;
  id: string;
  query: URLSearchParams;
}

export function route(): Route {
  const [path = "", query = ""] = location.hash.replace(/^#\/?/, "").split("?", 2);
  const [view = "", id = ""] = path.split("/");
  // Where the users were before there was an administration.
  if (view === "users") return { view: "admin", id: "users", query: new URLSearchParams() };
  return { view: view || "gallery", id: decodeURIComponent(id), query: new URLSearchParams(query) };
}

export function address(view: string, id = "", query = new URLSearchParams()): string {
  const text = query.toString();
  return `#/${view}${id && "/" + encodeURIComponent(id)}${text && "?" + text}`;
}

export function go(to: string, options: { replace?: boolean } = {}) {
  if (location.hash === to) return;
  if (options.replace) history.replaceState(null, "", to);
  else history.pushState(null, "", to);
  dispatchEvent(new PopStateEvent("popstate"));
}
