"""Where things lie: the binary under test, sample photos, evaluation images, AWS's service descriptions.

What may be absent is asked for through a function that skips the calling test with a message.
"""

import functools
import os
import pathlib
import shutil
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def binary():
    given = os.environ.get("EYRIE_BINARY")
    path = pathlib.Path(given or ROOT / "build/release/eyrie")
    if path.exists():
        return path
    if given:
        raise FileNotFoundError(f"EYRIE_BINARY names {path}, which is not there")
    raise unittest.SkipTest(f"no binary at {path}: build it (make build) or set EYRIE_BINARY")


def cache():
    return pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "eyrie"


def sample(name):
    """A freely licensed photo that scripts/setup fetched: astronaut.png cat.png coffee.png motorcycle.png rocket.jpg."""
    path = cache() / "samples" / name
    if not path.exists():
        raise unittest.SkipTest(f"no sample photo {path}: run scripts/setup")
    return path


def evaluation(part):
    """A folder of the evaluation images, which are not part of this repository."""
    path = pathlib.Path(os.environ.get("EYRIE_EVAL_DIR", ROOT.parent / "shared/eval")) / part
    if not path.is_dir():
        raise unittest.SkipTest(f"no evaluation images at {path}: set EYRIE_EVAL_DIR")
    return path


def service_description(service):
    """AWS's service description in botocore's form, and whether it is a current one: else the one of the installed botocore, which may
    be years old."""
    folder = pathlib.Path(os.environ.get("EYRIE_AWS_MODELS_DIR", ROOT.parent / "shared/aws-models"))
    path = folder / f"{service}.json"
    if path.exists():
        return path, True
    try:
        import botocore
    except ImportError:
        raise unittest.SkipTest(f"no service description at {path} and no botocore") from None
    versions = sorted((pathlib.Path(botocore.__file__).parent / "data" / service).glob("*/service-2.json"))
    if not versions:
        raise unittest.SkipTest(f"botocore describes no service {service}")
    return versions[-1], False


def need_current_description(service):
    """Skips where there is only that of an old botocore, which does not know all that the service has."""
    if not service_description(service)[1]:
        raise unittest.SkipTest(f"no current service description of {service}: set EYRIE_AWS_MODELS_DIR")


def aws_cli():
    """Debian's aws CLI, or the first on PATH."""
    for path in ("/usr/bin/aws", shutil.which("aws")):
        if path and os.access(path, os.X_OK):
            return path
    raise unittest.SkipTest("no aws CLI: run scripts/setup --tests")


def node():
    path = shutil.which("node")
    modules = ROOT / "tests/node_modules/@aws-sdk"
    if not path or not modules.is_dir():
        raise unittest.SkipTest("no JavaScript SDK: run scripts/setup --tests")
    return path


@functools.cache
def boto3():
    try:
        import boto3 as module
    except ImportError:
        raise unittest.SkipTest("no boto3: run scripts/setup --tests") from None
    return module


def pillow():
    try:
        from PIL import Image
    except ImportError:
        raise unittest.SkipTest("no Pillow: run scripts/setup --tests") from None
    return Image
