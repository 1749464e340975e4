// The files that are on their way: checked one after the other, sent three at once, each straight to S3 by a presigned URL of its own.
//
// A PUT begins anew after a pause or a failure: S3 takes an object whole. What has no answer is tried again by itself, after 1, 4, 16 and then every
// 16 seconds, and as soon as the server is heard of again; what a busy server refuses, three times. Once S3 has taken a file the server analyzes it,
// and that is watched to its end.
import { api, ApiError } from "../api";
import { whenBack, whenChanged } from "../live";
import { message } from "../parts/element";
import { check, type Refusal } from "./checks";

export type State = "checking" | "refused" | "waiting" | "sending" | "paused" | "analyzing" | "done" | "failed" | "duplicate" | "cancelled";
export interface Upload {
  readonly number: number;
  readonly file: File;
  readonly preview: string;
  state: State;
  sent: number; // bytes
  refusal?: Refusal;
  reason?: string;
  id?: string; // of the picture
  type: string;
  sha256: string;
  forced: boolean;
  breaks: number; // in a row without an answer
  tries: number; // that a busy server refused
  unconnected: boolean; // paused until the server answers
  missed: number; // looks in a row at which nothing was left that could analyze it
  request?: XMLHttpRequest;
}

const kAtOnce = 3;
const kWaitsMs = [1000, 4000, 16000];
const kMaxNameBytes = 255;
const kMaxIds = 60;
const kLookAgainMs = 5000; // after an answer that did not come, and for what the index does not know
const kMissed = 2; // looks

// A name of at most so many bytes; a letter is never cut in two.
function shortName(name: string): string {
  let text = name || "photo";
  while (new TextEncoder().encode(text).length > kMaxNameBytes) text = [...text].slice(0, -1).join("");
  return text;
}

const waits = (upload: Upload) => upload.state === "paused" && upload.unconnected;
// Sent once more: what is with S3 already is analyzed anew where it is looked at.
const canRetry = (upload: Upload) => upload.state === "failed" && !upload.id;

class Queue extends EventTarget {
  readonly uploads: Upload[] = [];
  paused = false;
  private number = 0;
  private checking = false;
  private looking = false;
  private outdated = false;
  private watching: (() => void) | null = null;
  private listening: (() => void) | null = null; // for the server
  private again: ReturnType<typeof setTimeout> | undefined;

  add(files: Iterable<File>) {
    for (const file of files) {
      this.uploads.push({ number: ++this.number, file, preview: URL.createObjectURL(file), state: "checking", sent: 0, type: "", sha256: "", forced: false, breaks: 0, tries: 0, unconnected: false, missed: 0 });
    }
    this.tell();
    void this.checkAll();
  }

  private async checkAll() {
    if (this.checking) return;
    this.checking = true;
    for (let next; (next = this.uploads.find((upload) => upload.state === "checking")); ) {
      const checked = await check(next.file);
      if (next.state !== "checking") continue;
      if ("reason" in checked) {
        next.refusal = checked;
        this.set(next, "refused");
        continue;
      }
      Object.assign(next, checked);
      const twin = this.uploads.some((other) => other !== next && other.sha256 === next.sha256 && !["cancelled", "failed"].includes(other.state));
      this.set(next, twin ? "duplicate" : this.paused ? "paused" : "waiting");
      this.send();
    }
    this.checking = false;
  }

  private send() {
    while (this.uploads.filter((upload) => upload.state === "sending").length < kAtOnce) {
      const next = this.uploads.find((upload) => upload.state === "waiting");
      if (!next) return;
      this.set(next, "sending");
      void this.sendOne(next);
    }
  }

  private async sendOne(upload: Upload) {
    try {
      const target = await api.beginUpload({ name: shortName(upload.file.name), type: upload.type, bytes: upload.file.size, sha256: upload.sha256 });
      if (upload.state !== "sending") return;
      if (target.duplicate && !upload.forced) {
        upload.id = target.duplicate;
        return this.set(upload, "duplicate");
      }
      await this.put(upload, target.url, target.headers);
      upload.id = target.id;
      this.set(upload, "analyzing");
      this.watch();
    } catch (error) {
      this.broken(upload, error);
    } finally {
      this.send();
    }
  }

  private put(upload: Upload, url: string, headers: Record<string, string>): Promise<void> {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      upload.request = request;
      request.open("PUT", url);
      for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
      request.upload.onprogress = (event) => {
        upload.sent = event.loaded;
        this.tell();
      };
      request.onload = () => {
        if (request.status === 200) return resolve();
        const said = /<Message>([^<]*)<\/Message>/.exec(request.responseText)?.[1] ?? request.statusText;
        reject(new ApiError(request.status, "Refused", said));
      };
      request.onerror = () => reject(new ApiError(0, "Offline", ""));
      request.onabort = () => reject(new ApiError(0, "Aborted", ""));
      request.send(upload.file);
    });
  }

  private broken(upload: Upload, error: unknown) {
    if (upload.state !== "sending") return; // paused or cancelled
    upload.sent = 0;
    const status = error instanceof ApiError ? error.status : -1;
    let wait: number | undefined;
    if (status === 0) wait = kWaitsMs[Math.min(upload.breaks++, kWaitsMs.length - 1)];
    if (status === 503) wait = kWaitsMs[upload.tries++];
    if (wait !== undefined) {
      upload.unconnected = true;
      this.set(upload, "paused");
      setTimeout(() => {
        if (waits(upload)) this.resume(upload);
      }, wait);
      return;
    }
    upload.reason = message(error);
    this.set(upload, "failed");
  }

  private stop(upload: Upload, state: State) {
    const request = upload.request;
    delete upload.request;
    upload.sent = 0;
    this.set(upload, state);
    request?.abort();
  }

  pause(upload: Upload) {
    if (upload.state === "waiting" || upload.state === "sending") this.stop(upload, "paused");
    upload.unconnected = false;
  }
  // One alone, though all are paused.
  resume(upload: Upload) {
    upload.unconnected = false;
    this.set(upload, "waiting");
    this.paused &&= this.uploads.some((one) => one.state === "paused" || one.state === "checking");
    this.send();
  }
  get retriable(): Upload[] {
    return this.uploads.filter(canRetry);
  }
  retryAll() {
    for (const upload of this.retriable) this.retry(upload);
  }
  retry(upload: Upload) {
    upload.breaks = upload.tries = 0;
    delete upload.refusal;
    delete upload.reason;
    this.set(upload, upload.sha256 ? "waiting" : "checking");
    if (upload.sha256) this.send();
    else void this.checkAll();
  }
  force(upload: Upload) {
    upload.forced = true;
    delete upload.id;
    this.resume(upload);
  }
  remove(upload: Upload) {
    this.stop(upload, "cancelled");
    URL.revokeObjectURL(upload.preview);
    this.uploads.splice(this.uploads.indexOf(upload), 1);
    this.tell();
    this.send();
  }
  pauseAll() {
    this.paused = true;
    for (const upload of this.uploads) this.pause(upload);
    this.tell();
  }
  resumeAll() {
    this.paused = false;
    for (const upload of this.uploads) {
      upload.unconnected = false;
      if (upload.state === "paused") this.set(upload, "waiting");
    }
    this.send();
    this.tell();
  }
  clear() {
    for (const upload of this.uploads.filter((one) => ["done", "refused", "duplicate", "failed", "cancelled"].includes(one.state))) this.remove(upload);
  }

  // Bytes of all that goes on or is done. To be sent is half of it, to be analyzed the other.
  progress(): { all: number; done: number } {
    let all = 0, done = 0;
    for (const { state, sent, file } of this.uploads) {
      if (["refused", "duplicate", "failed", "cancelled"].includes(state)) continue;
      all += file.size;
      if (state === "done") done += file.size;
      else done += (state === "analyzing" ? file.size : Math.min(sent, file.size)) / 2;
    }
    return { all, done };
  }

  // For as long as something waits for the server.
  private listen() {
    if (this.uploads.some(waits)) {
      this.listening ??= whenBack(() => {
        for (const upload of this.uploads.filter(waits)) this.resume(upload);
      });
      return;
    }
    this.listening?.();
    this.listening = null;
  }

  private watch() {
    this.watching ??= whenChanged(() => void this.look());
    void this.look();
  }

  // An answer on its way may be older than the change that came meanwhile: then all are asked for once more.
  private async look() {
    this.outdated = true;
    if (this.looking) return;
    this.looking = true;
    while (this.outdated) {
      this.outdated = false;
      try {
        await this.lookOnce();
      } catch {
        this.lookAgain();
      }
    }
    this.looking = false;
    if (this.uploads.some((one) => one.state === "analyzing")) return;
    this.watching?.();
    this.watching = null;
  }

  private lookAgain() {
    clearTimeout(this.again);
    this.again = setTimeout(() => void this.look(), kLookAgainMs);
  }

  private async lookOnce() {
    const waiting = this.uploads.filter((one) => one.state === "analyzing");
    // Asked before the pictures: what the queue has done by now, these know.
    const idle = waiting.some((one) => one.missed > 0) && (await this.idle());
    for (let from = 0; from < waiting.length; from += kMaxIds) {
      const some = waiting.slice(from, from + kMaxIds);
      const { pictures } = await api.pictures(new URLSearchParams({ ids: some.map((one) => one.id).join(",") }));
      for (const upload of some) {
        if (upload.state !== "analyzing") continue; // removed meanwhile
        const picture = pictures.find((one) => one.id === upload.id);
        if (!picture) this.missing(upload, idle);
        else upload.missed = 0;
        if (picture?.status === "COMPLETED") this.set(upload, "done");
        if (picture?.status !== "FAILED") continue;
        upload.reason = picture.error;
        this.set(upload, "failed");
      }
    }
  }

  private async idle(): Promise<boolean> {
    const { queue } = await api.overview();
    return queue.ready + queue.leased + queue.delayed === 0;
  }

  // The function has not begun; or it never will, since somebody has deleted the picture. No change tells of that.
  private missing(upload: Upload, idle: boolean) {
    if (idle || upload.missed === 0) ++upload.missed;
    if (upload.missed <= kMissed) return this.lookAgain();
    delete upload.id;
    upload.refusal = { reason: "reason.deleted" };
    this.set(upload, "failed");
  }

  private set(upload: Upload, state: State) {
    upload.state = state;
    this.tell();
  }
  private tell() {
    this.listen();
    this.dispatchEvent(new Event("change"));
  }
}

export const queue = new Queue();
