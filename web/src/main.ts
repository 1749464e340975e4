import { preferred, speak } from "./i18n";
import { applyTheme } from "./theme";

applyTheme();
await speak(preferred());
await import("./app");
