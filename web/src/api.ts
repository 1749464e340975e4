// The console's own API. Every call is to this origin; what changes something shows the session's CSRF token.
export interface User {
  id: string;
  name: string;
  email: string;
  phone: string;
  role: "admin" | "analyst" | "uploader";
  disabled: boolean;
  registered: string | null;
}
export interface Session {
  user: User;
  csrf: string;
  session: string;
  ends: string;
}
export interface OwnSession {
  id: string;
  created: string;
  used: string;
  ends: string;
  address: string;
  agent: string;
  current: boolean;
}
export type Status = "PENDING" | "COMPLETED" | "FAILED";
export interface Row {
  id: string;
  uploaded: string;
  bucket: string;
  key: string;
  name: string;
  version: string;
  status: Status;
  error: string;
  width: number;
  height: number;
  bytes: number;
  faces: number;
  flagged: boolean;
  archived: boolean;
  country: string; // ISO 3166; empty: not known
  labels: { name: string; confidence: number }[];
}
export interface Page {
  total: number;
  from: number;
  revision: number;
  complete: boolean;
  pictures: Row[];
}
export interface Detail extends Row {
  url: string | null;
  download: string | null;
  record: Record<string, unknown> | null;
}
export interface NewUpload {
  id: string;
  bucket: string;
  key: string;
  url: string;
  headers: Record<string, string>;
  duplicate: string | null;
}
export interface Overview {
  pending: number;
  completed: number;
  failed: number;
  flagged: number;
  archived: number;
  bytes: number;
  labels: { name: string; count: number }[];
  queue: { ready: number; leased: number; delayed: number; dead: number };
}

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

let csrf = "";
let onSignedOut = () => {};

// What is to be done when the server says that nobody is signed in any more.
export function whenSignedOut(act: () => void) {
  onSignedOut = act;
}

export async function ask<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const headers: Record<string, string> = method === "GET" ? {} : { "X-Eyrie-CSRF": csrf };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let answer: Response;
  try {
    answer = await fetch("/_console/api/" + path, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal ?? null,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, "Offline", "The server does not answer.");
  }
  const text = await answer.text();
  let value = null;
  try {
    value = text ? JSON.parse(text) : null;
  } catch {
    // Of something between here and the server, or at an address that is not the API's.
    throw new ApiError(answer.status, "Unreadable", `${answer.status} ${answer.statusText}`.trim());
  }
  if (answer.ok) return value as T;
  const error = new ApiError(answer.status, value?.code ?? "Unknown", value?.message ?? answer.statusText);
  if (error.code === "NotSignedIn" && path !== "session") onSignedOut();
  throw error;
}

const part = encodeURIComponent;

function keep(session: Session): Session {
  csrf = session.csrf;
  return session;
}

export const api = {
  session: () => ask<Session>("GET", "session").then(keep),
  signIn: (credentials: { name: string; password: string } | { token: string }) => ask<Session>("POST", "session", credentials).then(keep),
  signOut: () => ask<null>("DELETE", "session"),
  pictures: (query: URLSearchParams, signal?: AbortSignal) => ask<Page>("GET", "pictures?" + query, undefined, signal),
  picture: (id: string, signal?: AbortSignal) => ask<Detail>("GET", `pictures/${part(id)}`, undefined, signal),
  result: (id: string, signal?: AbortSignal) => ask<Record<string, unknown>>("GET", `pictures/${part(id)}/result`, undefined, signal),
  deletePicture: (id: string) => ask<null>("DELETE", `pictures/${part(id)}`),
  setArchived: (id: string, archived: boolean) => ask<Row>("PATCH", `pictures/${part(id)}`, { archived }),
  analyze: (id: string) => ask<unknown>("POST", `pictures/${part(id)}/analysis`),
  beginUpload: (file: { name: string; type: string; bytes: number; sha256: string }) => ask<NewUpload>("POST", "uploads", file),
  overview: () => ask<Overview>("GET", "overview"),
  users: () => ask<{ users: User[] }>("GET", "users").then((answer) => answer.users),
  createUser: (user: { name: string; password: string; role: string; email?: string }) => ask<User>("POST", "users", user),
  // A change of one's own role ends all one's sessions but this, which goes on under a new token: that session, else null.
  updateUser: (id: string, changes: Partial<Pick<User, "role" | "disabled">>) =>
    ask<User | Session>("PATCH", `users/${id}`, changes).then((answer) => ("csrf" in answer ? keep(answer) : null)),
  // It ends all other sessions, and this one goes on under a new token.
  setPassword: (id: string, password: string, current: string) => ask<Session>("PUT", `users/${id}/password`, { password, current }).then(keep),
  sessions: () => ask<{ sessions: OwnSession[] }>("GET", "sessions").then((answer) => answer.sessions),
  endSession: (id: string) => ask<null>("DELETE", `sessions/${id}`),
  endOtherSessions: () => ask<null>("DELETE", "sessions"),
  deleteUser: (id: string) => ask<null>("DELETE", `users/${id}`),
};

export const thumbnail = (row: { id: string; version: string }) => `/_console/api/pictures/${part(row.id)}/thumbnail?v=${part(row.version)}`;
