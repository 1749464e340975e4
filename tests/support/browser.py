"""Debian's Chromium, driven over the WebDriver protocol by plain HTTP: no package but the browser and its driver."""

import base64
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # of the protocol


class Browser:
    """with Browser() as browser: browser.open(url)"""

    def __init__(self):
        if not shutil.which("chromedriver") or not shutil.which("chromium"):
            raise unittest.SkipTest("no chromium with its driver: run scripts/setup --tests")
        self._profile = tempfile.mkdtemp(prefix="eyrie-browser-")
        self._driver = self._session = None

    def __enter__(self):
        try:
            self._start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def _start(self):
        log = pathlib.Path(self._profile) / "driver.log"
        with open(log, "wb") as output:
            self._driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=output, stderr=subprocess.STDOUT)
        deadline = time.monotonic() + 60
        while "started successfully on port " not in (text := log.read_text(errors="replace")):
            if self._driver.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"chromedriver does not start:\n{text}")
            time.sleep(0.05)
        self._address = "http://127.0.0.1:" + text.split("started successfully on port ")[1].split(".")[0].strip()
        arguments = ["--headless=new", "--no-first-run", "--disable-gpu", "--disable-dev-shm-usage", f"--user-data-dir={self._profile}/profile"]
        if os.geteuid() == 0:
            arguments.append("--no-sandbox")
        # Where a person is asked whether a page may save many files, nobody answers here.
        options = {"args": arguments, "prefs": {"profile.default_content_setting_values.automatic_downloads": 1}}
        wanted = {"browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
        self._session = self._call("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})["sessionId"]

    def close(self):
        if self._session:
            self._call("DELETE", f"/session/{self._session}")
        if self._driver:
            self._driver.terminate()
            self._driver.wait(30)
        shutil.rmtree(self._profile, ignore_errors=True)

    def _call(self, method, path, body=None):
        data = None if method != "POST" else json.dumps(body or {}).encode()
        request = urllib.request.Request(self._address + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.read().decode(errors='replace')[:2000]}") from None

    def _ask(self, method, path, body=None):
        return self._call(method, f"/session/{self._session}{path}", body)

    def open(self, url):
        self._ask("POST", "/url", {"url": url})

    def address(self):
        return self._ask("GET", "/url")

    def run(self, script):
        """What a function body returns in the page."""
        return self._ask("POST", "/execute/sync", {"script": script, "args": []})

    def _element(self, selector):
        return self._ask("POST", "/element", {"using": "css selector", "value": selector})[ELEMENT]

    def type(self, selector, text):
        self._ask("POST", f"/element/{self._element(selector)}/value", {"text": text})

    def click(self, selector):
        self._ask("POST", f"/element/{self._element(selector)}/click")

    def text(self, selector):
        """What a person sees of it: nothing of what is hidden."""
        return self._ask("GET", f"/element/{self._element(selector)}/text")

    def all_text(self, selector):
        return self.run(f"return [...document.querySelectorAll({json.dumps(selector)})].map((element) => element.textContent.trim())")

    def has(self, selector):
        return self.run(f"return document.querySelector({json.dumps(selector)}) !== null")

    def choose_file(self, selector, *paths):
        """Into an input of type file, hidden or not."""
        self._ask("POST", f"/element/{self._element(selector)}/value", {"text": "\n".join(map(str, paths))})

    def press(self, *keys):
        """Keys where the focus is, one after the other."""
        acts = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self._ask("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": acts}]})

    def hover(self, selector):
        self.hover_at(*self.run(f"const box = document.querySelector({json.dumps(selector)}).getBoundingClientRect();"
                                "return [Math.round(box.left + box.width / 2), Math.round(box.top + box.height / 2)]"))

    def hover_at(self, x, y):
        move = {"type": "pointerMove", "duration": 0, "x": x, "y": y, "origin": "viewport"}
        self._ask("POST", "/actions", {"actions": [{"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": [move]}]})

    def accept(self):
        """What a dialog of the browser's asks."""
        self._ask("POST", "/alert/accept")

    def command(self, name, **parameters):
        """Of the DevTools protocol."""
        return self._ask("POST", "/goog/cdp/execute", {"cmd": name, "params": parameters})

    def view(self, width, height, dark=False, touch=False):
        """The viewport in CSS pixels, and what the system prefers: no motion, so that what is seen stands still."""
        self.command("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=touch)
        self.command("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}, {"name": "prefers-reduced-motion", "value": "reduce"}])

    def screenshot(self, path, kind="png"):
        quality = {"quality": 80} if kind == "webp" else {}
        data = self.command("Page.captureScreenshot", format=kind, **quality)["data"]
        pathlib.Path(path).write_bytes(base64.b64decode(data))

    def cookies(self):
        return {cookie["name"]: cookie for cookie in self._ask("GET", "/cookie")}

    def complaints(self):
        """Lines of the browser's console that are warnings or errors, since they were last asked for."""
        return [line["message"] for line in self._ask("POST", "/se/log", {"type": "browser"}) if line["level"] in ("WARNING", "SEVERE")]
