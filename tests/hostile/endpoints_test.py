#!/usr/bin/python3
"""Subscribers' endpoints at addresses that this server must not post to: what only this machine or its cloud should reach."""

import http.server
import pathlib
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.case import SMALL_MODELS, ServerCase  # noqa: E402
from support.server import eventually  # noqa: E402


class Service:
    """Of this machine, on every loopback address that there is; counts who comes."""

    def __init__(self):
        service = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                service.asked += 1
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.asked = 0
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


class EndpointsCase(ServerCase):
    def setUp(self):
        super().setUp()
        self.service = Service()
        self.addCleanup(self.service.close)
        self.sns = self.server.client("sns")
        self.topic = self.sns.create_topic(Name="t")["TopicArn"]

    def refusals(self):
        return (self.server.data / "eyrie.log").read_text().count("requests may not go to")

    def assert_refused(self, *endpoints):
        for endpoint in endpoints:
            with self.subTest(endpoint):
                before = self.refusals()
                self.sns.subscribe(TopicArn=self.topic, Protocol=endpoint.split(":")[0], Endpoint=endpoint)
                eventually(lambda: self.refusals() > before, "the log says so", timeout=30)
        self.assertEqual(self.service.asked, 0)


class OtherMachinesTest(EndpointsCase):
    config = f"[topics]\nendpoints = \"lan\"\n{SMALL_MODELS}"

    def test_this_machine(self):
        port = self.service.port
        self.assert_refused(*(f"http://{host}:{port}/" for host in ("127.0.0.1", "localhost", "127.1.2.3", "2130706433", "0x7f000001", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "[::]")))


class DefaultTest(EndpointsCase):
    config = SMALL_MODELS

    def test_what_is_refused_always(self):
        own = self.server.endpoint.rsplit(":", 1)[1]
        self.assert_refused("http://169.254.169.254/latest/meta-data/", "https://169.254.169.254/", "http://[fe80::1]/", "http://[::ffff:169.254.169.254]/", "http://[fd00:ec2::254]/",
                            "http://100.100.100.200/", f"http://127.0.0.1:{own}/", f"http://localhost:{own}/_eyrie/metrics")

    def test_this_machine_may_be_reached_from_itself(self):
        self.sns.subscribe(TopicArn=self.topic, Protocol="http", Endpoint=f"http://127.0.0.1:{self.service.port}/")
        eventually(lambda: self.service.asked == 1, "the confirmation", timeout=30)


if __name__ == "__main__":
    unittest.main()
