#!/usr/bin/python3
"""What deploy/ has for Grafana and Prometheus speaks of metrics that the server really has."""

import json
import pathlib
import re
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import paths  # noqa: E402
from support.server import Server  # noqa: E402

NAME = re.compile(r"\beyrie_[a-z0-9_]+")


def expressions_of_dashboards():
    for path in sorted((paths.ROOT / "deploy/grafana").glob("*.json")):
        for panel in json.loads(path.read_text())["panels"]:
            for target in panel["targets"]:
                yield f"{path.name}, {panel['title']}", target["expr"]


def expressions_of_rules():
    for path in sorted((paths.ROOT / "deploy/prometheus").glob("*.yml")):
        for line in path.read_text().splitlines():
            if line.strip().startswith("expr: "):
                yield f"{path.name}", line.strip().removeprefix("expr: ")


class DeployTest(unittest.TestCase):
    def test_every_metric_is_there(self):
        with Server() as server:
            # Some are made on their first mention.
            server.client("s3").list_buckets()
            sns = server.client("sns")
            topic = sns.create_topic(Name="deploy")["TopicArn"]
            sns.subscribe(TopicArn=topic, Protocol="http", Endpoint="http://127.0.0.1:9/")
            text, tries = "", 200
            while "eyrie_topic_deliveries_total" not in text and tries:
                text, tries = server.get("/_eyrie/metrics")[1], tries - 1
                time.sleep(0.1)
        known = set(re.findall(r"^([a-zA-Z0-9_]+)(?:\{| )", text, re.M))
        self.assertIn("eyrie_request_duration_ms_bucket", known)
        found = list(expressions_of_dashboards()) + list(expressions_of_rules())
        self.assertGreater(len(found), 20)
        for where, expression in found:
            with self.subTest(where, expression=expression):
                names = set(NAME.findall(expression))
                self.assertTrue(names or expression.startswith("up{"), expression)
                self.assertEqual(names - known, set())


if __name__ == "__main__":
    unittest.main()
