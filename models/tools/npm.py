"""Takes single files out of npm packages, everything verified.

A package is fetched by `npm pack NAME@VERSION`: the tarball alone, no dependencies, no install
scripts, from whatever registry npm is configured with. Its SHA-512 (npm's own "integrity") must be
the catalogue's, and so must the size and SHA-256 of each file taken out of it.
"""

import base64
import hashlib
import os
import re
import subprocess
import tarfile
import time

import cache


class FetchError(RuntimeError):
    """What went wrong and what to do, for people."""


_SAY_EVERY_SECONDS = 10
_UNREACHABLE = re.compile(
    r"\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT"
    r"|UNABLE_TO_[A-Z_]+|CERT_[A-Z_]+|SELF_SIGNED_[A-Z_]+|E50\d)\b"
)


def source_path(package, path):
    """Where a package's file is kept once fetched."""
    folder = f"{package.name.replace('@', '').replace('/', '+')}-{package.version}"
    return cache.sources_folder() / folder / path


def fetch_files(package, files, say):
    """Makes sure that the files of the package are there; fetches it unless they are.

    `files` have path, bytes and sha256; `say` is called with lines of progress.
    """
    files = {f.path: f for f in files}.values()  # several models may be made of one file
    missing = [f for f in files if not cache.is_whole(source_path(package, f.path), f.bytes, f.sha256)]
    if not missing:
        return
    with cache.scratch_folder(cache.sources_folder()) as scratch:
        tarball = _pack(package, scratch, say)
        _check_integrity(package, tarball)
        _extract(package, tarball, missing, scratch)
        for file in missing:
            target = source_path(package, file.path)
            target.parent.mkdir(parents=True, exist_ok=True)
            (scratch / file.sha256).rename(target)


def _pack(package, folder, say):
    spec = f"{package.name}@{package.version}"
    say(f"fetching {spec} ({megabytes(package.bytes)})")
    command = ["npm", "pack", spec, "--ignore-scripts", "--loglevel=error", "--pack-destination", str(folder)]
    # npm reads the package.json of the folder it runs in; the scratch folder has none.
    environment = {**os.environ, "npm_config_update_notifier": "false"}
    started = time.monotonic()
    try:
        with subprocess.Popen(
            command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            error = _wait(process, started, say)
    except FileNotFoundError:
        raise FetchError("npm is not installed; scripts/setup installs it") from None
    if process.returncode != 0:
        raise FetchError(_explain(spec, error))
    tarballs = list(folder.glob("*.tgz"))
    if len(tarballs) != 1:
        raise FetchError(f"npm pack {spec} left {len(tarballs)} tarballs, not one")
    seconds = time.monotonic() - started
    say(f"fetched  {spec} ({megabytes(tarballs[0].stat().st_size)} in {seconds:.1f} s)")
    return tarballs[0]


def _wait(process, started, say):
    while True:
        try:
            return process.communicate(timeout=_SAY_EVERY_SECONDS)[1]
        except subprocess.TimeoutExpired:
            say(f"  still fetching after {time.monotonic() - started:.0f} s")
        except BaseException:
            process.kill()
            raise


def _explain(spec, error):
    code = _UNREACHABLE.search(error)
    if code:
        return (
            f"cannot fetch {spec}: the npm registry cannot be reached ({code[0]}).\n"
            "Check the network, and the registry and proxy npm is set to (npm config get registry), "
            "then run this again: what was fetched is kept."
        )
    if re.search(r"\bE404\b|\bETARGET\b", error):
        return f"cannot fetch {spec}: the registry npm is set to has no such package or version."
    if "ENOSPC" in error:
        return f"cannot fetch {spec}: the disk is full."
    lines = [line for line in error.splitlines() if line.strip()]
    return "\n".join([f"cannot fetch {spec}: npm failed and said:", *lines[-6:]])


def _check_integrity(package, tarball):
    digest = hashlib.sha512()
    with open(tarball, "rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    found = "sha512-" + base64.b64encode(digest.digest()).decode()
    if found != package.integrity:
        raise FetchError(
            f"{package.name}@{package.version} is not the package the catalogue names: checksum differs.\n"
            f"  expected {package.integrity}\n  found    {found}\n"
            "Nothing of it was used. Ask whoever runs your registry or proxy why it differs."
        )


def _extract(package, tarball, files, folder):
    """Writes each wanted file to folder/SHA-256."""
    wanted = {f.path: f for f in files}
    try:
        with tarfile.open(tarball, "r|gz") as archive:
            for member in archive:
                # npm tarballs hold everything in one top folder, by custom named "package".
                file = wanted.get(member.name.partition("/")[2])
                if file is not None and member.isfile():
                    _copy(package, archive.extractfile(member), file, folder / file.sha256)
                    del wanted[file.path]
                    if not wanted:
                        return
    except (tarfile.TarError, EOFError, OSError) as error:
        raise FetchError(f"cannot read {package.name}@{package.version}: {error}") from None
    raise FetchError(f"{package.name}@{package.version} has no file {', '.join(wanted)}")


def _copy(package, source, file, target):
    digest = hashlib.sha256()
    left = file.bytes + 1  # one more byte than expected is enough to know that it differs
    with open(target, "wb") as out:
        while left > 0 and (chunk := source.read(min(left, 1 << 20))):
            left -= len(chunk)
            digest.update(chunk)
            out.write(chunk)
    if left != 1 or digest.hexdigest() != file.sha256:
        raise FetchError(f"{file.path} of {package.name}@{package.version}: checksum differs from the catalogue's")


def megabytes(count):
    return f"{count / 1e6:.1f} MB"
