"""Base images of container files: a name without a version, a digest that is dropped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from reviewbot.core.diff import split_lines
from reviewbot.core.findings import Finding, Rule, Severity, at
from reviewbot.core.text import clipped, visible
from reviewbot.ports import Reading

IMAGE = Rule(
    "manifests/image", Severity.LOW, "Base image without a version",
    "The next build starts from whatever the name points to by then.", 0.9,
)  # fmt: skip

_NAME = re.compile(r"(dockerfile|containerfile)(\..{1,100})?|.{1,200}\.(dockerfile|containerfile)")
_FROM = re.compile(r"\s*FROM\s+(?:--\S+\s+)?(\S+)(?:\s+AS\s+(\S+))?", re.IGNORECASE)


def check(reading: Reading) -> Iterator[Finding]:
    file = reading.file
    if file.new.text is None or not _NAME.fullmatch(PurePosixPath(file.path).name.lower()):
        return
    known = {image for _, image in _images(file.old.text or "")}
    digests = {image.partition("@")[0].partition(":")[0] for image in known if "@" in image}
    added = file.changed_numbers("new")
    for line, image in _images(file.new.text):
        if line not in added or image in known or "@" in image:
            continue
        known.add(image)
        name, _, tag = image.rpartition("/")[2].partition(":")
        repository = image.removesuffix(f":{tag}")
        if repository in digests:
            yield at(IMAGE, file, line, title=f"Digest of {clipped(visible(repository), 80)} dropped")
        elif tag in ("", "latest") and name != "scratch":
            yield at(IMAGE, file, line, title=f"{IMAGE.title}: {clipped(visible(image), 80)}")


def _images(text: str) -> Iterator[tuple[int, str]]:
    """The images by line; stages of the same file and what a variable names left out."""
    stages: set[str] = set()
    for number, row in enumerate(split_lines(text), 1):
        match = _FROM.match(row)
        if match is None:
            continue
        if "$" not in match[1] and match[1].lower() not in stages:
            yield number, match[1]
        if match[2]:
            stages.add(match[2].lower())
