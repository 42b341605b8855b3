import sys, shutil
from pathlib import Path
from dataclasses import replace
import pytest
from reviewbot.core.drafts import Scaffold, Stages
from reviewbot.core.labels import Label
from reviewbot.git import opened
from reviewbot.sandbox.containment import contained
from reviewbot.sandbox.limits import MIB, Limits
from reviewbot.trials.stages import Aim, Terms, tried
from reviewbot.tasks.scaffold import planning
from tests.repositories import Work
from tests.trials.toolchains.javascript import MODULES, Tree, filled
from tests.trials.toolchains.test_javascript import SCENES, clamped

@pytest.mark.parametrize("name", ["vitest-typescript-beside","jest-typescript-babel","mocha-typescript-tsx","node-commonjs","node-typescript-tsx","jest-native-modules"])
def test_stages(name, tmp_path):
    sc = SCENES[name]
    work = Work.at(tmp_path/"w")
    commit = work.commit("base", **{**sc.files, sc.path: sc.text})
    (work.path/"node_modules").symlink_to(MODULES) if len(sys.argv)<0 else shutil.copytree(MODULES, work.path/"node_modules", symlinks=True)
    tree = Tree(tmp_path/"t", {**sc.files, sc.path: sc.text})
    s = tree.suite(sc.path)
    c = contained(); print(c)
    terms = Terms(c, f"{Path(shutil.which('node')).parent}:/usr/local/bin:/usr/bin:/bin", Path.home(), work.path, seconds=240.0, limits=Limits(seconds=100.0, memory=1536*MIB, processes=64, file=8*MIB, disk=256*MIB))
    out=[]
    for suite in (s, filled(s, clamped)):
        sca = Scaffold(suite.path, suite.target.id, suite.target.language, suite.framework, planning.rendered(suite), Stages(True), Label.PUBLIC)
        with opened(work.path) as repo:
            f = tried(sca, Aim(suite.target.language, sc.path, suite.target.lines), repo, commit, terms)
        out.append((f.stages, f.notices))
    print(name, out)
    assert out[1][0] == Stages(True,True,True,True), out
