"""A client of the console's API as its pages are one: it keeps the cookie, shows the CSRF token, and says whence it comes."""

import http.client
import json
import re
import ssl
import urllib.parse

from .server import eventually

COOKIE = re.compile(r"^((?:__Host-)?eyrie-session)=([^;]*)")


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body) if self.body else {}

    @property
    def code(self):
        return self.json.get("code")

    def __repr__(self):
        return f"<{self.status} {self.body[:300]!r}>"


class Console:
    def __init__(self, server):
        self.server = server
        self.cookie = self.csrf = None
        self.cookie_header = None  # Set-Cookie as it came last

    def request(self, method, path, body=None, headers=None, csrf=True):
        url = urllib.parse.urlsplit(self.server.endpoint)
        trust = self.server.trust()
        connect = http.client.HTTPSConnection if isinstance(trust, ssl.SSLContext) else http.client.HTTPConnection
        connection = connect(url.netloc, timeout=60, **({"context": trust} if trust else {}))
        sent = {}
        if body is not None:
            sent["Content-Type"] = "application/json"
        if self.cookie:
            sent["Cookie"] = self.cookie
        if csrf and self.csrf:
            sent["X-Eyrie-CSRF"] = self.csrf
        sent.update(headers or {})
        data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
        try:
            connection.request(method, "/_console/api/" + path, data, sent)
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read())
        finally:
            connection.close()
        self._keep(answer)
        return answer

    def _keep(self, answer):
        header = answer.headers.get("Set-Cookie")
        if header is None:
            return
        self.cookie_header = header
        name, token = COOKIE.match(header).groups()
        self.cookie = f"{name}={token}" if token else None
        self.csrf = answer.json.get("csrf")

    def sign_in(self, name, password):
        return self.request("POST", "session", {"name": name, "password": password}, csrf=False)

    def sign_in_with(self, token):
        return self.request("POST", "session", {"token": token}, csrf=False)


def link_token(server):
    """The token of the link that this server printed at its last start: it answers a little earlier, and each start has a port of its own."""
    link = re.compile(re.escape(server.endpoint) + r"/_console/#/sign-in\?token=([A-Za-z0-9_-]{43})")
    return eventually(lambda: link.findall(server.output()), "the link that signs in", timeout=30)[-1]


def owner(server):
    """Who holds the link."""
    console = Console(server)
    answer = console.sign_in_with(link_token(server))
    assert answer.status == 200, answer
    return console


def add_user(console, name, role, password, **more):
    """What the console says of the new user."""
    answer = console.request("POST", "users", {"name": name, "password": password, "role": role, **more})
    assert answer.status == 201, answer
    return answer.json
