// The page works without any of this. Each module adds one comfort.
import "./dialogs.js";
import "./menus.js";
import "./tabs.js";
import "./toasts.js";
import "./refusals.js";
import "./copy.js";
import "./forms.js";
import "./theme.js";
import "./live.js";
import "./network.js";
