"""Programs that want at files and secrets outside. What counts is what is seen outside."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from subprocess import Popen

from tests.sandbox.cells import ROOT, TRY, Cell


def test_nothing_is_written_outside(cell: Cell) -> None:
    """By path, by link, by rename, by modes: home, temporary folders, the repository, the toolchain, the machine."""
    name = f"planted-{cell.mark}"
    kept = cell.outside / "kept"
    kept.write_text("as it was")
    kept.chmod(0o666)
    if os.geteuid() == 0:
        os.chown(kept, cell.user, cell.user)  # of whoever runs the program, who may change its modes and times
    places = [
        Path.home(), Path("/tmp"), Path("/var/tmp"), Path("/dev/shm"), ROOT, ROOT / "reviewbot",
        Path("/usr/lib/python3"), Path("/usr/local/bin"), Path("/etc"), Path("/run"), Path("/"), cell.outside,
        cell.folder, cell.package,
    ]  # fmt: skip
    before = kept.stat()
    cell.run(
        TRY
        + """
outside, name, *places = sys.argv[2:]
kept = outside + "/kept"
for place in places:
    attempt(lambda: open(f"{place}/{name}", "w").write("x"))
    attempt(os.mkdir, f"{place}/{name}-folder")
    attempt(os.symlink, "/etc/passwd", f"{place}/{name}-link")
attempt(lambda: open(kept, "w").write("x"))
attempt(lambda: open(kept, "a").write("x"))
attempt(os.truncate, kept, 0)
attempt(os.chmod, kept, 0o777)
attempt(os.utime, kept, (0, 0))
attempt(os.rename, kept, "writable/taken")
attempt(os.unlink, kept)
attempt(os.link, kept, "writable/hard")
attempt(lambda: open("writable/hard", "w").write("x"))
attempt(os.symlink, kept, "writable/soft")
attempt(lambda: open("writable/soft", "w").write("x"))
attempt(os.symlink, outside, "writable/folder")
attempt(lambda: open(f"writable/folder/{name}", "w").write("x"))
attempt(os.rename, "writable", "elsewhere")
attempt(lambda: open("writable/inside", "w").write("x"))
""",
        None, str(cell.outside), name, *map(str, places),
    )  # fmt: skip
    assert (cell.writable / "inside").read_text() == "x"
    found = [str(place) for place in places if any(place.glob(f"{name}*"))]
    assert found == []
    after = kept.stat()
    assert kept.read_text() == "as it was"
    assert (after.st_mode, after.st_mtime_ns, after.st_nlink) == (before.st_mode, before.st_mtime_ns, 1)


def test_no_secret_is_read(cell: Cell) -> None:
    """Files as they lie in a home, the environment of every process, what was open, through links of every kind."""
    secret = f"secret{cell.mark}"
    home = cell.outside / "home"
    files = [home / name for name in (".ssh/id_ed25519", ".aws/credentials", ".netrc", ".git-credentials", ".config/x")]
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(secret)
    with Popen(["sleep", "60"], env={"TOKEN": secret}) as neighbour:
        try:
            ended = cell.run(
                TRY
                + """
def show(path):
    print(open(path, "rb").read().replace(b"\\0", b" ").decode("utf-8", "replace"))
print(dict(os.environ))
for path in sys.argv[2:]:
    attempt(show, path)
    attempt(os.symlink, path, "writable/soft")
    attempt(show, "writable/soft")
    attempt(os.link, path, "writable/hard")
    attempt(show, "writable/hard")
    for link in ("soft", "hard"):
        attempt(os.unlink, f"writable/{link}")
    attempt(lambda: print(os.listdir(os.path.dirname(path))))
for number in range(100_000):
    for name in ("environ", "cmdline", "maps"):
        if os.path.exists(f"/proc/{number}/{name}"):
            attempt(show, f"/proc/{number}/{name}")
for number in range(3, 256):
    attempt(lambda: print(os.read(number, 1000)))
attempt(show, f"/proc/{os.getppid()}/environ")
attempt(lambda: print(os.listdir(f"/proc/{os.getppid()}/root/")))
print("through")
""",
                {"seconds": 20.0}, *map(str, files),
            )  # fmt: skip
        finally:
            neighbour.kill()
    assert ended.output.endswith("through\n")
    assert secret not in ended.output
    assert "id_ed25519'" not in ended.output.replace(f"{files[0]}'", "")


def test_what_is_shown_is_little(cell: Cell) -> None:
    """Homes, other folders of the machine and its devices are not to be read, whatever their modes."""
    (cell.outside / "shown").write_text("x")
    ended = cell.run(
        TRY
        + """
for path in ("/root", "/home", "/var", "/run", "/srv", "/mnt", "/sys/kernel", "/boot", sys.argv[2]):
    attempt(lambda: print("FOUND", path, os.listdir(path)))
for path in ("/etc/shadow", "/etc/ssh/sshd_config", "/dev/mem", "/dev/kmsg", "/dev/vda", "/dev/sda", "/proc/kcore"):
    attempt(lambda: print("FOUND", path, open(path, "rb").read(1)))
for path in ("/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/sys/kernel/uevent_helper"):
    attempt(lambda: print("FOUND", path, open(path, "r+b")))
print("through")
""",
        None, str(cell.outside),
    )  # fmt: skip
    assert ended.output.endswith("through\n")
    assert "FOUND" not in ended.output


def test_a_program_gets_the_environment_it_is_given(cell: Cell) -> None:
    ended = cell.run("import os; print(sorted(os.environ))")
    assert set(ended.output.strip("[]\n").replace("'", "").split(", ")) <= {"HOME", "LC_CTYPE", "PATH"}


def test_the_machine_is_as_it_was() -> None:
    """Nothing that a cell mounts is seen outside."""
    mounts = subprocess.run(["cat", "/proc/self/mounts"], capture_output=True, text=True).stdout
    assert "cells-" not in mounts
