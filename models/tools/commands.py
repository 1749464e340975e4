"""The commands of scripts/models."""

import argparse
import sys

import cache
import catalogue as catalogue_file
import install
import npm
import pack
import portraits
import runtime
import sources

OK, FAILED, LICENCE_NOT_ACCEPTED = 0, 1, 3


def main(arguments, catalogue_path=catalogue_file.PATH):
    options = _parser().parse_args(arguments)
    try:
        return options.run(catalogue_file.load(catalogue_path), options)
    except (catalogue_file.CatalogueError, npm.FetchError, sources.SourceError, pack.PackError, portraits.PortraitError) as error:
        print(f"models: {error}", file=sys.stderr)
    except OSError as error:
        print(f"models: {error.strerror}: {error.filename}", file=sys.stderr)
    except KeyboardInterrupt:
        print("models: stopped; what was finished is kept", file=sys.stderr)
    return FAILED


def _parser():
    parser = argparse.ArgumentParser(prog="models", description="Fetches, converts and checks Eyrie's models.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    fetch = commands.add_parser("fetch", help="fetch and convert a set of models")
    fetch.add_argument("ids", nargs="*", metavar="ID", help="these models alone, instead of a set")
    fetch.add_argument("--set", choices=catalogue_file.SETS, default="default")
    fetch.add_argument("--all", action="store_true", help="also the set's models that are not used by themselves")
    fetch.add_argument("--accept-licence", action="store_true", help="accept the licence notice of the set")
    fetch.set_defaults(run=_fetch)

    runtimes = commands.add_parser("runtime", help="install ONNX Runtime for the build")
    runtimes.set_defaults(run=_runtime)

    people = commands.add_parser("portraits", help="fetch the portraits of the built-in gallery of celebrities")
    people.set_defaults(run=_portraits)

    listing = commands.add_parser("list", help="list the catalogue and what is installed")
    listing.set_defaults(run=_list)

    verify = commands.add_parser("verify", help="check every installed pack against its checksum")
    verify.set_defaults(run=_verify)

    parity = commands.add_parser("parity", help="compare converted models with the original runtime")
    parity.add_argument("--images", metavar="DIR", help="folder of photos to compare on")
    parity.add_argument("--most", metavar="NUMBER", type=int, default=12, help="at most so many of them (12)")
    parity.set_defaults(run=_parity)
    return parser


def _say(line):
    print(line, flush=True)


def _fetch(catalogue, options):
    models = catalogue.by_id(options.ids) if options.ids else catalogue.model_set(options.set, options.all)
    if not all(install.is_installed(m) for m in models) and not _licence_accepted(models, options):
        return LICENCE_NOT_ACCEPTED
    with cache.lock():
        install.install(catalogue, models, _say)
    what = f"{len(models)} models are" if options.ids else f"the {options.set} set is"
    _say(f"models: {what} in {cache.models_folder()}")
    return OK


def _licence_accepted(models, options):
    restricted = [m for m in models if not m.permissive]
    if not restricted:
        return True
    names = ", ".join(m.id for m in restricted)
    licences = ", ".join(sorted({m.licence for m in restricted}))
    print(
        f"NOTICE: the weights of {names} are under {licences}, whatever the npm packages that carry them\n"
        "say. AGPL-3.0 asks whoever offers a modified program that uses them over a network to offer its\n"
        "source as well. Eyrie itself and its default models are Apache-2.0 and do not need these.",
        flush=True,
    )
    if options.accept_licence:
        return True
    if sys.stdin.isatty() and input("Fetch them? [y/N] ").strip().lower() in ("y", "yes"):
        return True
    print("models: not fetched. Give --accept-licence to accept.", file=sys.stderr)
    return False


def _runtime(catalogue, _options):
    with cache.lock():
        runtime.install(catalogue, "onnxruntime", _say)
    return OK


def _portraits(catalogue, _options):
    with cache.lock():
        for collection in portraits.load():
            portraits.install(catalogue, collection, _say)
    return OK


def _list(catalogue, _options):
    packs = install.installed_packs()
    known = {m.id: m for m in catalogue.models}
    rows = [("MODEL", "SET", "RANK", "ROLE", "SIZE", "LICENCE", "INSTALLED", "TITLE")]
    for model in catalogue.models:
        content = packs.get(model.id)
        size = npm.megabytes(content.get("bytes", 0) if content else model.bytes)
        state = "no" if content is None else "yes" if install.is_installed(model) else "older"
        rank = str(model.rank)
        rows.append((model.id, model.set, rank, model.role, size, model.licence, state, model.title))
    for name, content in packs.items():
        if name not in known:
            text = [str(content.get(key, "?")) for key in ("set", "rank", "role", "bytes", "licence", "title")]
            rows.append((name, *text[:5], "own", text[5]))
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        _say("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
    return OK


def _verify(_catalogue, _options):
    packs = install.installed_packs()
    problems = [line for name, content in packs.items() for line in install.damaged_files(name, content)]
    for line in problems:
        print(f"models: {line}", file=sys.stderr)
    _say(f"{len(packs)} packs in {cache.models_folder()}, {len(problems)} problems")
    return FAILED if problems else OK


def _parity(catalogue, options):
    import parity  # numpy and both runtimes are needed for this command alone

    return OK if parity.run(catalogue, options.images, options.most, _say) else FAILED
