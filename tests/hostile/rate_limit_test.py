#!/usr/bin/python3
"""An access key's requests above its rate are refused as AWS refuses them, and those of nobody do not count."""

import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.case import SMALL_MODELS, ServerCase  # noqa: E402

# So slow that none comes back while the burst is used up.
BURST = 20
CONFIG = f"[server]\nrate_limit = 0.5\nrate_burst = {BURST}\n{SMALL_MODELS}"


class RateLimitTest(ServerCase):
    config = CONFIG

    def test_above_the_rate(self):
        wrong = type(self.raw)(self.server.address, self.server.key()[0], "another secret")
        self.addCleanup(wrong.close)
        for _ in range(3 * BURST):
            self.assertEqual(wrong.request("s3", "GET", "/").status, 403)
        answers = [self.raw.request("s3", "GET", "/") for _ in range(BURST + 5)]
        statuses = [answer.status for answer in answers]
        self.assertEqual(statuses[:BURST], [200] * BURST, "forged requests have used up the key's share")
        self.assertEqual(set(statuses[BURST + 2:]), {503})
        self.assertIn(b"<Code>SlowDown</Code>", answers[-1].body)
        self.assertIn("retry-after", answers[-1].headers)
        self.assertEqual(self.raw.put_object("images", "k", b"x" * 100_000).status, 503)
        for service, operation in (("dynamodb", "ListTables"), ("rekognition", "ListCollections")):
            answer = self.raw.call(service, operation, {})
            self.assertEqual((answer.status, answer.json()["__type"].split("#")[-1]), (400, "ThrottlingException"), answer.body)
        self.assertEqual(self.server.get("/_eyrie/health")[0], 200)
        time.sleep(2.5)
        self.assertEqual(self.raw.request("s3", "GET", "/").status, 200)


if __name__ == "__main__":
    unittest.main()
