"""AWS's own clients, pointed at an endpoint."""

import json
import os
import subprocess

from . import paths

REGION = "us-east-1"


def boto_client(service, endpoint, key, secret, **config):
    boto3 = paths.boto3()
    import botocore.config
    settings = {"retries": {"max_attempts": 1, "mode": "standard"}, "connect_timeout": 10, "read_timeout": 120}
    if service == "s3":
        settings["s3"] = {"addressing_style": "path"}
    settings.update(config)
    return boto3.client(service, endpoint_url=endpoint, region_name=REGION, aws_access_key_id=key,
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
