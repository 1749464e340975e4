"""Puts the native libraries the models need where the build finds them: deps/NAME/{include,lib}."""

import platform
import shutil

import cache
import npm


def library_path(name, file):
    return cache.deps_folder() / name / "lib" / file


def install(catalogue, name, say):
    """Installs a runtime of the catalogue. Raises npm.FetchError."""
    files = _for_this_machine(catalogue, name)
    folder = cache.deps_folder() / name
    if all(cache.is_whole(folder / f.to, f.bytes, f.sha256) for f in files):
        say(f"ready    {name}")
        return
    for package_name in {f.package for f in files}:
        package = catalogue.packages[package_name]
        npm.fetch_files(package, [f for f in files if f.package == package_name], say)
    with cache.scratch_folder(cache.deps_folder()) as scratch:
        finished = scratch / name
        for file in files:
            target = finished / file.to
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(npm.source_path(catalogue.packages[file.package], file.path), target)
        cache.replace_folder(finished, folder)
    # The copies are what is used and checked; keeping the sources too would double the disk space.
    for file in files:
        npm.source_path(catalogue.packages[file.package], file.path).unlink(missing_ok=True)
    say(f"installed {name} in {folder}")


def _for_this_machine(catalogue, name):
    machine = platform.machine()
    files = [f for f in catalogue.runtimes[name] if f.architecture in ("", machine)]
    if any(f.architecture for f in catalogue.runtimes[name]) and not any(f.architecture for f in files):
        raise npm.FetchError(f"there is no {name} for {machine} in the catalogue")
    return files
