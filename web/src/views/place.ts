// Where one picture was taken, as its camera wrote: on a map, and in words.
import { html, nothing } from "lit";
import { language, number, t } from "../i18n";
import { copy } from "../parts/code";
import { coordinates, type Position } from "../parts/coordinates";
import { icon } from "../parts/icons";
import { styles } from "../parts/styles";
import { position, type View } from "../parts/world";
import { address } from "../router";

const kUp = 16; // degrees
const kAspect = 2; // of the map, as it is styled
const kNear = 0.25; // degrees

interface Place extends Position {
  altitude: number | null; // metres
}

// Records are written by others too.
export function placeOf(record: Record<string, unknown> | null): Place | null {
  const exif = record?.["Exif"] as Record<string, unknown> | null | undefined;
  const gps = exif?.["GPS"] as Record<string, unknown> | null | undefined;
  const latitude = gps?.["Latitude"], longitude = gps?.["Longitude"], altitude = gps?.["Altitude"];
  if (typeof latitude !== "number" || typeof longitude !== "number" || Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return null;
  return { latitude, longitude, altitude: typeof altitude === "number" ? altitude : null };
}

// Degrees of longitude are shorter far from the equator: the window is wider there, so that coasts have their shape.
function around({ latitude, longitude }: Position): View {
  const across = Math.min(360, (kUp * kAspect) / Math.max(0.1, Math.cos((latitude * Math.PI) / 180)));
  const south = Math.min(90 - kUp, Math.max(-90, latitude - kUp / 2));
  return { west: longitude - across / 2, south, across, up: kUp };
}

// `country`: its ISO 3166 code, empty where it is none's.
function countryName(country: string): string {
  try {
    return (country && new Intl.DisplayNames([language], { type: "region" }).of(country)) || "";
  } catch {
    return country;
  }
}

export function placeSection(record: Record<string, unknown> | null, country: string) {
  const place = placeOf(record);
  if (!place) return nothing;
  const view = around(place);
  const { latitude, longitude } = place;
  const near = [Math.max(-180, longitude - kNear), Math.max(-90, latitude - kNear), Math.min(180, longitude + kNear), Math.min(90, latitude + kNear)];
  const words = [countryName(country), coordinates(place, 5)].filter(Boolean).join(" \u00b7 ");
  return html`<details class="card" id="place" open>
    <summary><h2>${t("place")}</h2></summary>
    <div>
      <div class="map" role="img" aria-label=${words}>
        <eyrie-world .view=${view}></eyrie-world>
        <span class="place" ${styles(position(view, longitude, latitude))}></span>
      </div>
      <p class="coordinates">
        <span class="grow" id="coordinates">${words}${place.altitude === null ? nothing : ` · ${t("place.altitude", { metres: number(place.altitude) })}`}</span>
        <button class="button icon small" type="button" aria-label=${t("place.copy")} title=${t("place.copy")} @click=${() => copy(`${latitude}, ${longitude}`)}>${icon("copy")}</button>
      </p>
      <a href=${address("gallery", "", new URLSearchParams({ within: near.map((side) => side.toFixed(4)).join(",") }))}>${t("place.near")}</a>
    </div>
  </details>`;
}
