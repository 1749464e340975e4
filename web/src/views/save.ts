// A picture's file, saved as the browser saves what one downloads. It is fetched first: only so does one learn that it did not come.
import { api, ApiError } from "../api";
import { t } from "../i18n";

const kPauseMs = 300; // Chromium drops what one page saves more than ten times a second, and does not say so
const kKeptMs = 60_000; // until the browser has certainly taken it

async function fetched(url: string): Promise<Blob> {
  let answer: Response;
  try {
    answer = await fetch(url);
    if (answer.ok) return await answer.blob();
  } catch {
    throw new ApiError(0, "Offline", "");
  }
  throw new Error(`${answer.status} ${answer.statusText}`.trim());
}

// One after the other; the promise holds until the next may come.
export async function save(id: string) {
  const { name, download } = await api.picture(id);
  if (!download) throw new Error(t("picture.noFile"));
  const url = URL.createObjectURL(await fetched(download));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), kKeptMs);
  await new Promise((resolve) => setTimeout(resolve, kPauseMs));
}
