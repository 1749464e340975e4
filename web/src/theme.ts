// Light, dark, or as the system has it.
export type Theme = "system" | "light" | "dark";
const kept = "eyrie-theme";

export function theme(): Theme {
  const chosen = localStorage.getItem(kept);
  return chosen === "light" || chosen === "dark" ? chosen : "system";
}

export function applyTheme(wanted: Theme = theme()) {
  localStorage.setItem(kept, wanted);
  if (wanted === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = wanted;
}
