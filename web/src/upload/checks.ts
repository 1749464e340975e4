// What is looked at before a file goes out: bytes, kind by content and not by name, that it can be decoded, dimensions. And its digest.
import type { Key } from "../i18n";

export const kMaxBytes = 15 * 1024 * 1024;
const kMinSide = 80;

export interface Refusal {
  reason: Extract<Key, `reason.${string}`>;
  values?: Record<string, string | number>;
}
export interface Checked {
  type: string;
  sha256: string; // base64
}

const at = (bytes: Uint8Array, from: number, text: string) => [...text].every((c, i) => bytes[from + i] === c.charCodeAt(0));

function typeOf(bytes: Uint8Array): string | null {
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return "image/jpeg";
  if (bytes[0] === 0x89 && at(bytes, 1, "PNG\r\n")) return "image/png";
  if (at(bytes, 0, "RIFF") && at(bytes, 8, "WEBP")) return "image/webp";
  if (at(bytes, 4, "ftyp") && (at(bytes, 8, "hei") || at(bytes, 8, "mif1") || at(bytes, 8, "hev"))) return "image/heic";
  return null;
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

export async function check(file: File): Promise<Checked | Refusal> {
  if (file.size === 0) return { reason: "reason.empty" };
  if (file.size > kMaxBytes) return { reason: "reason.size", values: { size: `${(file.size / 1024 / 1024).toFixed(1)} MB` } };
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = new Uint8Array(await file.arrayBuffer());
  } catch {
    return { reason: "reason.read" };
  }
  const type = typeOf(bytes);
  if (type === "image/heic") return { reason: "reason.heic" };
  if (!type) return { reason: "reason.type" };
  try {
    const bitmap = await createImageBitmap(new Blob([bytes], { type }));
    const { width, height } = bitmap;
    bitmap.close();
    if (width < kMinSide || height < kMinSide) return { reason: "reason.small", values: { width, height } };
  } catch {
    return { reason: "reason.damaged" };
  }
  return { type, sha256: base64(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))) };
}
