"""AWS's own clients, pointed at an endpoint."""

import atexit
import functools
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

from . import paths

REGION = "us-east-1"


# Debian's botocore may be older than operations and members that are tested; these services' clients follow the current description.
DESCRIBED = {"kms", "rekognition", "sns"}


@functools.cache
def _session(service, described):
    """A session whose clients of the service know what the service description knows, and speak its protocol."""
    import botocore.session
    core = botocore.session.get_session()
    description, current = paths.service_description(service) if described else (None, False)
    if current:
        version = json.loads(description.read_text())["metadata"]["apiVersion"]
        folder = pathlib.Path(tempfile.mkdtemp(prefix="eyrie-botocore-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        (folder / service / version).mkdir(parents=True)
        (folder / service / version / "service-2.json").write_bytes(description.read_bytes())
        core.get_component("data_loader").search_paths.insert(0, str(folder))
    return paths.boto3().session.Session(botocore_session=core)


def boto_client(service, endpoint, key, secret, described=None, **config):
    """`described`: by the current description; by default of those services that need it."""
    paths.boto3()
    import botocore.config
    settings = {"retries": {"max_attempts": 1, "mode": "standard"}, "connect_timeout": 10, "read_timeout": 120}
    if service == "s3":
        settings["s3"] = {"addressing_style": "path"}
    settings.update(config)
    return _session(service, service in DESCRIBED if described is None else described).client(service, endpoint_url=endpoint, region_name=REGION, aws_access_key_id=key,
                                    aws_secret_access_key=secret, config=botocore.config.Config(**settings))


def environment(endpoint, key, secret):
    result = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    result.update(AWS_REGION=REGION, AWS_DEFAULT_REGION=REGION, AWS_ACCESS_KEY_ID=key, AWS_SECRET_ACCESS_KEY=secret,
                  AWS_CONFIG_FILE="/dev/null", AWS_SHARED_CREDENTIALS_FILE="/dev/null", AWS_EC2_METADATA_DISABLED="true",
                  AWS_PAGER="", AWS_MAX_ATTEMPTS="1", HOME=os.environ.get("HOME", "/"))
    if endpoint:
        result["AWS_ENDPOINT_URL"] = endpoint
    return result


def aws(environ, *arguments, check=True, cwd=None):
    """Runs Debian's aws CLI: the finished process. 2.9 reads no AWS_ENDPOINT_URL, so it is told."""
    command = [paths.aws_cli()]
    if environ.get("AWS_ENDPOINT_URL"):
        command += ["--endpoint-url", environ["AWS_ENDPOINT_URL"]]
    done = subprocess.run([*command, *map(str, arguments)], env=environ, capture_output=True, text=True, timeout=120, cwd=cwd)
    if check and done.returncode != 0:
        raise AssertionError(f"aws {' '.join(map(str, arguments))} ended with {done.returncode}: {done.stderr.strip()}")
    return done


def aws_json(environ, *arguments):
    text = aws(environ, *arguments, "--output", "json").stdout
    return json.loads(text) if text.strip() else None
