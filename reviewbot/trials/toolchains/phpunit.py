"""PHPUnit: the copy's own, else the machine's; with an autoloader of ours where composer has not written one."""

from __future__ import annotations

import re

from reviewbot.tasks.scaffold.frameworks import composing
from reviewbot.trials.commands import Command, Ground, MissingToolError

_LISTED = re.compile(r"^ - \S+::test", re.MULTILINE)
#: "OK, but incomplete, skipped, or risky tests!" has another exit code where a configuration says so.
_PASSED = re.compile(r"^OK( \(|, but)", re.MULTILINE)
_OPTIONS = ("--colors=never", "--do-not-cache-result", "--no-coverage")
#: What composer.json says of namespaces and files; class maps only composer itself can make.
_AUTOLOAD = r"""<?php
$root = getcwd();
$text = is_file("$root/composer.json") ? file_get_contents("$root/composer.json") : '';
$read = json_decode($text, true) ?: [];
$folders = [];
$files = [];
foreach (['autoload', 'autoload-dev'] as $section) {
    foreach ($read[$section]['psr-4'] ?? [] as $prefix => $paths) {
        foreach ((array) $paths as $path) {
            $folders[] = [$prefix, rtrim("$root/$path", '/')];
        }
    }
    $files = array_merge($files, $read[$section]['files'] ?? []);
}
spl_autoload_register(function (string $class) use ($folders): void {
    foreach ($folders as [$prefix, $folder]) {
        $file = $folder . '/' . str_replace('\\', '/', substr($class, strlen($prefix))) . '.php';
        if (strncmp($class, $prefix, strlen($prefix)) === 0 && is_file($file)) {
            require_once $file;
            return;
        }
    }
});
foreach ($files as $file) {
    require_once "$root/$file";
}
"""


def collecting(ground: Ground, path: str) -> Command:
    return _command(ground, path, "--list-tests")


def running(ground: Ground, path: str) -> Command:
    return _command(ground, path)


def collected(code: int, output: str) -> bool:
    return code == 0 and _LISTED.search(output) is not None


def passed(code: int, output: str) -> bool:
    return code in (0, 1) and _PASSED.search(output) is not None


def _command(ground: Ground, path: str, *options: str) -> Command:
    top = composing.top(path, ground.paths)
    folder = ground.root / top
    php = ground.which("php")
    if php is None:
        raise MissingToolError("php")
    own = folder / "vendor/bin/phpunit"
    program = str(own) if own.is_file() else ground.which("phpunit")
    if program is None:
        raise MissingToolError("phpunit")
    line = (php, program, *_OPTIONS, *options, *_bootstrap(ground, top), f"./{path.removeprefix(top)}")
    return Command(line, {}, top.rstrip("/"))


def _bootstrap(ground: Ground, top: str) -> tuple[str, ...]:
    """None of ours where the configuration can name one that is there."""
    if (ground.root / top / "vendor/autoload.php").is_file():
        configured = any(f"{top}{name}" in ground.paths for name in ("phpunit.xml", "phpunit.xml.dist"))
        return () if configured else ("--bootstrap", "vendor/autoload.php")
    if f"{top}composer.json" not in ground.paths:
        return ()
    ground.scratch.mkdir(parents=True, exist_ok=True)
    written = ground.scratch / "autoload.php"
    written.write_text(_AUTOLOAD, "utf-8")
    return ("--bootstrap", str(written))
