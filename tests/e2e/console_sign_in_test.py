#!/usr/bin/python3
"""Signing in to the console: by link and by password, cookies, foreign pages, roles, throttling, restarts, the command line, a browser."""

import gzip
import json
import pathlib
import re
import subprocess
import sys
import time
import unittest
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import paths  # noqa: E402
from support.browser import Browser  # noqa: E402
from support.case import SMALL_MODELS, ServerCase  # noqa: E402
from support.console import Console, add_user, link_token, owner  # noqa: E402
from support.server import Server, eventually  # noqa: E402

PASSWORD = "a long enough password"
OTHER = "another long password"


def users(*arguments, password=None):
    """Runs `eyrie users ARGUMENTS`, with the password on standard input."""
    return subprocess.run([paths.binary(), "users", *map(str, arguments)], input=None if password is None else password + "\n",
                          stdin=subprocess.DEVNULL if password is None else None, capture_output=True, text=True, timeout=120)


def audit(server, name):
    path = server.data / "audit" / name
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


class ConsoleCase(ServerCase):
    config = SMALL_MODELS

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner = owner(cls.server)
        cls.ids = {}
        for name, role in (("ann", "admin"), ("bob", "analyst"), ("eve", "uploader")):
            cls.ids[name] = add_user(cls.owner, name, role, PASSWORD, email=f"{name}@example.com")["id"]

    def signed_in(self, name, password=PASSWORD):
        console = Console(self.server)
        answer = console.sign_in(name, password)
        self.assertEqual(answer.status, 200, answer)
        return console


class SignInTest(ConsoleCase):
    def test_the_session_and_its_cookie(self):
        nobody = Console(self.server)
        self.assertEqual((nobody.request("GET", "session").status, nobody.request("GET", "session").code), (401, "NotSignedIn"))
        ann = Console(self.server)
        answer = ann.sign_in("Ann", PASSWORD)
        self.assertEqual(answer.json["user"]["name"], "ann")
        self.assertEqual(answer.json["user"]["role"], "admin")
        self.assertNotIn("password", answer.json["user"])
        parts = [part.strip() for part in ann.cookie_header.split(";")]
        self.assertRegex(parts[0], r"^eyrie-session=[A-Za-z0-9_-]{43}$")
        self.assertEqual(sorted(parts[1:]), ["HttpOnly", "Max-Age=604800", "Path=/", "SameSite=Strict"])
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        who = ann.request("GET", "session")
        self.assertEqual((who.status, who.json["csrf"]), (200, ann.csrf))
        kept = Console(self.server)
        kept.cookie, kept.csrf = ann.cookie, ann.csrf
        self.assertEqual(ann.request("DELETE", "session").status, 204)
        self.assertIsNone(ann.cookie)
        self.assertEqual(kept.request("GET", "session").status, 401)

    def test_refusals_do_not_tell_who_is_there(self):
        known, unknown = (Console(self.server).sign_in(name, "a wrong password") for name in ("eve", "nobody-at-all"))
        self.assertEqual((known.status, known.body), (unknown.status, unknown.body))
        self.assertEqual((known.status, known.code), (401, "WrongCredentials"))

    def test_the_link_is_good_once(self):
        token = link_token(self.server)
        self.assertEqual(Console(self.server).sign_in_with(token).status, 401)
        self.assertEqual(Console(self.server).sign_in_with("x" * 43).status, 401)
        self.assertEqual(self.owner.request("GET", "session").json["user"]["name"], "owner")
        self.assertRegex(self.server.output().splitlines()[-1], r"^Console: http://127.0.0.1:\d+/_console/$")

    def test_foreign_pages_change_nothing(self):
        ann, other = self.signed_in("ann"), self.signed_in("ann")
        new = {"name": "mallory", "password": OTHER, "role": "admin"}
        self.assertEqual(ann.request("POST", "users", new, csrf=False).code, "CsrfRefused")
        for token in ("", "x", other.csrf):
            self.assertEqual(ann.request("POST", "users", new, {"X-Eyrie-CSRF": token}).code, "CsrfRefused")
        host = self.server.endpoint.removeprefix("http://")
        for headers in ({"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": "http://127.0.0.1:1"}, {"Sec-Fetch-Site": "cross-site"},
                        {"Sec-Fetch-Site": "same-site"}):
            self.assertEqual(ann.request("POST", "users", new, headers).code, "CsrfRefused", headers)
            self.assertEqual(Console(self.server).request("POST", "session", {"name": "ann", "password": PASSWORD}, headers).status, 403, headers)
        self.assertNotIn("mallory", ann.request("GET", "users").body.decode())
        own = {"Origin": f"http://{host}", "Sec-Fetch-Site": "same-origin"}
        made = ann.request("POST", "users", {**new, "role": "uploader"}, own)
        self.assertEqual(made.status, 201, made)
        self.assertEqual(ann.request("DELETE", f"users/{made.json['id']}", headers=own).status, 204)
        self.assertTrue(any(line["action"] == "console:CreateUser" for line in audit(self.server, "unauthenticated.jsonl")))

    def test_roles_decide(self):
        for name in ("bob", "eve"):
            console = self.signed_in(name)
            for method, path, body in (("GET", "users", None), ("POST", "users", {"name": "x", "password": OTHER, "role": "admin"}),
                                       ("PATCH", f"users/{self.ids[name]}", {"role": "admin"}), ("DELETE", f"users/{self.ids['ann']}", None),
                                       ("PUT", f"users/{self.ids['ann']}/password", {"password": OTHER}), ("GET", f"sessions?user={self.ids['ann']}", None)):
                self.assertEqual(console.request(method, path, body).code, "AccessDenied", (name, method, path))
            self.assertEqual(console.request("GET", f"users/{self.ids[name]}").json["name"], name)
            self.assertEqual(len(console.request("GET", "sessions").json["sessions"]), 1)
        denied = [line for line in audit(self.server, "denied.jsonl") if line["principal"].endswith("assumed-role/console-uploader/eve")]
        self.assertIn("console:DeleteUser", {line["action"] for line in denied})

    def test_requests_that_are_none(self):
        ann = self.signed_in("ann")
        for body in (b"{", b"[]", b"", {"name": "ann"}, {"name": "ann", "password": PASSWORD, "extra": 1}, {"name": ["ann"], "password": PASSWORD}):
            self.assertEqual(ann.request("POST", "session", body).status, 400, body)
        self.assertEqual(ann.request("POST", "session", b"{" + b" " * 20000).status, 413)
        self.assertEqual(ann.request("POST", "session", b"{}", {"Content-Type": "text/plain"}).status, 415)
        self.assertEqual(ann.request("PUT", "users").status, 405)
        self.assertEqual(ann.request("GET", "nothing").status, 404)
        for weak in ("short", "123456789012", "password1234", "mallory-mallory", "a" * 300):
            answer = ann.request("POST", "users", {"name": "mallory-mallory", "password": weak, "role": "analyst"})
            self.assertEqual(answer.code, "InvalidRequest", weak)

    def test_the_page_runs_nothing_foreign(self):
        status, page = self.server.get("/_console/")
        self.assertEqual(status, 200)
        self.assertNotRegex(page, r"<script(?![^>]*\bsrc=\"/_console/)|\son[a-z]+=|style=|https?://")
        named = re.findall(r'(?:src|href)="(/_console/assets/[^"]+)"', page)
        self.assertEqual(sorted({name.rsplit(".", 1)[1] for name in named}), ["css", "js"])
        for name in named:
            with urllib.request.urlopen(urllib.request.Request(self.server.endpoint + name, headers={"Accept-Encoding": "gzip"}), timeout=60) as answer:
                policy = answer.headers["Content-Security-Policy"]
                self.assertEqual(answer.headers["Cache-Control"], "public, max-age=31536000, immutable")
                self.assertEqual(answer.headers["Content-Encoding"], "gzip")
                self.assertEqual(gzip.decompress(answer.read()).decode(), self.server.get(name)[1])
                etag = answer.headers["ETag"]
            self.assertNotIn("unsafe", policy)
            self.assertIn("default-src 'none'; script-src 'self'", policy)
            with self.assertRaises(urllib.error.HTTPError) as same:
                urllib.request.urlopen(urllib.request.Request(self.server.endpoint + name, headers={"If-None-Match": etag}), timeout=60)
            self.assertEqual(same.exception.code, 304)
        self.assertEqual(self.server.get("/_console/nothing")[0], 404)


class ChangesTest(ConsoleCase):
    def test_a_password_ends_the_other_sessions(self):
        bob, phone = self.signed_in("bob"), self.signed_in("bob")
        path = f"users/{self.ids['bob']}/password"
        self.assertEqual(bob.request("PUT", path, {"password": OTHER}).status, 400)
        self.assertEqual(bob.request("PUT", path, {"password": OTHER, "current": "a wrong password"}).status, 401)
        before = bob.cookie
        self.assertEqual(bob.request("PUT", path, {"password": OTHER, "current": PASSWORD}).status, 200)
        self.assertNotEqual(bob.cookie, before)
        self.assertEqual(bob.request("GET", "session").status, 200)
        self.assertEqual(phone.request("GET", "session").status, 401)
        self.assertEqual(Console(self.server).sign_in("bob", PASSWORD).status, 401)
        ann = self.signed_in("ann")
        self.assertEqual(ann.request("PUT", path, {"password": PASSWORD}).status, 200)
        self.assertEqual(bob.request("GET", "session").status, 401)
        self.signed_in("bob")

    def test_another_role_ends_the_sessions(self):
        eve, ann = self.signed_in("eve"), self.signed_in("ann")
        path = f"users/{self.ids['eve']}"
        self.assertEqual(ann.request("PATCH", path, {"phone": "+43 1 234"}).json["phone"], "+43 1 234")
        self.assertEqual(eve.request("GET", "session").status, 200)
        self.assertEqual(ann.request("PATCH", path, {"role": "analyst"}).status, 200)
        self.assertEqual(eve.request("GET", "session").status, 401)
        self.assertEqual(ann.request("PATCH", path, {"disabled": True}).status, 200)
        self.assertEqual(Console(self.server).sign_in("eve", PASSWORD).code, "WrongCredentials")
        self.assertEqual(ann.request("PATCH", path, {"disabled": False, "role": "uploader"}).status, 200)
        self.signed_in("eve")

    def test_the_last_admin_stays(self):
        ann = self.signed_in("ann")
        path = f"users/{self.ids['ann']}"
        for method, body in (("DELETE", None), ("PATCH", {"role": "analyst"}), ("PATCH", {"disabled": True})):
            self.assertEqual(ann.request(method, path, body).code, "Conflict", (method, body))

    def test_sessions_are_seen_and_ended(self):
        bob, phone = self.signed_in("bob"), self.signed_in("bob")
        listed = bob.request("GET", "sessions").json["sessions"]
        self.assertEqual({session["address"] for session in listed}, {"127.0.0.1"})
        self.assertEqual(len([session for session in listed if session["current"]]), 1)
        self.assertEqual(bob.request("DELETE", "sessions").status, 204)
        self.assertEqual(phone.request("GET", "session").status, 401)
        self.assertEqual(len(bob.request("GET", "sessions").json["sessions"]), 1)

    def test_what_was_done_is_in_the_audit_log(self):
        ann = self.signed_in("ann")
        made = ann.request("POST", "users", {"name": "carl", "password": OTHER, "role": "analyst"})
        ann.request("DELETE", f"users/{made.json['id']}")
        ann.request("DELETE", "session")
        actions = [line["action"] for line in audit(self.server, "console.jsonl") if line["principal"].endswith("console-admin/ann")]
        for action in ("SignIn", "CreateUser", "DeleteUser", "SignOut"):
            self.assertIn("console:" + action, actions)
        text = (self.server.data / "audit" / "console.jsonl").read_text() + (self.server.data / "eyrie.log").read_text()
        for secret in (PASSWORD, OTHER, "argon2id", link_token(self.server)):
            self.assertNotIn(secret, text)


class ThrottleTest(ConsoleCase):
    def test_tries_are_slowed_down_whoever_is_named(self):
        for name in ("bob", "nobody-at-all"):
            answers = [Console(self.server).sign_in(name, "a wrong password") for _ in range(9)]
            statuses = [answer.status for answer in answers]
            self.assertEqual(statuses[:6], [401] * 6, name)
            self.assertIn(429, statuses[6:], name)  # a slow machine may have waited long enough for one
            refused = next(answer for answer in answers if answer.status == 429)
            self.assertEqual(refused.code, "TooManyTries")
            self.assertGreaterEqual(int(refused.headers["Retry-After"]), 1)
        self.signed_in("eve")

        def let_in():
            answer = Console(self.server).sign_in("bob", PASSWORD)
            if answer.status == 429:
                time.sleep(int(answer.headers["Retry-After"]))
            return answer.status == 200

        eventually(let_in, "the right password after the wait")
        reasons = [line["reason"] for line in audit(self.server, "unauthenticated.jsonl") if line["action"] == "console:SignIn"]
        self.assertTrue(any("Too many tries" in reason for reason in reasons))


class RestartTest(unittest.TestCase):
    def test_sessions_and_users_are_kept_and_the_command_line_changes_them(self):
        with Server(config=SMALL_MODELS) as server:
            first = owner(server)
            add_user(first, "ann", "admin", PASSWORD)
            ann = Console(server)
            self.assertEqual(ann.sign_in("ann", PASSWORD).status, 200)
            token = link_token(server)
            refused = users("--data", server.data, "add", "eve", "--role", "uploader", password=OTHER)
            self.assertEqual(refused.returncode, 1)
            self.assertIn("a server runs on", refused.stderr)
            server.kill()
            server.start()
            self.assertEqual(ann.request("GET", "session").json["user"]["name"], "ann")
            self.assertEqual(first.request("GET", "session").status, 200)
            self.assertEqual(Console(server).sign_in_with(token).status, 401)
            self.assertNotEqual(link_token(server), token)
            self.assertEqual(server.stop(), 0)
            self._command_line(server.data)
            server.start()
            self.assertEqual(ann.request("GET", "session").status, 401, "a password of the command line ends sessions too")
            self.assertEqual(Console(server).sign_in("ann", OTHER).status, 200)
            self.assertEqual(Console(server).sign_in("eve", OTHER).status, 200)
            self.assertIn("arn:aws:iam::000000000000:root", {line["principal"] for line in audit(server, "console.jsonl")})

    def _command_line(self, data):
        def run(*arguments, password=None):
            return users("--data", data, *arguments, password=password)

        added = run("add", "eve", "--role", "uploader", "--email", "eve@example.com", password=OTHER)
        self.assertEqual((added.returncode, added.stdout), (0, "added eve as uploader\n"), added.stderr)
        self.assertIn("There is a user of this name", run("add", "EVE", "--role", "admin", password=OTHER).stderr)
        self.assertIn("at least 12 characters", run("add", "carl", "--role", "admin", password="short").stderr)
        self.assertIn("standard input", run("add", "carl", "--role", "admin").stderr)
        self.assertEqual(run("add", "carl", "--role", "king", password=OTHER).returncode, 2)
        listed = [json.loads(line) for line in run("list", "--json").stdout.splitlines()]
        self.assertEqual([(user["name"], user["role"], user["email"]) for user in listed], [("ann", "admin", ""), ("eve", "uploader", "eve@example.com")])
        self.assertNotIn("argon2", run("list", "--json").stdout)
        self.assertIn("last admin", run("remove", "ann").stderr)
        self.assertEqual(run("add", "carl", "--role", "analyst", password=OTHER).returncode, 0)
        self.assertEqual(run("remove", "carl").returncode, 0)
        self.assertEqual(run("remove", "carl").returncode, 1)
        changed = run("password", "ann", password=OTHER)
        self.assertEqual(changed.returncode, 0, changed.stderr)
        nowhere = users("--data", str(data) + "-none", "list")
        self.assertEqual(nowhere.returncode, 1)
        self.assertIn("no data directory", nowhere.stderr)


class TlsTest(unittest.TestCase):
    def test_the_cookie_over_tls(self):
        with Server(config=SMALL_MODELS, arguments=["--tls", "self-signed"]) as server:
            console = owner(server)
            self.assertRegex(console.cookie_header, r"^__Host-eyrie-session=[A-Za-z0-9_-]{43}; Path=/; ")
            self.assertTrue(console.cookie_header.endswith("; Secure"))
            self.assertEqual(console.request("GET", "users").status, 200)
            console.cookie = console.cookie.removeprefix("__Host-")
            self.assertEqual(console.request("GET", "users").status, 401)


def who(browser):
    return browser.run("return document.querySelector('#signed-in')?.ariaLabel")


def form_is_there(browser):
    return browser.run("return document.querySelector('#sign-in h2')?.textContent") == "Sign in"


def said(browser):
    return browser.run("return document.querySelector('#message')?.textContent ?? ''")


class BrowserTest(ConsoleCase):
    def test_signing_in_and_out(self):
        with Browser() as browser:
            browser.open(self.server.endpoint + "/_console/")
            eventually(lambda: form_is_there(browser), "the form")
            browser.complaints()  # that nobody is signed in is one
            browser.type("#name", "ann")
            browser.type("#password", "a wrong password\n")
            eventually(lambda: "wrong" in said(browser), "the refusal")
            browser.type("#password", PASSWORD + "\n")
            eventually(lambda: who(browser) == "Signed in as ann (admin)", "signed in")
            self.assertFalse(browser.has("#sign-in"))
            cookie = browser.cookies()["eyrie-session"]
            self.assertTrue(cookie["httpOnly"])
            self.assertEqual(cookie["sameSite"], "Strict")
            self.assertEqual(browser.run("return document.cookie"), "")
            browser.open(self.server.endpoint + "/_console/")
            eventually(lambda: who(browser) == "Signed in as ann (admin)", "signed in after a reload")
            browser.click("#sign-out")
            eventually(lambda: form_is_there(browser), "signed out")
            self.assertNotIn("eyrie-session", browser.cookies())
            self.assertEqual([line for line in browser.complaints() if "401" not in line], [], "among them what the policy forbids")

    def test_the_link(self):
        with Server(config=SMALL_MODELS) as server, Browser() as browser:
            link = f"{server.endpoint}/_console/#/sign-in?token={link_token(server)}"
            browser.open(link)
            eventually(lambda: who(browser) == "Signed in as owner (admin)", "signed in by the link")
            self.assertEqual(browser.address(), server.endpoint + "/_console/")
            browser.click("#sign-out")
            eventually(lambda: form_is_there(browser), "signed out")
            browser.open(link)
            eventually(lambda: "used already" in said(browser), "a link is good once")


if __name__ == "__main__":
    unittest.main()
