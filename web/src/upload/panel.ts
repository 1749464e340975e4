// Uploading as it is seen: the button with its choices, the drop zone that is the whole window, and the list of what is on its way.
import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { number, percent, t, type Key } from "../i18n";
import { Element } from "../parts/element";
import { icon } from "../parts/icons";
import { named, visible } from "../parts/name";
import { address } from "../router";
import { queue, type State, type Upload } from "./queue";

// Files of folders too, however deep.
async function filesOf(entry: FileSystemEntry): Promise<File[]> {
  if (entry.isFile) return [await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject))];
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: File[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return found;
    for (const inner of some) found.push(...(await filesOf(inner)));
  }
}

async function filesDropped(data: DataTransfer): Promise<File[]> {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) return [...data.files];
  return (await Promise.all(entries.map(filesOf))).flat();
}

// Of a folder only what looks like a picture: the rest was not meant.
const pictures = (files: File[]) => files.filter((file) => /\.(jpe?g|png|webp|hei[cf])$/i.test(file.name));

const kFoldMs = 4000;
const kToldToo = ["analyzing", "failed", "refused", "duplicate"] as const; // beside what is done

const isBad = (upload: Upload) => upload.state === "failed" || upload.state === "refused";

class UploadButton extends Element {
  override connectedCallback() {
    super.connectedCallback();
    addEventListener("pointerdown", this.elsewhere);
    addEventListener("focusin", this.elsewhere);
    this.addEventListener("keydown", this.key);
  }
  override disconnectedCallback() {
    super.disconnectedCallback();
    removeEventListener("pointerdown", this.elsewhere);
    removeEventListener("focusin", this.elsewhere);
    this.removeEventListener("keydown", this.key);
  }

  private close() {
    this.querySelector("details")?.removeAttribute("open");
  }
  private elsewhere = (event: Event) => {
    if (!this.contains(event.target as Node)) this.close();
  };
  private key = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !this.querySelector("details")?.open) return;
    event.preventDefault();
    this.close();
    this.querySelector("summary")?.focus();
  };

  private take(event: Event) {
    const input = event.target as HTMLInputElement;
    const files = [...(input.files ?? [])];
    queue.add(input.webkitdirectory ? pictures(files) : files);
    input.value = "";
    this.close();
  }

  private choose(id: string) {
    this.querySelector<HTMLInputElement>(id)?.click();
  }

  protected override render() {
    const types = "image/jpeg,image/png,image/webp";
    return html`<details class="upload-menu">
      <summary class="button primary">${icon("upload")}${t("upload")}</summary>
      <div>
        <button class="button bare" type="button" @click=${() => this.choose("#upload-files")}>${icon("gallery")}${t("upload.files")}</button>
        <button class="button bare" type="button" @click=${() => this.choose("#upload-folder")}>${icon("folder")}${t("upload.folder")}</button>
        <button class="button bare" type="button" @click=${() => this.choose("#upload-camera")}>${icon("camera")}${t("upload.camera")}</button>
      </div>
      <input hidden id="upload-files" type="file" accept=${types} multiple @change=${this.take} />
      <input hidden id="upload-folder" type="file" webkitdirectory @change=${this.take} />
      <input hidden id="upload-camera" type="file" accept="image/*" capture="environment" @change=${this.take} />
    </details>`;
  }
}
customElements.define("eyrie-upload-button", UploadButton);

class Uploads extends Element {
  static override properties = { over: { state: true }, folded: { state: true } };
  over = false;
  folded = false;
  private known = 0; // uploads when the list was last unfolded by itself
  private depth = 0;
  private folding: ReturnType<typeof setTimeout> | undefined;
  private drawn = false;

  override connectedCallback() {
    super.connectedCallback();
    addEventListener("dragenter", this.enter);
    addEventListener("dragleave", this.leave);
    addEventListener("dragover", this.drag);
    addEventListener("drop", this.drop);
    addEventListener("paste", this.paste);
    addEventListener("beforeunload", this.unload);
    queue.addEventListener("change", this.changed);
  }
  override disconnectedCallback() {
    super.disconnectedCallback();
    removeEventListener("dragenter", this.enter);
    removeEventListener("dragleave", this.leave);
    removeEventListener("dragover", this.drag);
    removeEventListener("drop", this.drop);
    removeEventListener("paste", this.paste);
    removeEventListener("beforeunload", this.unload);
    queue.removeEventListener("change", this.changed);
  }

  // Progress comes often: once a frame is enough.
  private changed = () => {
    if (this.drawn) return;
    this.drawn = true;
    requestAnimationFrame(() => {
      this.drawn = false;
      this.fold();
      this.requestUpdate();
    });
  };
  // New ones unfold the list; once all went well it goes out of the way.
  private fold() {
    const { uploads } = queue;
    if (uploads.length > this.known) this.folded = false;
    this.known = uploads.length;
    clearTimeout(this.folding);
    if (uploads.every((upload) => upload.state === "done")) this.folding = setTimeout(() => (this.folded = true), kFoldMs);
  }
  private enter = (event: DragEvent) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    ++this.depth;
    this.over = true;
  };
  private leave = () => {
    this.depth = Math.max(0, this.depth - 1);
    this.over = this.depth > 0;
  };
  private drag = (event: DragEvent) => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  };
  private drop = async (event: DragEvent) => {
    this.depth = 0;
    this.over = false;
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    const single = event.dataTransfer.items.length === 1 && event.dataTransfer.items[0]?.webkitGetAsEntry()?.isFile;
    const files = await filesDropped(event.dataTransfer);
    queue.add(single ? files : files.length > 1 && pictures(files).length ? pictures(files) : files);
  };
  private paste = (event: ClipboardEvent) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length) queue.add(files);
  };
  private unload = (event: BeforeUnloadEvent) => {
    if (queue.uploads.some((upload) => ["checking", "waiting", "sending", "paused"].includes(upload.state))) event.preventDefault();
  };

  protected override render() {
    return html`${this.over ? html`<div class="drop-veil"><div>${icon("upload")}${t("upload.drop")}</div></div>` : nothing} ${queue.uploads.length ? this.panel() : nothing}`;
  }

  private panel() {
    const { all, done } = queue.progress();
    const going = queue.uploads.some((upload) => upload.state === "waiting" || upload.state === "sending");
    return html`<section class="uploads" aria-label=${t("upload.title")}>
      <header>
        <h2>${t("upload.title")} <span class="hint" role="status">${this.told()}</span></h2>
        ${queue.paused
          ? html`<button class="button small bare" type="button" @click=${() => queue.resumeAll()}>${icon("play")}${t("upload.resumeAll")}</button>`
          : going
            ? html`<button class="button small bare" type="button" @click=${() => queue.pauseAll()}>${icon("pause")}${t("upload.pauseAll")}</button>`
            : html`<button class="button small bare" type="button" @click=${() => queue.clear()}>${t("upload.clear")}</button>`}
        <button
          class="button icon small bare"
          type="button"
          aria-expanded=${!this.folded}
          aria-label=${t(this.folded ? "upload.unfold" : "upload.fold")}
          title=${t(this.folded ? "upload.unfold" : "upload.fold")}
          @click=${() => (this.folded = !this.folded)}
        >
          ${icon(this.folded ? "up" : "down")}
        </button>
      </header>
      <progress max=${all || 1} .value=${done} aria-label=${t("upload.title")}></progress>
      ${queue.retriable.length > 1 ? html`<button class="button small bare" type="button" @click=${() => queue.retryAll()}>${icon("again")}${t("upload.retryAll")}</button>` : nothing}
      <ul ?hidden=${this.folded}>
        ${repeat(
          [...queue.uploads.filter(isBad), ...queue.uploads.filter((upload) => !isBad(upload))],
          (upload) => upload.number,
          (upload) => this.row(upload),
        )}
      </ul>
    </section>`;
  }

  private told(): string {
    const count = (state: State) => queue.uploads.filter((upload) => upload.state === state).length;
    const parts = [t("upload.progress", { done: number(count("done")), count: number(queue.uploads.length) })];
    for (const state of kToldToo) {
      if (count(state)) parts.push(t(`upload.count.${state}`, { count: count(state) }));
    }
    return parts.join(", ");
  }

  private row(upload: Upload) {
    const good = upload.state === "done";
    return html`<li data-state=${upload.state}>
      <img class="preview" src=${upload.preview} alt="" @error=${(event: Event) => (event.target as HTMLElement).removeAttribute("src")} />
      <div class="what">
        <span class="file" title=${visible(upload.file.name)}>${named(upload.file.name)}</span>
        <span class=${good ? "good" : isBad(upload) ? "bad" : "hint"}>${this.says(upload)}</span>
        ${upload.state === "sending" ? html`<progress max=${upload.file.size} .value=${upload.sent} aria-label=${visible(upload.file.name)}></progress>` : nothing}
      </div>
      <div class="doing">${this.doing(upload)}</div>
    </li>`;
  }

  private says(upload: Upload): string {
    if (upload.state === "paused" && upload.unconnected) return t("state.unconnected");
    const reason = upload.refusal ? t(upload.refusal.reason, upload.refusal.values) : (upload.reason ?? "");
    return t(`state.${upload.state}` as "state.failed", { reason, percent: percent((100 * upload.sent) / upload.file.size) });
  }

  private doing(upload: Upload) {
    const act = (key: Extract<Key, `upload.${string}`>, name: Parameters<typeof icon>[0], run: () => void) =>
      html`<button class="button icon small bare" type="button" title=${t(key as "upload.pause")} aria-label="${t(key as "upload.pause")}: ${visible(upload.file.name)}" @click=${run}>${icon(name)}</button>`;
    const open = upload.id
      ? html`<a class="button icon small bare" href=${address("picture", upload.id)} title=${t("upload.open")} aria-label="${t("upload.open")}: ${visible(upload.file.name)}">${icon("eye")}</a>`
      : nothing;
    switch (upload.state) {
      case "waiting":
      case "sending":
        return html`${act("upload.pause", "pause", () => queue.pause(upload))}${act("upload.remove", "close", () => queue.remove(upload))}`;
      case "paused":
        return html`${act("upload.resume", "play", () => queue.resume(upload))}${act("upload.remove", "close", () => queue.remove(upload))}`;
      case "failed":
        return html`${upload.id ? open : act("upload.retry", "again", () => queue.retry(upload))}${act("upload.remove", "close", () => queue.remove(upload))}`;
      case "duplicate":
        return html`${open}${act("upload.anyway", "upload", () => queue.force(upload))}${act("upload.remove", "close", () => queue.remove(upload))}`;
      default:
        return html`${open}${act("upload.remove", "close", () => queue.remove(upload))}`;
    }
  }
}
customElements.define("eyrie-uploads", Uploads);
