// Tells when pictures have changed: by server-sent events, or by asking now and then where no stream is to be had. Only while the page is seen.
import { api, ApiError } from "./api";

type Listener = () => void;
const listeners = new Set<Listener>();
let source: EventSource | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;
let revision = 0; // 0: whatever comes next is news
let broken = false;
let tellBroken = (_: boolean) => {};
const kPollMs = 5000;
const kLingerMs = 3000;

function breaks(now: boolean) {
  // A server that was started anew counts from the beginning: its number may be the one that was told last.
  if (now) revision = 0;
  if (now === broken) return;
  broken = now;
  tellBroken(now);
}

function tell(now: number) {
  breaks(false);
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
    if (source?.readyState !== EventSource.CLOSED) return breaks(true);
    disconnect();
    timer = setTimeout(poll, kPollMs);
  };
}

async function poll() {
  try {
    tell((await api.pictures(new URLSearchParams({ limit: "1" }))).revision);
  } catch (error) {
    if (error instanceof ApiError && error.status === 0) breaks(true);
  }
  connect();
}

function disconnect() {
  source?.close();
  source = null;
  clearTimeout(timer);
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    disconnect();
    revision = 0; // what happens meanwhile is not seen, not even another start of the server
  } else connect();
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

// Tells when the server does not answer any more (true), and when it does again.
export function whenBroken(listener: (broken: boolean) => void) {
  tellBroken = listener;
}
