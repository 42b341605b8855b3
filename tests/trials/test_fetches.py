"""What builds say that would fetch something, word by word as they said it, and what they say of a fault in a test."""

from __future__ import annotations

import time

import pytest

from reviewbot.trials import fetches
from reviewbot.trials.toolchains import NAMES

SAID = {
    "maven, a plugin": ("junit5", "[ERROR] Plugin org.apache.maven.plugins:maven-compiler-plugin:99.9 or one of its "
                        "dependencies could not be resolved: Cannot access central (https://a.example/m2) in offline "
                        "mode and the artifact org.apache.maven.plugins:maven-compiler-plugin:jar:99.9 has not been "
                        "downloaded from it before. -> [Help 1]"),
    "maven, a range": ("junit5", "Cannot access central (https://repo.maven.apache.org/maven2) in offline mode and the "
                       "metadata org.foo:bar/maven-metadata.xml has not been downloaded from it before."),
    "gradle": ("junit5", "> No cached version of org.foo:bar:9 available for offline mode."),
    "cargo, a crate": ("cargotest", "error: no matching package named `of-nobody` found\nlocation searched: crates.io "
                       "index\nAs a reminder, you're using offline mode (--offline) which can sometimes cause"),
    "cargo, a repository": ("cargotest", "  can't checkout from 'https://a.example/x': you are in the offline mode "
                            "(--offline)"),
    "cargo, a download": ("cargotest", "  attempting to make an HTTP request, but --offline was specified"),
    "go": ("gotest", "a.go:2: cannot find module providing package a.example/x: module lookup disabled by GOPROXY=off"),
    "bundler": ("rspec", "Could not find gem 'x' in locally installed gems. (Bundler::GemNotFound)"),
    "bundler, a version": ("minitest", "Could not find rack-3.0.0 in locally installed gems\nRun `bundle install`"),
    "rubygems": ("minitest", "Could not find 'x' (>= 0) among 76 total gem(s) (Gem::MissingSpecError)"),
    "composer, by phpunit": ("phpunit", 'Cannot open file "/a/b/vendor/autoload.php".'),
    "composer, by a bootstrap": ("phpunit", "Failed opening required '/a/vendor/autoload.php' (include_path='.')"),
    "nuget": ("xunit", "error NETSDK1004: Assets file 'obj/project.assets.json' not found."),
}  # fmt: skip
FAULTS = {
    "junit5": "[ERROR] COMPILATION ERROR : \n[ERROR] /a/FooTest.java:[3,17] cannot find symbol",
    "cargotest": "error[E0425]: cannot find function `no` in crate `acme`",
    "gotest": "./x_test.go:3:2: undefined: Nothing",
    "rspec": "cannot load such file -- shop/rates", "minitest": "cannot load such file -- shop/rates",
    "phpunit": "Cannot open file \"./tests/vendor/ATest.php\".", "xunit": "error CS0103: The name 'A' does not exist",
}  # fmt: skip


@pytest.mark.parametrize("name", SAID)
def test_a_build_that_would_fetch_is_told(name: str) -> None:
    framework, said = SAID[name]
    assert fetches.is_absent(framework, f"before\n{said}\nafter\n")
    assert not fetches.is_absent("pytest", said)


@pytest.mark.parametrize("framework", NAMES)
def test_a_fault_of_the_test_is_none_of_it(framework: str) -> None:
    assert not fetches.is_absent(framework, FAULTS.get(framework, "Cannot find module './a'"))
    assert not fetches.is_absent(framework, "")


@pytest.mark.parametrize("framework", FAULTS)
@pytest.mark.parametrize(
    "text", [" in offline mode and the ", "Failed opening required '", 'Cannot open file "', "a" * 40]
)
def test_what_was_made_to_be_slow_is_read_in_time(framework: str, text: str) -> None:
    began = time.monotonic()
    assert not fetches.is_absent(framework, text * (2**20 // len(text)))
    assert time.monotonic() - began < 2
