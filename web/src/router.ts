// Every state has an address: #/VIEW/ID?PARAMETERS. The fragment never reaches the server or a referrer.
export interface Route {
  view: string;
  id: string;
  query: URLSearchParams;
}

// What somebody mistyped or made up has no view.
const nowhere: Route = { view: "nowhere", id: "", query: new URLSearchParams() };

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

export function route(): Route {
  const [path = "", query = ""] = location.hash.replace(/^#\/?/, "").split("?", 2);
  const [view = "", part = "", ...more] = path.split("/");
  // Where the users were before there was an administration.
  if (view === "users") return { view: "admin", id: "users", query: new URLSearchParams() };
  const id = decoded(part);
  if (id === null || more.length > 0 || (view === "picture" && /^\.*$/.test(id))) return nowhere;
  return { view: view || "gallery", id, query: new URLSearchParams(query) };
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
