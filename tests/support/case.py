"""unittest cases around one server that the whole class shares."""

import json
import os
import pathlib
import unittest

from . import paths, server, signing


def _small_models():
    """Settings for quicker inference where a test's subject is not the picture's content; none where those models are not installed."""
    installed = pathlib.Path(os.environ.get("EYRIE_MODELS") or paths.cache() / "models")
    catalogue = [json.loads((paths.ROOT / f"models/catalogue/{task}.json").read_text()) for task in ("detect", "tag")]
    small = [model["id"] for models in catalogue for model in models if model["set"] == "small" and model["rank"] == 0]
    return '[models]\nset = "small"\n' if all((installed / name / "model.onnx").exists() for name in small) else ""


SMALL_MODELS = _small_models()


class ServerCase(unittest.TestCase):
    """`config`: TOML of the server. `self.server`, `self.raw`: the server and a raw client, one a class."""

    config = ""

    @classmethod
    def setUpClass(cls):
        cls.server = server.Server(config=cls.config)
        cls.addClassCleanup(cls.server.close)
        cls.server.start()
        cls.raw = signing.raw_client(cls.server)
        cls.addClassCleanup(cls.raw.close)

    def tearDown(self):
        self.server.assert_alive()


def figure(text):
    """A measured figure for people who read the test's output; never asserted on."""
    print(f"    {text}", flush=True)
