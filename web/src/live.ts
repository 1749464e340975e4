// Tells when pictures have changed: by server-sent events, or by asking now and then where no stream is to be had. Only while the page is seen.
import { api } from "./api";

type Listener = () => void;
const listeners = new Set<Listener>();
let source: EventSource | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;
let revision = 0;
const kPollMs = 5000;
const kLingerMs = 3000;

function tell(now: number) {
  if (now === revision) return;
  revision = now;
  for (const listener of listeners) listener();
}

function connect() {
  if (source || document.hidden || listeners.size === 0) return;
  clearTimeout(timer);
  source = new EventSource("/_console/api/live");
  source.addEventListener("change", (event) => tell((JSON.parse((event as MessageEvent<string>).data) as { revision: number }).revision));
  source.onerror = () => {
    // The browser itself tries again after a break, but not after a refusal.
    if (source?.readyState !== EventSource.CLOSED) return;
    disconnect();
    timer = setTimeout(poll, kPollMs);
  };
}

async function poll() {
  try {
    tell((await api.pictures(new URLSearchParams({ limit: "1" }))).revision);
  } catch {
    // asked again below
  }
  connect();
}

function disconnect() {
  source?.close();
  source = null;
  clearTimeout(timer);
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) disconnect();
  else connect();
});
addEventListener("pagehide", disconnect);

// Until the function that it answers is called.
export function whenChanged(listener: Listener): () => void {
  listeners.add(listener);
  connect();
  return () => {
    listeners.delete(listener);
    // From one view to the next the stream goes on: the server notices late that one has ended.
    setTimeout(() => {
      if (listeners.size === 0) disconnect();
    }, kLingerMs);
  };
}
