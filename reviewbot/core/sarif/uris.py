"""Where SARIF locations are: URIs and their bases to paths, never to anything that could be opened."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from reviewbot.core.sarif.document import ArtifactLocation, Location, Result, Run

_MAX_URI = 4096
_MAX_DEPTH = 100
#: Bases of bases; a log may name itself in a circle.
_MAX_BASES = 10
#: A letter alone before the colon is a drive.
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{1,30}):")
_DRIVE = re.compile(r"[A-Za-z]:/")


def path(run: Run, location: Location) -> str | None:
    """The path of a location, absolute where its root is not the checkout's; None where it is no file."""
    physical = location.physical_location
    artifact = physical.artifact_location if physical else None
    uri = _resolved(run, artifact) if artifact else ""
    return _local(uri) if uri else None


def others(run: Run, result: Result) -> Iterator[str]:
    """The paths of all that a result points to beside its first location."""
    flows = (flow for code in result.code_flows or () for flow in code.thread_flows or ())
    steps = (step.location for flow in flows for step in flow.locations or () if step.location)
    for location in (*(result.locations or ())[1:], *(result.related_locations or ()), *steps):
        found = path(run, location)
        if found is not None:
            yield found


def _resolved(run: Run, artifact: ArtifactLocation) -> str:
    """A URI below its bases. A base without a URI is the root of the checkout, whatever its name."""
    artifacts, index = run.artifacts or [], artifact.index
    if not artifact.uri and index is not None and 0 <= index < len(artifacts):
        artifact = artifacts[index].location or artifact
    uri, base = artifact.uri or "", artifact.uri_base_id
    for _ in range(_MAX_BASES):
        above = (run.original_uri_base_ids or {}).get(base or "")
        if above is None or len(uri) > _MAX_URI or _SCHEME.match(uri):
            break
        uri = f"{above.uri.rstrip('/')}/{uri}" if above.uri else uri
        base = above.uri_base_id
    return uri if len(uri) <= _MAX_URI else ""


def _local(uri: str) -> str | None:
    """The path of a `file:` URI or of a reference, its dots resolved; None for other schemes and above the root."""
    scheme = _SCHEME.match(uri)
    if scheme and scheme[1].lower() != "file":
        return None
    given = uri[scheme.end() :] if scheme else uri
    if scheme and given.startswith("//"):
        given = "/" + given[2:].partition("/")[2]
    # No URI has a backslash: who writes one means a folder. A name with one has it encoded.
    given = unquote(given.replace("\\", "/"), errors="surrogateescape")
    parts: list[str] = []
    for part in given.split("/"):
        if part == ".." and not parts:
            return None
        if part == "..":
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    absolute = given.startswith("/") or _DRIVE.match(given) is not None
    return ("/" if absolute else "") + "/".join(parts) if 0 < len(parts) <= _MAX_DEPTH else None
