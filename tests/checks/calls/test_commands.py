from __future__ import annotations

import pytest

from reviewbot.checks import calls
from reviewbot.core.findings import Severity
from tests.checks.calls.rows import marked, said
from tests.readings import reading

SHELL = [
    ("py", "import os\n«os.system(f'rm {path}')"),
    ("py", "«os.popen('ls ' + path)"),
    ("py", "«subprocess.getoutput('ls %s' % path)"),
    ("py", "«subprocess.run('ls {}'.format(path), shell=True)"),
    ("py", "def f(path):\n    line = f'ls {path}'\n    «subprocess.call(line, shell=True)"),
    ("py", "«subprocess.run(line, shell=True)"),
    ("py", "«subprocess.run(['sh', '-c', f'ls {path}'])"),
    ("py", "def f(path=None):\n    if not path:\n        path = '.'\n    «os.system(f'ls {path}')"),
    ("py", "async def f(x):\n    «await asyncio.create_subprocess_shell(f'ls {x}')"),
    ("py", "def f(x):\n    line = 'ls'\n    line += ' ' + x\n    «os.system(line)"),
    ("js", "«execSync('npm add ' + names.join(' '))"),
    ("py", "«os.system('rm ' + ' '.join(paths))"),
    ("js", "«exec(`git show ${tag}`)"),
    ("js", "«child_process.execSync('ls ' + path)"),
    ("js", "«spawn('ls ' + path, { shell: true })"),
    ("js", "«spawn('sh', ['-c', `ls ${path}`])"),
    ("js", "const line = `ls ${path}`\nnew Promise((done) => {\n  «exec(line, done)\n})"),
    ("ts", "«cp.exec(`git show ${tag}`)"),
    ("tsx", "«execSync(`git show ${tag}`)"),
    ("go", 'package a\nfunc f(x string) {\n\t«exec.Command("sh", "-c", "ls "+x)\n}'),
    ("go", 'package a\nfunc f(x string) {\n\t«exec.CommandContext(ctx, "bash", "-c", fmt.Sprintf("ls %s", x))\n}'),
    ("java", 'class A { void f(String x) {\n«Runtime.getRuntime().exec("ls " + x);\n} }'),
    ("java", 'class A { void f(String x) {\n«rt.exec(new String[] {"sh", "-c", "ls " + x});\n} }'),
    ("rb", "«system('sh', '-c', \"ls #{path}\")"),
    ("java", 'class A { void f(String x) {\n«new ProcessBuilder("sh", "-c", "ls " + x).start();\n} }'),
    ("rs", 'fn f(x: &str) {\n    Command::new("sh").arg("-c")\n        «.arg(format!("ls {}", x));\n}'),
    ("rs", 'fn f(x: &str) {\n    «Command::new("sh").arg("-c").arg(format!("ls {x}"));\n}'),
    ("cc", 'void f(std::string x) {\n«popen(("ls " + x).c_str(), "r");\n}'),
    ("cpp", 'void f(std::string x) {\n«std::system(("ls " + x).c_str());\n}'),
    ("cs", 'class A { void F(string x) {\n«Process.Start("cmd.exe", "/c dir " + x);\n} }'),
    ("rb", "«system(\"ls #{path}\")"),
    ("rb", "«`ls #{path}`"),
    ("rb", "«Open3.capture2(\"ls #{path}\")"),
    ("php", "<?php\n«exec('ls ' . $path);"),
    ("php", "<?php\n«shell_exec(\"ls $path\");"),
    ("php", "<?php\n«$a = `ls $path`;"),
]  # fmt: skip

NO_SHELL = [
    ("py", "os.system('ls -l')"),
    ("py", "os.system(f'ls {shlex.quote(path)}')"),
    ("py", "os.system(f'{sys.executable} -m build {ROOT}')"),
    ("py", "os.system(f'kill {int(pid)}')"),
    ("py", "subprocess.run(['ls', path], shell=False)"),
    ("py", "subprocess.run(f'ls {path}')"),
    ("py", "subprocess.run(['sh', f'{name}.sh', '-c'])"),
    ("py", "subprocess.run(COMMAND, shell=True)"),
    ("py", "subprocess.run('ls | wc', shell=True)"),
    ("py", "def f(fast):\n    flag = '-a' if fast else '-b'\n    os.system(f'ls {flag}')"),
    ("js", "const match = regex.exec(`a${x}`)"),
    ("js", "/a/.exec(text + x)"),
    ("js", "db.exec(`PRAGMA ${x}`)"),
    ("js", "Model.find(`${x}`).exec(`a${x}`)"),
    ("js", "execSync('npm add ' + PACKAGES.join(' '))"),
    ("js", "const NODE = process.env.node || find()\nexecSync(`${NODE} -v`)"),
    ("js", "exec(`ls -l`)"),
    ("js", "exec(`yarn get ${all ? 'a' : 'b'}`)"),
    ("js", "spawn('ls', [`a${x}`])"),
    ("js", "$.exec(`a ${x}`)"),
    ("ts", "const path = 'a'\nexecSync(`ls ${path}`)"),
    ("go", 'package a\nfunc f(x string) {\n\texec.Command("ls", "a"+x)\n}'),
    ("java", 'class A { void f(String x) {\nnew ProcessBuilder("ls", "a" + x).start();\nexecutor.exec("a" + x);\n} }'),
    ("rs", 'fn f(x: &str) {\n    Command::new("ls").arg(format!("a{}", x));\n}'),
    ("c", 'void f() {\nsystem("ls " "-l");\n}'),
    ("cpp", "void f() {\nthis->system(a + b);\n}"),
    ("cs", 'class A { void F(string x) {\nProcess.Start("notepad.exe", "/c " + x);\n} }'),
    ("rb", "system('ls', \"a#{path}\")"),
    ("rb", "system(\"#{folder}/ls\", '-l')"),
    ("rb", "`ls #{Shellwords.escape(path)}`"),
    ("rb", "`kill #{Process.pid}`"),
    ("php", "<?php\n$pdo->exec('ls ' . $path);"),
    ("php", "<?php\nexec('ls ' . escapeshellarg($path));"),
    ("php", "<?php\n$exec('ls ' . $path);"),
]  # fmt: skip

EVAL = [
    ("py", "«eval(text)"),
    ("py", "«exec(compile(text, 'x', 'exec'), {})"),
    ("js", "«eval(text)"),
    ("ts", "«new Function('a', body)"),
    ("tsx", "«window.eval('a' + b)"),
    ("rb", "«eval(text)"),
    ("php", "<?php\n«eval($code);"),
    ("java", 'class A { void f(String x) {\n«engine.eval("1 + " + x);\n} }'),
    ("cs", 'class A { void F(string x) {\n«CSharpScript.EvaluateAsync("1 + " + x);\n} }'),
]

NO_EVAL = [
    ("py", "eval('1 + 1')"),
    ("py", "model.eval()"),
    ("py", "frame.eval(text)"),
    ("py", "ast.literal_eval(text)"),
    ("js", "new Function('return this')()"),
    ("js", "redis.eval(script, 1)"),
    ("ts", "page.$eval(selector, f)"),
    ("rb", "redis.eval(text)"),
    ("php", "<?php\n$twig->eval($code);"),
    ("php", "<?php\neval(var_export($value, true) . ';');"),
    ("java", 'class A { void f(String x) {\nengine.eval("1 + 1"); tree.eval(x);\n} }'),
    ("go", "package a\nfunc f(x string) {\n\teval(x)\n}"),
]


@pytest.mark.parametrize(("suffix", "code"), SHELL)
def test_a_command_line_built_from_a_value_is_found(suffix: str, code: str) -> None:
    assert said(suffix, code) == marked("calls/shell", code)


@pytest.mark.parametrize(("suffix", "code"), EVAL)
def test_code_run_from_a_value_is_found(suffix: str, code: str) -> None:
    assert said(suffix, code) == marked("calls/eval", code)


@pytest.mark.parametrize(("suffix", "code"), NO_SHELL + NO_EVAL)
def test_constants_quoted_values_and_namesakes_are_left_alone(suffix: str, code: str) -> None:
    assert said(suffix, code) == []


def test_a_line_from_a_variable_is_only_worth_a_look() -> None:
    (finding,) = calls.check(reading("a.py", "subprocess.run(line, shell=True)\n"))
    assert finding.severity is Severity.LOW


def test_what_runs_on_a_developers_machine_is_only_worth_a_look() -> None:
    code = "os.system(f'rm {path}')\n"
    severities = {path: [f.severity for f in calls.check(reading(path, code))] for path in ("src/a.py", "scripts/a.py")}
    assert severities == {"src/a.py": [Severity.HIGH], "scripts/a.py": [Severity.LOW]}
