"""What suites of the console's administration share: a server with ann, who is an admin and signed in, and how one goes about its pages."""

import json

from .browser import Browser
from .case import SMALL_MODELS, ServerCase
from .console import add_user, owner
from .functions import make_role, python, remove_role
from .pages import PASSWORD, WIDTHS, sign_in
from .records import finished
from .server import eventually
from .signing import raw_client
from . import paths


class AdministrationCase(ServerCase):
    config = SMALL_MODELS + """
[mail]
server = "smtp://127.0.0.1:1"
from = "eyrie@example.com"
password = "not for the page"
[[alerts]]
name = "cats"
when = { label = "Cat" }
"""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.console = owner(cls.server)
        for name, role in (("ann", "admin"), ("bob", "analyst")):
            add_user(cls.console, name, role, PASSWORD)
        cls.iam = cls.server.client("iam")
        cls.browser = cls.enterClassContext(Browser())
        cls.browser.view(*WIDTHS["desktop"])
        sign_in(cls.browser, cls.server, "ann")

    def setUp(self):
        self.browser.view(*WIDTHS["desktop"])
        self.browser.run("window.asked = []; window.confirm = (question) => { window.asked.push(question); return true; }")

    def tearDown(self):
        super().tearDown()
        expected = (" 400 ", " 404 ", " 409 ")  # what is refused is said in the page
        self.assertEqual([line for line in self.browser.complaints() if not any(code in line for code in expected)], [])

    def go(self, page, ready="h1", query=""):
        self.browser.run(f"location.hash = {json.dumps('#/admin/' + page + query)}")
        eventually(lambda: self.browser.run("return document.querySelector('.tab[aria-current=page]')?.getAttribute('href')") == "#/admin/" + page and self.browser.has(ready), page)

    def press(self, label):
        """Whatever says so."""
        wanted = json.dumps(label)
        pressed = f"""const all = [...document.querySelectorAll('main button, main a, main [role=button]')];
            const found = all.find((one) => one.getAttribute('aria-label') === {wanted} || one.textContent.trim() === {wanted});
            if (!found || found.disabled) return false;
            found.click();
            return true"""
        eventually(lambda: self.browser.run(pressed), label)

    def fill(self, name, text):
        """As if it were pasted."""
        field = f"document.querySelector('[name=\"{name}\"]')"
        eventually(lambda: self.browser.run(f"return {field} !== null"), name)
        self.browser.run(f"{field}.value = {json.dumps(text)}; {field}.dispatchEvent(new Event('input', {{bubbles: true}})); {field}.dispatchEvent(new Event('change', {{bubbles: true}}))")

    def submit(self, name):
        """The form that has the field."""
        self.browser.run(f"document.querySelector('[name=\"{name}\"]').form.requestSubmit()")

    def problem(self):
        return self.browser.all_text(".error")[0]

    def make_function(self, name):
        """With two versions, an alias between them, and a variable that nobody is to see."""
        client = self.server.client("lambda")
        role = make_role(self.iam, name)
        code = 'import os\ndef handler(event, context):\n    print("got", event)\n    if event.get("fail"):\n        raise ValueError("no luck")\n    return {"sum": event["a"] + event["b"]}\n'
        client.create_function(FunctionName=name, Runtime="python3.11", Role=role, Handler="app.handler", Code={"ZipFile": python(code)}, Timeout=20, MemorySize=256,
                               Environment={"Variables": {"TOKEN": "very-secret"}}, Description="adds two numbers", Publish=True)
        client.update_function_configuration(FunctionName=name, Timeout=21)
        client.publish_version(FunctionName=name)
        client.create_alias(FunctionName=name, Name="live", FunctionVersion="1", RoutingConfig={"AdditionalVersionWeights": {"2": 0.25}})
        self.addCleanup(remove_role, self.iam, name)
        self.addCleanup(client.delete_function, FunctionName=name)

    def connection(self):
        """One of its own: the class's may have been idle for too long."""
        raw = raw_client(self.server)
        self.addCleanup(raw.close)
        return raw

    def analyzed(self, name, sample):
        raw = self.connection()
        self.assertEqual(raw.put_object("images", "uploads/" + name, paths.sample(sample).read_bytes()).status, 200)
        finished(raw, "uploads/" + name)

    def shown(self, selector):
        return len(self.browser.all_text(selector))

    def speak(self, language):
        if self.browser.run("return document.documentElement.lang") != language:
            self.browser.run("document.querySelector('[aria-label^=\"Language\"], [aria-label^=\"Sprache\"]').click()")
            eventually(lambda: self.browser.run("return document.documentElement.lang") == language, language)
