"""Debian's Chromium, driven over the WebDriver protocol by plain HTTP: no package but the browser and its driver."""

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
        wanted = {"browserName": "chrome", "goog:chromeOptions": {"args": arguments}, "goog:loggingPrefs": {"browser": "ALL"}}
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

    def cookies(self):
        return {cookie["name"]: cookie for cookie in self._ask("GET", "/cookie")}

    def complaints(self):
        """Lines of the browser's console that are warnings or errors, since they were last asked for."""
        return [line["message"] for line in self._ask("POST", "/se/log", {"type": "browser"}) if line["level"] in ("WARNING", "SEVERE")]
