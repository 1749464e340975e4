// Tells when pictures have changed: by server-sent events, or by asking now and then where no stream is to be had. Only while the page is seen.
import { api, ApiError } from "./api";

type Listener = () => void;
const listeners = new Set<Listener>(); // to changes
const returns = new Set<Listener>(); // to the server's coming back
let source: EventSource | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;
let revision = 0; // 0: whatever comes next is news
let broken = false;
let tellBroken = (_: boolean) => {};
const kPollMs = 5000;
const kLingerMs = 3000;

// That the server does not answer is said until it does, whoever listens.
const wanted = () => broken || listeners.size > 0;

function breaks(now: boolean) {
  // A server that was started anew counts from the beginning: its number may be the one that was told last.
  if (now) revision = 0;
  if (now === broken) return;
  broken = now;
  tellBroken(now);
  if (!now) for (const listener of returns) listener();
}

function tell(now: number) {
  breaks(false);
  if (now === revision) return;
  revision = now;
  for (const listener of listeners) listener();
  if (!wanted()) disconnect();
}

function connect() {
  if (source || document.hidden || !wanted()) return;
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
    failed(error);
    // It answers: whoever signs in will ask.
    if (error instanceof ApiError && error.code === "NotSignedIn") breaks(false);
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
      if (!wanted()) disconnect();
    }, kLingerMs);
  };
}

// What a request came to: a server that did not answer is tried until it does. By a new stream, for that begins with a change.
export function failed(error: unknown) {
  if (!(error instanceof ApiError) || error.status !== 0) return;
  breaks(true);
  disconnect();
  timer = setTimeout(connect, kPollMs);
}

// Tells when the server answers again after it did not, until the function that it answers is called.
export function whenBack(listener: Listener): () => void {
  returns.add(listener);
  return () => void returns.delete(listener);
}

// Tells when the server does not answer any more (true), and when it does again.
export function whenBroken(listener: (broken: boolean) => void) {
  tellBroken = listener;
}
