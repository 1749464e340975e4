// Names that others gave. What turns the direction of writing, or cannot be seen, is shown as what it is: photo[U+202E]gpj.exe does not pass for
// photoexe.jpg, and no name turns what stands beside it.
import { html } from "lit";

const hidden = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

// As text: for attributes, titles, messages.
export const visible = (name: string) => name.replace(hidden, (letter) => `[U+${letter.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}]`);

export const named = (name: string) => html`<bdi>${visible(name)}</bdi>`;
