"""The fetched files a pack is made of, as bytes."""

import io
import zipfile
import zlib

import npm

_LARGEST_MEMBER = 256 << 20


class SourceError(ValueError):
    """A fetched file does not hold what the catalogue says it holds."""


def fetch(catalogue, models, say):
    """Makes sure that the files of the models are there. Raises npm.FetchError."""
    groups = {}
    for model in models:
        for file in model.files:
            groups.setdefault(catalogue.packages[file.package], []).append(file)
    for package, files in groups.items():
        npm.fetch_files(package, files, say)


def read(catalogue, model):
    """{path in its package: content} of a model's files, in the catalogue's order. Raises SourceError."""
    return {file.path: _content(catalogue, file) for file in model.files}


def model_bytes(catalogue, model):
    """The first of the files: the model itself."""
    return _content(catalogue, model.files[0])


def _content(catalogue, file):
    data = npm.source_path(catalogue.packages[file.package], file.path).read_bytes()
    return member(data, file.member) if file.member else data


def member(data, name, limit=_LARGEST_MEMBER):
    """One file out of a ZIP archive. Raises SourceError."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(name) as source:
            content = source.read(limit + 1)
    except (zipfile.BadZipFile, KeyError, OSError, NotImplementedError, RuntimeError, EOFError, zlib.error) as error:
        raise SourceError(f"no {name} in the archive: {error}") from None
    if len(content) > limit:
        raise SourceError(f"{name} is larger than {limit} bytes")
    return content
