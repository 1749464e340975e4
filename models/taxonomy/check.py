#!/usr/bin/env python3
"""Checks the label taxonomy and prints every fault found.

Usage: check.py [--taxonomy DIR] [--models DIR]

The models directory ($EYRIE_MODELS, else the user's cache) is optional: where a model is installed, its labels.txt
must agree with classes/<role>.tsv; where none is, the check says so and goes on.
Exit code: 0 without faults, 1 with faults.
"""

import argparse
import collections
import json
import os
import pathlib
import re
import sys

LABEL_COLUMNS = ["label", "parents", "aliases", "categories", "flags"]
CLASS_COLUMNS = ["index", "class", "label"]
# Named classes of each role's default model; plants and dishes have one background class more.
CLASS_COUNTS = {"detector": 80, "tagger": 1000, "plants": 2101, "dishes": 2023}
FLAGS = {"instances", "reserved"}
# The binary carries these files and parses them at every start.
MAX_BYTES = 1_500_000
# A few dish classes were published with a knowledge graph id, or with half a name, in place of a name.
NAMELESS_CLASS = re.compile(r'^(/[mg]/|")')

Label = collections.namedtuple("Label", LABEL_COLUMNS)
ClassRow = collections.namedtuple("ClassRow", ["index", "name", "label"])


class Taxonomy:
    """The parsed files, with the faults met while parsing them."""

    def __init__(self):
        self.labels = []
        self.classes = {}
        self.categories = []
        self.bytes = 0
        self.faults = []

    def by_name(self):
        return {label.label: label for label in self.labels}


def read_table(path, columns, faults):
    """Rows of a tab-separated file whose first line is '# ' and the column names."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        faults.append(f"{path.name}: cannot be read: {error}")
        return []
    lines = text.split("\n")
    if lines[0] != "# " + "\t".join(columns):
        faults.append(f"{path.name}:1: the header must be '# ' and the columns {columns}")
    if lines[-1] != "":
        faults.append(f"{path.name}: the last line has no line end")
    rows = []
    for number, line in enumerate(lines[1:], 2):
        if number == len(lines) and line == "":
            continue
        cells = line.split("\t")
        if len(cells) != len(columns):
            faults.append(f"{path.name}:{number}: {len(cells)} columns, not {len(columns)}")
        elif any(cell != cell.strip() for cell in cells):
            faults.append(f"{path.name}:{number}: a cell begins or ends with a blank")
        else:
            rows.append(cells)
    return rows


def split_list(cell):
    return cell.split(";") if cell else []


def load(directory):
    taxonomy = Taxonomy()
    directory = pathlib.Path(directory)
    for cells in read_table(directory / "labels.tsv", LABEL_COLUMNS, taxonomy.faults):
        taxonomy.labels.append(Label(cells[0], *[split_list(cell) for cell in cells[1:]]))
    for role in CLASS_COUNTS:
        path = directory / "classes" / f"{role}.tsv"
        rows = []
        for cells in read_table(path, CLASS_COLUMNS, taxonomy.faults):
            if cells[0].isdigit():
                rows.append(ClassRow(int(cells[0]), cells[1], cells[2]))
            else:
                taxonomy.faults.append(f"{role}: '{cells[0]}' is not an index")
        taxonomy.classes[role] = rows
    try:
        taxonomy.categories = (directory / "categories.txt").read_text(encoding="utf-8").splitlines()
    except OSError as error:
        taxonomy.faults.append(f"categories.txt: cannot be read: {error}")
    taxonomy.bytes = sum(p.stat().st_size for p in directory.rglob("*") if p.suffix in (".tsv", ".txt"))
    return taxonomy


def check_labels(taxonomy):
    known = taxonomy.by_name()
    faults = []
    seen = {}
    for label in taxonomy.labels:
        name = label.label
        if not name:
            faults.append("a label has no name")
        elif name.lower() in seen:
            faults.append(f"label '{name}' is there twice (also as '{seen[name.lower()]}')")
        seen[name.lower()] = name
        if len(label.categories) != 1:
            faults.append(f"label '{name}' has {len(label.categories)} categories, not one")
        for category in label.categories:
            if category not in taxonomy.categories:
                faults.append(f"label '{name}' has the unknown category '{category}'")
        for parent in label.parents:
            if parent not in known:
                faults.append(f"label '{name}' has the parent '{parent}', which is no label")
        for flag in label.flags:
            if flag not in FLAGS:
                faults.append(f"label '{name}' has the unknown flag '{flag}'")
        faults += check_lists(label)
    names = [label.label for label in taxonomy.labels]
    for before, after in zip(names, names[1:]):
        if (before.casefold(), before) > (after.casefold(), after):
            faults.append(f"labels.tsv is not sorted: '{after}' comes after '{before}'")
    return faults


def check_lists(label):
    """Faults inside one label's own lists: blanks, repetitions, aliases that say the name again."""
    faults = []
    for column in ("parents", "aliases", "categories", "flags"):
        entries = getattr(label, column)
        folded = [entry.lower() for entry in entries]
        if any(not entry or entry != entry.strip() for entry in entries):
            faults.append(f"label '{label.label}' has an empty or blank-padded entry in {column}")
        if len(set(folded)) != len(folded):
            faults.append(f"label '{label.label}' has an entry twice in {column}")
    if label.label.lower() in (alias.lower() for alias in label.aliases):
        faults.append(f"label '{label.label}' has its own name as an alias")
    return faults


def ancestors(name, known):
    """All ancestors of a label; the label itself is among them only when it lies on a cycle."""
    found = set()
    waiting = list(known[name].parents)
    while waiting:
        parent = waiting.pop()
        if parent not in found and parent in known:
            found.add(parent)
            waiting += known[parent].parents
    return found


def check_hierarchy(taxonomy):
    known = taxonomy.by_name()
    closure = {name: ancestors(name, known) for name in known}
    faults = [f"label '{name}' is its own ancestor" for name in known if name in closure[name]]
    for name, label in known.items():
        for parent in label.parents:
            if any(parent in closure[other] for other in label.parents if other in known and other != parent):
                faults.append(f"label '{name}' names '{parent}', already an ancestor of another of its parents")
    reached = {label.label for label in taxonomy.labels if "reserved" in label.flags}
    for rows in taxonomy.classes.values():
        reached |= {row.label for row in rows}
    for name in list(reached):
        reached |= closure.get(name, set())
    faults += [f"label '{name}' is of no class, no label's ancestor and not reserved"
               for name in known if name not in reached]
    return faults


def check_classes(taxonomy):
    known = taxonomy.by_name()
    faults = []
    for role, rows in taxonomy.classes.items():
        if len(rows) != CLASS_COUNTS[role]:
            faults.append(f"{role}: {len(rows)} classes, not {CLASS_COUNTS[role]}")
        indices = [row.index for row in rows]
        if indices != sorted(set(indices)):
            faults.append(f"{role}: the indices do not rise from line to line")
        for row in rows:
            label = known.get(row.label)
            if label is None:
                faults.append(f"{role}: class {row.index} '{row.name}' has '{row.label}', which is no label")
                continue
            kept = row.name.lower() == row.label.lower() or row.name in label.aliases
            if not kept and not NAMELESS_CLASS.match(row.name):
                faults.append(f"{role}: class '{row.name}' is neither the name nor an alias of '{row.label}'")
    boxed = {row.label for row in taxonomy.classes.get("detector", [])}
    for name, label in known.items():
        if ("instances" in label.flags) != (name in boxed):
            faults.append(f"label '{name}': the flag 'instances' must say whether the detector boxes it")
    return faults


def check_installed(taxonomy, models):
    """Compares with installed models. Returns (faults, notes)."""
    faults, notes = [], []
    seen = set()
    packs = sorted(pathlib.Path(models).glob("*/pack.json"))
    for path in packs:
        try:
            pack = json.loads(path.read_text(encoding="utf-8"))
            role, model, default = pack["role"], pack["id"], pack.get("set") == "default"
            if role not in taxonomy.classes:
                notes.append(f"{model}: the role '{role}' has no classes here")
                continue
            lines = (path.parent / "labels.txt").read_text(encoding="utf-8").splitlines()
        except (OSError, ValueError, KeyError) as error:
            faults.append(f"{path.parent.name}: the pack cannot be read: {error!r}")
            continue
        rows = taxonomy.classes[role]
        if default:
            seen.add(role)
            installed = {index: name for index, name in enumerate(lines) if name}
            here = {row.index: row.name for row in rows}
            for index, name in installed.items():
                if here.get(index) != name:
                    faults.append(f"{model}: class {index} '{name}' differs from classes/{role}.tsv")
            for row in rows:
                if row.index not in installed:
                    faults.append(f"{model}: has no class {row.index}, '{row.name}' in classes/{role}.tsv")
        else:
            names = {row.name for row in rows}
            faults += [f"{model}: class '{name}' is not in classes/{role}.tsv"
                       for name in lines if name and name not in names]
        notes.append(f"{model}: {sum(1 for name in lines if name)} classes compared")
    notes += [f"no default model for {role} is installed: names not compared"
              for role in taxonomy.classes if role not in seen]
    return faults, notes


def check(taxonomy):
    faults = list(taxonomy.faults)
    faults += check_labels(taxonomy) + check_hierarchy(taxonomy) + check_classes(taxonomy)
    if taxonomy.bytes > MAX_BYTES:
        faults.append(f"the files have {taxonomy.bytes} bytes, more than {MAX_BYTES}")
    return faults


def default_models():
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.environ.get("EYRIE_MODELS") or os.path.join(cache, "eyrie", "models")


def main():
    parser = argparse.ArgumentParser(description="Check the label taxonomy.")
    parser.add_argument("--taxonomy", default=pathlib.Path(__file__).parent)
    parser.add_argument("--models", default=default_models())
    options = parser.parse_args()
    taxonomy = load(options.taxonomy)
    faults = check(taxonomy)
    installed_faults, notes = check_installed(taxonomy, options.models)
    faults += installed_faults
    for note in notes:
        print(note)
    for fault in faults:
        print("FAULT", fault)
    mapped = sum(len(rows) for rows in taxonomy.classes.values())
    print(f"{len(taxonomy.labels)} labels, {mapped} classes, {taxonomy.bytes} bytes, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
