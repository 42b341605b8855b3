"""An environment that has reviewbot, its locked packages and nothing else; made once a job, in the job's own folder."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
LIST = SOURCE / ".ci" / "requirements.txt"
#: What pip may be told by the job: where an index or a folder of wheels is, and whom TLS trusts. No secret of the job.
PIP_KEPT = frozenset({
    "PATH", "HOME", "LANG", "TMPDIR", "TZ", "LD_LIBRARY_PATH", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE",
    "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "PIP_INDEX_URL",
    "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_NO_INDEX", "PIP_CERT", "PIP_CLIENT_CERT", "PIP_TRUSTED_HOST",
    "PIP_PROXY", "PIP_DEFAULT_TIMEOUT", "PIP_RETRIES",
})  # fmt: skip


class RefusedError(Exception):
    """One line for whoever reads the log, and the exit code. No value of an input is in it."""

    def __init__(self, problem: str, code: int = 2) -> None:
        self.code = code
        super().__init__(problem)


def installed(temp: Path, workspace: Path, environ: Mapping[str, str]) -> Path:
    """The Python of an environment that has reviewbot and nothing else; one of this job is used again."""
    digest = hashlib.sha256("\0".join((str(SOURCE), sys.version, LIST.read_text())).encode()).hexdigest()
    folder = temp / f"reviewbot-python-{digest[:16]}"
    python, ready, began = folder / "bin" / "python", folder / "ready", time.monotonic()
    if ready.is_file():
        return python
    kept = {name: value for name, value in environ.items() if name in PIP_KEPT or name.startswith("LC_")}
    own = {**kept, "PATH": search_path(environ, workspace), "PIP_CONFIG_FILE": os.devnull, "PIP_NO_INPUT": "1",
           "PIP_DISABLE_PIP_VERSION_CHECK": "1"}  # fmt: skip
    install = [str(python), "-I", "-m", "pip", "--quiet", "install", "--no-compile"]
    steps = (
        ([sys.executable, "-I", "-m", "venv", "--clear", str(folder)],
         "no environment can be made: is Python's venv module (python3-venv) there?"),
        ([*install, "--only-binary=:all:", "--require-hashes", "-r", str(LIST)],
         "the locked packages cannot be installed: is an index reached? The job's PIP_INDEX_URL names another"),
        ([*install, "--no-index", "--no-deps", "--no-build-isolation", str(SOURCE)], "reviewbot cannot be installed"),
    )  # fmt: skip
    for step, problem in steps:
        if subprocess.run(step, cwd=temp, env=own, stdin=subprocess.DEVNULL, check=False).returncode:
            raise RefusedError(f"{problem}; nothing was reviewed", 3)
    ready.touch()
    print(f"reviewbot: installed in {time.monotonic() - began:.1f} s", flush=True)
    return python


def search_path(environ: Mapping[str, str], workspace: Path) -> str:
    """Where programs are looked for: nowhere in the checkout, and in no folder that depends on where one stands."""
    folders = [Path(one) for one in environ.get("PATH", os.defpath).split(os.pathsep)]
    return os.pathsep.join(str(one) for one in folders if one.is_absolute()
                           and not one.resolve().is_relative_to(workspace.resolve()))  # fmt: skip
