#!/usr/bin/python3
"""The life of a server: restarts, stops, what stands in the way of a start, health, metrics, log."""

import hashlib
import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import paths  # noqa: E402
from support.case import SMALL_MODELS, ServerCase, figure  # noqa: E402
from support.records import all_records, finished  # noqa: E402
from support.server import Server, eventually, run_eyrie  # noqa: E402
from support.shapes import Shapes  # noqa: E402
from support.signing import raw_client, sign  # noqa: E402


class RestartTest(unittest.TestCase):
    def test_everything_is_kept(self):
        photo = paths.sample("cat.png").read_bytes()
        with Server(config=SMALL_MODELS) as server:
            raw = raw_client(server)
            self.assertEqual(raw.request("s3", "PUT", "/eyrie-test-kept").status, 200)
            self.assertEqual(raw.put_object("images", "uploads/kept.png", photo, {"x-amz-meta-colour": "red"}).status, 200)
            record = finished(raw, "uploads/kept.png")
            key = server.key()
            self.assertEqual(server.stop(), 0)
            self.assertFalse((server.data / "server.json").exists(), "server.json outlived its server")
            server.start()
            raw = raw_client(server)
            self.assertEqual(server.key(), key)
            self.assertEqual(all_records(raw), [record])
            got = raw.get_object("images", "uploads/kept.png")
            self.assertEqual((got.status, got.body, got.headers["x-amz-meta-colour"]), (200, photo, "red"))
            buckets = [bucket["Name"] for bucket in server.client("s3").list_buckets()["Buckets"]]
            self.assertEqual(sorted(buckets), ["eyrie-test-kept", "images"])

    def test_what_was_removed_stays_removed(self):
        with Server(config=SMALL_MODELS) as server:
            server.client("s3").delete_bucket(Bucket="images")
            server.stop()
            server.start()
            self.assertEqual(server.client("s3").list_buckets()["Buckets"], [])

    def test_work_left_at_the_stop_is_done_after_the_start(self):
        photo = paths.sample("coffee.png").read_bytes()
        keys = [f"uploads/left/{index}.png" for index in range(10)]
        with Server(config=SMALL_MODELS) as server:
            raw = raw_client(server)
            for key in keys:
                self.assertEqual(raw.put_object("images", key, photo).status, 200)
            self.assertEqual(server.stop(), 0)
            server.start()
            raw = raw_client(server)
            for key in keys:
                self.assertEqual(finished(raw, key)["ProcessingStatus"], "COMPLETED")


class StopTest(unittest.TestCase):
    def begin_slow_put(self, server, body, sent):
        """A PUT whose body has come in part: the open connection."""
        headers = sign("PUT", "/images/slow.bin", [], {"host": "{}:{}".format(*server.address)},
                       hashlib.sha256(body).hexdigest(), *server.key(), "s3")
        connection = http.client.HTTPConnection(*server.address, timeout=60)
        connection.putrequest("PUT", "/images/slow.bin", skip_host=True, skip_accept_encoding=True)
        for name, value in {**headers, "content-length": str(len(body))}.items():
            connection.putheader(name, value)
        connection.endheaders(body[:sent])
        eventually(lambda: self.in_flight(server) >= 1, "a request in flight", timeout=30)
        return connection

    def in_flight(self, server):
        for line in server.get("/_eyrie/metrics")[1].splitlines():
            if line.startswith("eyrie_http_in_flight "):
                return float(line.split()[1]) - 1  # less this very request
        raise AssertionError("no metric eyrie_http_in_flight")

    def test_a_stop_lets_requests_end(self):
        body = os.urandom(300_000)
        with Server(config=SMALL_MODELS) as server:
            connection = self.begin_slow_put(server, body, 100_000)
            server.process.send_signal(signal.SIGTERM)
            time.sleep(1)
            self.assertIsNone(server.process.poll(), "the server left a request in progress")
            with self.assertRaises(OSError, msg="a stopping server takes no new connections"):
                socket.create_connection(server.address, timeout=5).close()
            connection.send(body[100_000:])
            answer = connection.getresponse()
            self.assertEqual(answer.status, 200, answer.read())
            connection.close()
            self.assertEqual(server.process.wait(30), 0)
            server.start()
            self.assertEqual(raw_client(server).get_object("images", "slow.bin").body, body)

    def test_a_second_signal_stops_at_once(self):
        body = os.urandom(300_000)
        with Server(config=SMALL_MODELS) as server:
            connection = self.begin_slow_put(server, body, 100_000)
            server.process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            self.assertIsNone(server.process.poll())
            began = time.monotonic()
            server.process.send_signal(signal.SIGINT)
            self.assertNotEqual(server.process.wait(20), 0)
            figure(f"second signal: gone after {time.monotonic() - began:.3f} s")
            connection.close()
            server.start()
            self.assertEqual(raw_client(server).get_object("images", "slow.bin").status, 404)

    def test_an_idle_server_stops_quickly_with_clients_connected(self):
        with Server(config=SMALL_MODELS) as server:
            idle = [socket.create_connection(server.address) for _ in range(3)]
            began = time.monotonic()
            self.assertEqual(server.stop(20), 0)
            figure(f"idle stop took {time.monotonic() - began:.2f} s")
            for connection in idle:
                connection.close()


class StartRefusedTest(unittest.TestCase):
    def refused(self, *arguments):
        done = run_eyrie("serve", *arguments, timeout=60)
        self.assertNotEqual(done.returncode, 0)
        self.assertTrue(done.stderr.startswith("eyrie: "), done.stderr)
        self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)
        self.assertNotIn("Console:", done.stdout)
        return done.stderr

    def test_a_port_or_a_data_directory_in_use(self):
        with Server(config=SMALL_MODELS) as server:
            other = server.directory / "other"
            message = self.refused("--data", other, "--listen", "{}:{}".format(*server.address))
            self.assertIn(str(server.address[1]), message)
            self.assertIn("in use", message)
            message = self.refused("--data", server.data, "--listen", "127.0.0.1:0")
            self.assertIn(str(server.data), message)
            server.assert_alive()
            self.assertEqual(json.loads((server.data / "server.json").read_text())["pid"], server.process.pid)

    def test_what_cannot_be_used(self):
        with Server(config=SMALL_MODELS) as server:
            server.stop()
            plain_file = server.directory / "plain-file"
            plain_file.write_text("x")
            self.assertIn(str(plain_file), self.refused("--data", plain_file, "--listen", "127.0.0.1:0"))
            self.assertIn("HOST:PORT", self.refused("--data", server.data, "--listen", "nonsense"))
            self.assertIn("65535", self.refused("--data", server.data, "--listen", "127.0.0.1:70000"))
            config = server.directory / "bad.toml"
            config.write_text("[models]\nset = 'default'\nspeed = 11\n")
            message = self.refused("--data", server.data, "--listen", "127.0.0.1:0", "--config", config)
            self.assertIn("line 3", message)
            self.assertIn("speed", message)
            os.chmod(server.data / "root-key.json", 0o644)
            self.assertIn("0600", self.refused("--data", server.data, "--listen", "127.0.0.1:0"))

    def test_usage(self):
        for arguments in ((), ("fly",), ("serve", "--fast"), ("analyze",)):
            self.assertEqual(run_eyrie(*arguments).returncode, 2, arguments)
        self.assertEqual(run_eyrie("--help").returncode, 0)
        self.assertRegex(run_eyrie("version").stdout, r"^eyrie \d+\.\d+\.\d+\n$")


class WatchedTest(ServerCase):
    config = SMALL_MODELS

    def test_health(self):
        eventually(lambda: "loaded" in json.loads(self.server.get("/_eyrie/health")[1])["models"].values(), "loaded models")
        status, text = self.server.get("/_eyrie/health")
        health = json.loads(text)
        self.assertEqual((status, health["status"]), (200, "ok"))
        self.assertRegex(health["version"], r"^\d+\.\d+\.\d+$")
        self.assertGreaterEqual(health["uptime_seconds"], 0)
        self.assertEqual(set(health["queue"]), {"ready", "leased", "delayed", "dead"})

    def metrics(self):
        values = {}
        for line in self.server.get("/_eyrie/metrics")[1].splitlines():
            if not line.startswith("#"):
                name, value = line.rsplit(" ", 1)
                values[name] = float(value)
        return values

    def test_metrics(self):
        before = self.metrics()
        self.raw.put_object("images", "uploads/metrics.png", paths.sample("cat.png").read_bytes())
        finished(self.raw, "uploads/metrics.png")
        eventually(lambda: self.metrics().get("eyrie_function_invocations_total", 0) > before.get("eyrie_function_invocations_total", 0),
                   "an invocation counted")
        after = self.metrics()
        self.assertGreater(after["eyrie_http_requests_total"], before["eyrie_http_requests_total"])
        self.assertGreater(after["eyrie_networks_ms_total"], before["eyrie_networks_ms_total"])
        for name, value in after.items():
            self.assertRegex(name, r'^[a-z_]+(\{([a-z_]+="[^"]*",?)+\})?$')
            self.assertEqual(value, value, f"{name} is not a number")
        seen = {name: value for name, value in after.items() if name.startswith("eyrie_detections_total{")}
        self.assertGreater(seen.get('eyrie_detections_total{label="Cat"}', 0), before.get('eyrie_detections_total{label="Cat"}', 0))
        eventually(lambda: min((now := self.metrics())["eyrie_storage_objects"], now["eyrie_storage_bytes"]) > 0, "what is stored is counted anew")
        self.assertTrue(any("s3" in name.lower() and "PutObject" in name for name in after), "no series of S3's PutObject")

    def test_the_log_is_json_with_request_ids(self):
        put = self.raw.put_object("images", "uploads/logged.png", paths.sample("cat.png").read_bytes())
        finished(self.raw, "uploads/logged.png")
        refused = self.raw.get_object("images", "uploads/absent.png")

        def lines_of(request_id):
            return [line for line in map(json.loads, self.server.log_lines()) if line.get("request") == request_id]

        eventually(lambda: any("analyzed" in line["message"] for line in lines_of(put.request_id)), "the analysis in the log", 30)
        for line in map(json.loads, self.server.log_lines()):
            self.assertRegex(line["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
            self.assertIn(line["level"], ("debug", "info", "warning", "error"))
            self.assertTrue(line["message"])
        self.assertTrue(refused.request_id)
        self.assertNotEqual(refused.request_id, put.request_id)
        secret = self.server.key()[1]
        self.assertNotIn(secret, "\n".join(self.server.log_lines()))

    def test_own_pages_are_not_s3(self):
        self.assertEqual(self.server.get("/_eyrie/nothing")[0], 404)
        self.assertEqual(self.server.get("/_console/nothing")[0], 404)
        browser = http.client.HTTPConnection(*self.server.address, timeout=30)
        browser.request("GET", "/", headers={"Accept": "text/html,application/xhtml+xml"})
        answer = browser.getresponse()
        self.assertIn(answer.status, (302, 303, 307))
        self.assertTrue(answer.getheader("location").endswith("/_console/"))
        browser.close()

    def test_requests_side_by_side(self):
        body, failures = os.urandom(200_000), []

        def work(number):
            raw = raw_client(self.server)
            for index in range(5):
                key = f"side/{number}/{index}"
                if raw.put_object("images", key, body).status != 200 or raw.get_object("images", key).body != body:
                    failures.append(key)
            raw.close()

        threads = [threading.Thread(target=work, args=(number,)) for number in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])


class AnalyzeCommandTest(unittest.TestCase):
    def test_exit_codes_and_lines(self):
        with tempfile.TemporaryDirectory(prefix="eyrie-analyze-") as folder:
            broken = pathlib.Path(folder) / "broken.jpg"
            broken.write_bytes(b"\xff\xd8\xff\xe0 not much of a picture")
            photo, missing = paths.sample("cat.png"), pathlib.Path(folder) / "missing.jpg"
            done = run_eyrie("analyze", "--json", broken, photo, missing, folder)
            self.assertEqual(done.returncode, 1)
            lines = [json.loads(line) for line in done.stdout.splitlines()]
            self.assertEqual([line["File"] for line in lines], [str(broken), str(photo), str(missing), folder])
            self.assertEqual([("Error" in line, "DetectLabels" in line) for line in lines],
                             [(True, False), (False, True), (True, False), (True, False)])
            for line in lines:
                if "Error" in line:
                    self.assertTrue(line["Error"]["Code"] and line["Error"]["Message"], line)
            good = run_eyrie("analyze", photo)
            self.assertEqual(good.returncode, 0, good.stderr)
            self.assertRegex(good.stdout, r"(?m)^ +\d+\.\d\d +Cat\b")
            self.assertEqual(run_eyrie("analyze", missing).returncode, 1)

    def test_answers_have_the_shape_of_rekognitions(self):
        shapes = Shapes("rekognition")
        done = run_eyrie("analyze", "--json", "--min-confidence", "0", *[paths.sample(name) for name in ("cat.png", "rocket.jpg")])
        for line in map(json.loads, done.stdout.splitlines()):
            self.assertEqual(shapes.of_output("DetectLabels", line["DetectLabels"]), [])

    def test_orientation(self):
        """The same picture stored in each of the eight ways that EXIF can tell holds the same things at the same places."""
        transpose = paths.pillow().Transpose
        stored = [None, transpose.FLIP_LEFT_RIGHT, transpose.ROTATE_180, transpose.FLIP_TOP_BOTTOM, transpose.TRANSPOSE,
                  transpose.ROTATE_90, transpose.TRANSVERSE, transpose.ROTATE_270]
        upright = paths.pillow().open(paths.sample("motorcycle.png")).convert("RGB")
        with tempfile.TemporaryDirectory(prefix="eyrie-turned-") as folder:
            pictures = []
            for orientation, turn in enumerate(stored, 1):
                exif = paths.pillow().Exif()
                exif[0x0112] = orientation
                pictures.append(f"{folder}/{orientation}.jpg")
                (upright if turn is None else upright.transpose(turn)).save(pictures[-1], quality=95, exif=exif)
            done = run_eyrie("analyze", "--json", *pictures)
        self.assertEqual(done.returncode, 0, done.stderr)
        boxes = []
        for line in map(json.loads, done.stdout.splitlines()):
            self.assertEqual((line["Image"]["Width"], line["Image"]["Height"]), upright.size, line["File"])
            labels = {label["Name"]: label for label in line["DetectLabels"]["Labels"]}
            self.assertIn("Motorcycle", labels, line["File"])
            boxes.append(labels["Motorcycle"]["Instances"][0]["BoundingBox"])
        for orientation, box in enumerate(boxes, 1):
            for side, value in box.items():
                self.assertAlmostEqual(value, boxes[0][side], delta=0.05, msg=f"orientation {orientation}: {side}")

    def test_real_photos_that_tell_their_orientation(self):
        folder = paths.evaluation("exif")
        pictures = [folder / f"orientation_{name}_{index}.jpg" for name in ("landscape", "portrait") for index in range(1, 9)]
        done = run_eyrie("analyze", "--json", *pictures)
        self.assertEqual(done.returncode, 0, done.stderr)
        sizes = [(line["Image"]["Width"], line["Image"]["Height"]) for line in map(json.loads, done.stdout.splitlines())]
        self.assertEqual(sizes, [(600, 450)] * 8 + [(450, 600)] * 8)

    def test_many_files_at_once_keep_their_order(self):
        photos = [paths.sample(name) for name in ("rocket.jpg", "cat.png", "coffee.png")] * 4
        done = run_eyrie("analyze", "--json", "--jobs", "3", *photos)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([json.loads(line)["File"] for line in done.stdout.splitlines()], [str(photo) for photo in photos])

    def test_models_are_listed(self):
        models = json.loads(run_eyrie("models", "--json").stdout)
        self.assertTrue(models)
        for model in models:
            self.assertTrue(model["Id"] and model["Licence"] and model["Task"] and model["State"], model)
            self.assertGreater(model["Bytes"], 0)
        table = subprocess.run([paths.binary(), "models"], capture_output=True, text=True, timeout=60).stdout
        self.assertTrue(all(model["Id"] in table for model in models))


if __name__ == "__main__":
    unittest.main()
