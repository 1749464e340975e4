#!/usr/bin/python3
"""What no client sends: half requests, smuggled ones, endless and lying lengths, deep JSON, slow and many connections. The server refuses
or waits, and answers everybody else meanwhile."""

import contextlib
import json
import pathlib
import resource
import socket
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import paths  # noqa: E402
from support.case import SMALL_MODELS, ServerCase, figure  # noqa: E402
from support.signing import sign  # noqa: E402

HEALTH = b"GET /_eyrie/health HTTP/1.1\r\nHost: x\r\n\r\n"
# Mebibytes that the server may grow by over one test.
GROWTH_MIB = 400


class RawCase(ServerCase):
    config = SMALL_MODELS

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.wait_for_models()

    def connect(self, timeout=60):
        connection = socket.create_connection(self.server.address, timeout=timeout)
        self.addCleanup(connection.close)
        return connection

    def receive(self, connection):
        """All that comes until the other side closes or is silent for a while."""
        received = b""
        while True:
            try:
                piece = connection.recv(65536)
            except (ConnectionError, TimeoutError):
                return received
            if not piece:
                return received
            received += piece

    def exchange(self, data, timeout=5):
        """Sends and gives back what comes; the sending side stays open."""
        connection = self.connect(timeout)
        try:
            connection.sendall(data)
        except ConnectionError:
            pass  # refused before all was sent
        return self.receive(connection)

    def statuses(self, received):
        return [int(part[:3]) for part in received.decode("latin-1").split("HTTP/1.1 ")[1:]]

    def signed_head(self, method, path, service, headers=None, payload_hash="UNSIGNED-PAYLOAD"):
        sent = {"host": "x", **(headers or {})}
        sign(method, path, [], sent, payload_hash, *self.server.key(), service)
        return sent

    def assert_others_are_served(self):
        began = time.monotonic()
        self.assertEqual(self.server.get("/_eyrie/health", timeout=30)[0], 200)
        self.assertEqual(self.raw.request("s3", "GET", "/").status, 200)
        return time.monotonic() - began


class BrokenHttpTest(RawCase):
    def test_what_is_no_http(self):
        for data in (b"\x00" * 4096, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\xaa" * 300, b"hello\r\n\r\n", b"GET\r\n\r\n",
                     b"GET / HTTP/9.9\r\nHost: x\r\n\r\n", b"GET  /  HTTP/1.1\r\nHost: x\r\n\r\n", b"\r\n" * 5000,
                     b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                     b"GET / HTTP/1.1\nHost: x\n\n", b"G\xc3\x89T / HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n"):
            with self.subTest(data=data[:24]):
                statuses = self.statuses(self.exchange(data))
                self.assertTrue(all(status >= 400 for status in statuses), statuses)
                self.assertLessEqual(len(statuses), 1, "the connection must end with the first refusal")
        self.assert_others_are_served()

    def test_smuggling(self):
        """Wherever two readers could disagree on where a request ends, it is refused and nothing behind it is read as a request."""
        behind = b"GET /_eyrie/health HTTP/1.1\r\nHost: smuggled\r\n\r\n"
        chunk_end = b"0\r\n\r\n"
        for name, head, body in (
                ("two lengths", b"Content-Length: 0\r\nContent-Length: 46\r\n", b""),
                ("two lengths in one", b"Content-Length: 0, 46\r\n", b""),
                ("length and chunked", b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", chunk_end),
                ("chunked and length", b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", chunk_end),
                ("chunked twice", b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", chunk_end),
                ("chunked, with more", b"Transfer-Encoding: chunked, identity\r\n", chunk_end),
                ("an unknown coding", b"Transfer-Encoding: xchunked\r\n", chunk_end),
                ("a space before the colon", b"Transfer-Encoding : chunked\r\n", chunk_end),
                ("a signed length", b"Content-Length: +0\r\n", b""),
                ("a negative length", b"Content-Length: -1\r\n", b""),
                ("a hexadecimal length", b"Content-Length: 0x0\r\n", b""),
                ("no number", b"Content-Length: zero\r\n", b""),
                ("a length beyond 64 bits", b"Content-Length: 99999999999999999999999\r\n", b""),
                ("a folded line", b"X-A: b\r\n Content-Length: 0\r\n", b""),
                ("a bare return", b"X-A: b\rContent-Length: 0\r\n", b""),
                ("a zero byte", b"X-A: b\x00c\r\n", b""),
                ("a bad chunk length", b"Transfer-Encoding: chunked\r\n", b"-1\r\n\r\n"),
                ("an endless chunk length", b"Transfer-Encoding: chunked\r\n", b"fffffffffffffffff\r\n"),
                ("a chunk without its end", b"Transfer-Encoding: chunked\r\n", b"1\r\nab\r\n0\r\n\r\n")):
            with self.subTest(name):
                statuses = self.statuses(self.exchange(b"POST / HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n" + body + behind))
                self.assertLessEqual(len(statuses), 1, f"what lies behind was read as a request: {statuses}")
                self.assertTrue(all(status >= 400 for status in statuses), statuses)
        self.assert_others_are_served()

    def test_one_after_the_other_is_no_smuggling(self):
        received = self.exchange(HEALTH * 3, timeout=3)
        self.assertEqual(self.statuses(received), [200, 200, 200])

    def test_heads_without_end(self):
        before = self.server.resident_mib()
        for data in (b"GET /" + b"a" * 2_000_000, b"GET / HTTP/1.1\r\nHost: x\r\nX-A: " + b"b" * 2_000_000,
                     b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-A: b\r\n" * 200_000,
                     b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X" * 2_000_000 + b": a\r\n\r\n"):
            statuses = self.statuses(self.exchange(data))
            self.assertTrue(all(status in (400, 414, 431) for status in statuses), statuses)
        self.assertLess(self.server.resident_mib() - before, GROWTH_MIB)
        self.assert_others_are_served()

    def test_half_requests(self):
        whole = HEALTH + b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345"
        for length in range(0, len(whole), 7):
            connection = self.connect()
            connection.sendall(whole[:length])
            connection.close()
        held = [self.connect() for _ in range(50)]
        for number, connection in enumerate(held):
            connection.sendall(whole[:number])
        self.assert_others_are_served()


class LyingLengthsTest(RawCase):
    def head(self, method, path, headers):
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode()

    def test_a_huge_declared_length(self):
        before = self.server.resident_mib()
        target = {"content-type": "application/x-amz-json-1.1", "x-amz-target": "RekognitionService.DetectLabels"}
        for length in (300 << 20, 1 << 40, (1 << 63) - 1):
            with self.subTest(length=length):
                headers = self.signed_head("POST", "/", "rekognition", target, payload_hash="0" * 64)
                statuses = self.statuses(self.exchange(self.head("POST", "/", {**headers, "content-length": str(length)}) + b'{"Image":'))
                self.assertTrue(statuses and 400 <= statuses[0] <= 503, f"a body of {length} bytes was not refused: {statuses}")
                headers = self.signed_head("PUT", "/images/huge.bin", "s3")
                if length > 5 << 30:
                    head = self.head("PUT", "/images/huge.bin", {**headers, "content-length": str(length)})
                    statuses = self.statuses(self.exchange(head))
                    self.assertTrue(statuses and statuses[0] == 400, f"an object of {length} bytes was not refused: {statuses}")
        self.assertLess(self.server.resident_mib() - before, GROWTH_MIB)
        self.assert_others_are_served()

    def test_many_large_promises_at_once(self):
        """Memory is taken as bytes come, within a budget; promises alone cost nothing."""
        before = self.server.resident_mib()
        target = {"content-type": "application/x-amz-json-1.1", "x-amz-target": "RekognitionService.DetectLabels"}
        held = []
        for _ in range(200):
            headers = self.signed_head("POST", "/", "rekognition", target, payload_hash="0" * 64)
            connection = self.connect()
            connection.sendall(self.head("POST", "/", {**headers, "content-length": str(6 << 20)}) + b'{"Image":{"Bytes":"')
            held.append(connection)
        waited = self.assert_others_are_served()
        grown = self.server.resident_mib() - before
        figure(f"200 open promises of 6 MiB: {grown:.0f} MiB more, another client served in {waited:.2f} s")
        self.assertLess(grown, GROWTH_MIB)

    def test_a_gigabyte_promised_a_hundred_times(self):
        """Uploads go to disk as they come: what is promised takes no memory, whether or not it ever comes."""
        before = self.server.resident_mib()
        headers = self.signed_head("PUT", "/images/gigabyte.bin", "s3")
        head = self.head("PUT", "/images/gigabyte.bin", {**headers, "content-length": str(1 << 30)})
        held = [self.connect() for _ in range(100)]
        for connection in held:
            connection.sendall(head + b"x" * 100_000)
        waited = self.assert_others_are_served()
        grown = self.server.resident_mib() - before
        figure(f"100 uploads that promised 1 GiB: {grown:.0f} MiB more, another client served in {waited:.2f} s")
        self.assertLess(grown, GROWTH_MIB)

    def test_a_put_cut_short_leaves_nothing(self):
        headers = self.signed_head("PUT", "/images/uploads/cut.jpg", "s3")
        connection = self.connect()
        connection.sendall(self.head("PUT", "/images/uploads/cut.jpg", {**headers, "content-length": "1000000"}) + b"x" * 400_000)
        time.sleep(0.3)
        connection.close()
        time.sleep(0.5)
        self.assertEqual(self.raw.get_object("images", "uploads/cut.jpg").status, 404)
        left = [path for path in (self.server.data / "tmp").rglob("*") if path.is_file()]
        self.assertEqual(left, [])

    def test_bad_aws_chunks(self):
        base = {"content-encoding": "aws-chunked", "x-amz-decoded-content-length": "5", "x-amz-trailer": "x-amz-checksum-crc32"}
        good = b"5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n"
        bodies = {"good": (good, 200), "wrong checksum": (good.replace(b"NhCmhg==", b"AAAAAA=="), 400),
                  "longer than told": (b"6\r\nhello!\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n", 400),
                  "shorter than told": (b"4\r\nhell\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n", 400),
                  "no end": (b"5\r\nhello\r\n", 400), "no number": (b"z\r\nhello\r\n0\r\n\r\n", 400),
                  "endless head": (b"5;" + b"x" * 100_000 + b"\r\nhello\r\n0\r\n\r\n", 400),
                  "huge number": (b"ffffffffffffffff\r\nhello\r\n0\r\n\r\n", 400),
                  "endless trailer": (b"5\r\nhello\r\n0\r\n" + b"x-a:b\r\n" * 50_000 + b"\r\n", 400)}
        for name, (body, status) in bodies.items():
            with self.subTest(name):
                answer = self.raw.request("s3", "PUT", "/images/chunked-" + name.replace(" ", "-"), headers=dict(base), body=body,
                                          payload_hash="STREAMING-UNSIGNED-PAYLOAD-TRAILER")
                self.assertEqual(answer.status, status, answer.body)
                self.raw.close()
                found = self.raw.get_object("images", "chunked-" + name.replace(" ", "-"))
                self.assertEqual(found.status, 200 if status == 200 else 404)


class HostileJsonTest(RawCase):
    def call(self, service, operation, body):
        answer = self.raw.call(service, operation, body)
        self.assertIn(answer.status, (400, 413, 503), f"{body[:40]!r}: {answer.status} {answer.body[:200]}")
        self.assertTrue(json.loads(answer.body)["__type"])

    def test_deep_json(self):
        depth = 200_000
        for service, operation in (("rekognition", "DetectLabels"), ("dynamodb", "PutItem")):
            for body in (b"[" * depth, b"[" * depth + b"]" * depth, b'{"a":' * depth, b'{"Item":' + b'{"L":[' * depth):
                with self.subTest(service=service, body=body[:12]):
                    self.call(service, operation, body)
        self.assert_others_are_served()

    def test_deep_items(self):
        value = {"S": "x"}
        for _ in range(60):
            value = {"L": [value]}
        self.call("dynamodb", "PutItem", json.dumps({
            "TableName": "ImageMetadataStore", "Item": {"ImageID": {"S": "x"}, "UploadTimestamp": {"N": "1"}, "deep": value}}).encode())

    def test_deep_expressions(self):
        for expression in ("(" * 2000 + "a = :a" + ")" * 2000, "NOT " * 1000 + "a = :a", " AND ".join(["a = :a"] * 500),
                           "a" + ".a" * 1500 + " = :a"):
            answer = self.raw.call("dynamodb", "Scan", {"TableName": "ImageMetadataStore", "FilterExpression": expression,
                                                        "ExpressionAttributeValues": {":a": {"S": "x"}}})
            self.assertIn(answer.status, (200, 400), answer.body[:300])

    def test_odd_json(self):
        for body in (b'{"TableName": "a\\ud800"}', b'{"TableName": "\xff"}', b'{"Limit": 1e999}', b'{"Limit": 99999999999999999999}',
                     b'{"TableName": "a"} x', b'{"TableName": "' + b"x" * 3_000_000 + b'"}', b'{"' + b"k" * 1_000_000 + b'": 1}',
                     b'{"a":1,' * 100_000):
            with self.subTest(body=body[:24]):
                self.call("dynamodb", "DescribeTable", body)
        self.assert_others_are_served()

    def test_xml_bombs(self):
        bomb = (b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
                + b"".join(b'<!ENTITY %c "%s">' % (98 + level, b"&%c;" % (97 + level) * 10) for level in range(8))
                + b"]><Delete><Object><Key>&i;</Key></Object></Delete>")
        for body in (bomb, b"<Delete>" * 50_000, b"<Delete><Object><Key>" + b"x" * 2_000_000, b"<" * 100_000, b"not xml"):
            answer = self.raw.request("s3", "POST", "/images", query=[("delete", "")], body=body)
            self.assertIn(answer.status, (200, 400, 413), answer.body[:300])
        self.assert_others_are_served()


class ManyConnectionsTest(RawCase):
    def test_slow_writers_hold_nobody_up(self):
        slow = [self.connect() for _ in range(300)]
        headers = self.signed_head("PUT", "/images/slow.bin", "s3")
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = f"PUT /images/slow.bin HTTP/1.1\r\n{lines}content-length: 100000\r\n\r\n".encode()
        for number, connection in enumerate(slow):
            connection.sendall(head[: number % len(head)] if number % 2 else head + b"x")
        waited = self.assert_others_are_served()
        photo = paths.sample("cat.png").read_bytes()
        self.assertEqual(self.raw.put_object("images", "while-others-are-slow.png", photo).status, 200)
        self.assertEqual(self.raw.detect_labels(photo).status, 200)
        figure(f"300 slow connections: another client served in {waited:.2f} s")

    def test_a_thousand_slow_connections(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        self.assertEqual(self.raw.put_object("images", "honest.bin", b"x" * 1000).status, 200)
        quiet = self.honest_gets()
        before = self.server.resident_mib()
        headers = self.signed_head("PUT", "/images/slow.bin", "s3")
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = f"PUT /images/slow.bin HTTP/1.1\r\n{lines}content-length: 100000\r\n\r\n".encode()
        slow = [self.connect() for _ in range(1000)]
        stop = threading.Event()

        def drip():
            at = 0
            while not stop.wait(0.2):  # each gets a byte or two every few seconds
                for connection in slow[at % 10::10]:
                    with contextlib.suppress(OSError):
                        connection.send(head[at:at + 2] or b"x")
                at += 1

        dripping = threading.Thread(target=drip)
        for number, connection in enumerate(slow):
            connection.sendall(head + b"x" if number % 2 else head[:1 + number % 200])
        dripping.start()
        try:
            times = self.honest_gets()
        finally:
            stop.set()
            dripping.join()
        grown = self.server.resident_mib() - before
        figure(f"1,000 slow connections: {grown:.0f} MiB more; {len(times)} honest GETs beside them took p50 {self.at(times, 0.5):.1f}, "
               f"p99 {self.at(times, 0.99):.1f} ms (alone: {self.at(quiet, 0.5):.1f}, {self.at(quiet, 0.99):.1f})")
        self.assertLess(grown, GROWTH_MIB)

    def honest_gets(self, count=400):
        """Milliseconds that each took."""
        times = []
        for _ in range(count):
            began = time.monotonic()
            answer = self.raw.get_object("images", "honest.bin")
            times.append((time.monotonic() - began) * 1000)
            self.assertEqual((answer.status, len(answer.body)), (200, 1000))
        return sorted(times)

    @staticmethod
    def at(times, share):
        return times[min(len(times) - 1, int(len(times) * share))]

    def test_slow_readers_hold_nobody_up(self):
        body = b"x" * (8 << 20)
        self.assertEqual(self.raw.put_object("images", "read-slowly.bin", body).status, 200)
        before = self.server.resident_mib()
        for _ in range(40):
            headers = self.signed_head("GET", "/images/read-slowly.bin", "s3")
            lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            self.connect().sendall(f"GET /images/read-slowly.bin HTTP/1.1\r\n{lines}\r\n".encode())
        time.sleep(0.5)
        waited = self.assert_others_are_served()
        grown = self.server.resident_mib() - before
        figure(f"40 readers of 8 MiB who do not read: {grown:.0f} MiB more, another client served in {waited:.2f} s")
        self.assertLess(grown, GROWTH_MIB)

    def test_connections_that_come_and_go(self):
        before = self.server.resident_mib()
        for _ in range(2000):
            connection = socket.create_connection(self.server.address, timeout=30)
            connection.close()
        self.assert_others_are_served()
        self.assertLess(self.server.resident_mib() - before, GROWTH_MIB)


if __name__ == "__main__":
    unittest.main()
