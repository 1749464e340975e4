"""One `eyrie serve` process on a data directory of its own, for a test's lifetime.

    with Server() as server:
        server.client("s3").list_buckets()

The directory is removed at the end unless EYRIE_KEEP_DATA is set. A server that does not come up, or that died while a test used it,
fails the test with the end of its output.
"""

import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import ssl
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

from . import paths

START_SECONDS = float(os.environ.get("EYRIE_START_SECONDS", "120"))
STOP_SECONDS = 60


class ServerFailed(AssertionError):
    pass


class Server:
    def __init__(self, config="", arguments=(), data=None, environment=None):
        """`config`: TOML text. `data`: a directory to use and leave; else one of its own."""
        self._own = data is None
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="eyrie-test-")) if self._own else pathlib.Path(data).parent
        self.data = self.directory / "data" if self._own else pathlib.Path(data)
        self._output = self.directory / "output.txt"
        self._arguments = list(arguments)
        if config:
            (self.directory / "eyrie.toml").write_text(config)
            self._arguments += ["--config", str(self.directory / "eyrie.toml")]
        self._environment = {**os.environ, **(environment or {})}
        self.process = None
        self.endpoint = None
        self.ready_seconds = None

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(self, *_):
        self.close()

    # --- life ---

    def spawn(self, listen="127.0.0.1:0"):
        """Starts the process and returns at once."""
        if self.process and self.process.poll() is None:
            raise ServerFailed("this server runs already")
        with open(self._output, "ab") as output:
            self.process = subprocess.Popen(
                [paths.binary(), "serve", "--data", self.data, "--listen", listen, *self._arguments],
                stdout=output, stderr=subprocess.STDOUT, env=self._environment)
        return self

    def start(self, listen="127.0.0.1:0"):
        """Starts the process and returns when it answers."""
        started = time.monotonic()
        self.spawn(listen)
        while True:
            if self.process.poll() is not None:
                raise ServerFailed(f"the server ended with {self.process.returncode} while starting\n{self.output_tail()}")
            if self.is_up():
                self.ready_seconds = time.monotonic() - started
                return self
            if time.monotonic() - started > START_SECONDS:
                raise ServerFailed(f"the server did not answer within {START_SECONDS:.0f} s\n{self.output_tail()}")
            time.sleep(0.02)

    def is_up(self):
        # server.json of a killed process may still lie there: it counts only with this process's id.
        try:
            running = json.loads((self.data / "server.json").read_text())
            if running["pid"] != self.process.pid:
                return False
            self.endpoint = running["endpoint"]
            return self.get("/_eyrie/health")[0] == 200
        except (OSError, ValueError, KeyError):
            return False

    def wait_for_models(self):
        """Until the start's loading is over: it takes memory that no test's subject takes."""
        def loaded():
            return all(state == "loaded" for state in json.loads(self.get("/_eyrie/health")[1])["models"].values())

        eventually(loaded, "models loaded")

    def kill(self):
        """kill -9."""
        if self.process and self.process.poll() is None:
            self.process.kill()
        if self.process:
            self.process.wait()

    def stop(self, timeout=STOP_SECONDS):
        """SIGTERM; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise ServerFailed(f"the server did not stop within {timeout} s of SIGTERM\n{self.output_tail()}") from None

    def close(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(15)
        self.kill()
        complaint = re.search(r"^.*(Sanitizer: |runtime error: )(.*\n){0,40}", self.output(), re.M)
        if self._own and not os.environ.get("EYRIE_KEEP_DATA"):
            shutil.rmtree(self.directory, ignore_errors=True)
        if complaint:
            raise ServerFailed(f"a sanitizer complains:\n{complaint.group()}")

    def assert_alive(self):
        if self.process.poll() is not None:
            raise ServerFailed(f"the server died with {self.process.returncode}\n{self.output_tail()}")
        status, body = self.get("/_eyrie/health")
        if status != 200:
            raise ServerFailed(f"health says {status}: {body[:500]}")

    # --- what it says ---

    def output(self):
        return self._output.read_text(errors="replace") if self._output.exists() else ""

    def output_tail(self):
        log = self.data / "eyrie.log"
        lines = log.read_text(errors="replace").splitlines()[-15:] if log.exists() else []
        return f"--- output\n{self.output()[-6000:]}\n--- log\n" + "\n".join(lines)

    def log_lines(self):
        """The log's whole lines: the last may be being written."""
        return (self.data / "eyrie.log").read_text().split("\n")[:-1]

    def resident_mib(self, what="VmRSS"):
        """VmRSS now, or VmHWM, the highest so far."""
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(what + ":"):
                return int(line.split()[1]) / 1024
        return float("nan")

    def get(self, path, timeout=30):
        """A plain, unsigned GET: status and text."""
        try:
            with urllib.request.urlopen(self.endpoint + path, timeout=timeout, context=self.trust()) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(errors="replace")

    # --- clients ---

    @property
    def address(self):
        url = urllib.parse.urlsplit(self.endpoint)
        return url.hostname, url.port

    def trust(self):
        """What clients of a server with its own certificate trust; None for plain HTTP."""
        if not self.endpoint.startswith("https:"):
            return None
        return ssl.create_default_context(cafile=self.authority())

    def authority(self):
        return json.loads((self.data / "server.json").read_text())["ca"]

    def key(self):
        content = json.loads((self.data / "root-key.json").read_text())
        return content["AccessKeyId"], content["SecretAccessKey"]

    def client(self, service, key=None, secret=None, **config):
        from . import clients
        access, own_secret = self.key()
        return clients.boto_client(service, self.endpoint, key or access, secret or own_secret, **config)

    def environment(self):
        """What `eval "$(eyrie env)"` sets, over this process's own environment."""
        from . import clients
        return clients.environment(self.endpoint, *self.key())


def run_eyrie(*arguments, timeout=300, **options):
    """Runs `eyrie ARGUMENTS`; the finished process with text output."""
    return subprocess.run([paths.binary(), *map(str, arguments)], capture_output=True, text=True, timeout=timeout,
                          **options)


def eventually(check, what, timeout=120, interval=0.05):
    """Polls until `check()` is true and returns it; its last value is part of the failure."""
    deadline = time.monotonic() + timeout
    while True:
        value = check()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {timeout} s; last seen: {value!r}")
        time.sleep(interval)
