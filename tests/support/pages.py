"""What suites of the console's pages share: signing in, the widths of windows, axe-core, and the documentation's pictures."""

import json
import os
import time

from . import paths
from .browser import Browser
from .console import add_user, owner
from .server import eventually

PASSWORD = "a long enough password"
WIDTHS = {"desktop": (1440, 900), "tablet": (820, 1180), "phone": (390, 844)}
AXE = paths.ROOT / "web/node_modules/axe-core/axe.min.js"
SCREENSHOTS = os.environ.get("EYRIE_SCREENSHOTS")  # a folder


def sign_in(browser, server, name):
    browser.open(server.endpoint + "/_console/")
    eventually(lambda: browser.has("#sign-in"), "the form")
    browser.type("#name", name)
    browser.type("#password", PASSWORD + "\n")
    eventually(lambda: browser.has("#search") and browser.has("#upload-files"), "signed in, and all of the page there")
    browser.complaints()  # that nobody was is one


def open_console(enter, server):
    """A client of the console's API who owns it, and a browser of a desktop's width in which ann, an administrator, has signed in; `enter`: enterContext of the test, or its class."""
    console = owner(server)
    add_user(console, "ann", "admin", PASSWORD)
    browser = enter(Browser())
    browser.view(*WIDTHS["desktop"])
    sign_in(browser, server, "ann")
    return console, browser


def faults_by_axe(browser, where):
    """What is serious of the page as it stands."""
    browser.run(AXE.read_text() + "; window.axeSays = null;"
                     "axe.run(document, {resultTypes: ['violations']}).then((found) => { window.axeSays = found.violations; }, (error) => { window.axeSays = String(error); })")
    found = eventually(lambda: browser.run("return window.axeSays && JSON.stringify(window.axeSays)"), "axe has looked", timeout=120)
    return [(where, fault["id"], [node["html"][:160] + " | " + (node.get("failureSummary") or "")[:300] for node in fault["nodes"][:3]])
            for fault in json.loads(found) if fault["impact"] in ("serious", "critical")]


def take(browser, path):
    time.sleep(1.5)  # what comes in moves until it stands
    browser.screenshot(path, "webp")
