from __future__ import annotations

import pytest

from reviewbot.checks import calls
from reviewbot.core.findings import Severity
from tests.checks.calls.rows import marked, said
from tests.readings import reading

FOUND = [
    ("py", "«pickle.loads(data)"),
    ("py", "«marshal.load(file)"),
    ("py", "«yaml.load(text)"),
    ("py", "«yaml.load(text, Loader=yaml.Loader)"),
    ("py", "yaml.load(\n    text,\n    «yaml.FullLoader)"),
    ("py", "«yaml.unsafe_load(text)"),
    ("py", "«np.load(path, allow_pickle=True)"),
    ("py", "«torch.load(path, weights_only=False)"),
    ("js", "«serialize.unserialize(text)"),
    ("ts", "«nodeSerialize.unserialize(text)"),
    ("tsx", "«unserialize(text)"),
    ("java", "class A { void f(InputStream x) {\n«var in = new ObjectInputStream(x);\n} }"),
    ("java", "class A { void f() {\n«mapper.enableDefaultTyping();\n} }"),
    ("java", "class A { void f() {\n«xstream.fromXML(text);\n} }"),
    ("cs", "class A { void F() {\n«var f = new BinaryFormatter();\n} }"),
    ("cs", "class A { object s = new JsonSerializerSettings {\n«TypeNameHandling = TypeNameHandling.All\n}; }"),
    ("rb", "«Marshal.load(data)"),
    ("rb", "«YAML.unsafe_load(data)"),
    ("rb", "«Oj.load(data, mode: :object)"),
    ("php", "<?php\n«unserialize($data);"),
]  # fmt: skip

LEFT = [
    ("py", "yaml.load(text, Loader=yaml.SafeLoader)"),
    ("py", "yaml.load(text, Loader=CSafeLoader)"),
    ("py", "yaml.safe_load(text)"),
    ("py", "json.loads(data)"),
    ("py", "pickle.loads(pickle.dumps(value))"),
    ("py", "pickle.dumps(value)"),
    ("py", "def f(value):\n    data = pickle.dumps(value)\n    return pickle.loads(data)"),
    ("py", "np.load(path, allow_pickle=False)"),
    ("py", "model.load(path, allow_pickle=True)"),
    ("js", "yaml.load(text)"),
    ("ts", "JSON.parse(text)"),
    ("java", "class A { private void readObject(ObjectInputStream in) { in.defaultReadObject(); } }"),
    ("java", "class A extends ObjectInputStream { }"),
    ("cs", "class A { object s = new JsonSerializerSettings { TypeNameHandling = TypeNameHandling.None }; }"),
    ("rb", "Marshal.load(Marshal.dump(value))"),
    ("rb", "YAML.load(data)"),
    ("php", "<?php\nunserialize($data, ['allowed_classes' => false]);"),
    ("php", "<?php\n$codec->unserialize($data);"),
    ("php", "<?php\n$unserialize($data);"),
]  # fmt: skip


@pytest.mark.parametrize(("suffix", "code"), FOUND)
def test_objects_read_from_data_are_found(suffix: str, code: str) -> None:
    assert said(suffix, code) == marked("calls/deserialization", code)


@pytest.mark.parametrize(("suffix", "code"), LEFT)
def test_data_formats_and_deep_copies_are_left_alone(suffix: str, code: str) -> None:
    assert said(suffix, code) == []


@pytest.mark.parametrize(
    ("suffix", "own", "sent"),
    [
        ("py", "pickle.loads(cached)", "pickle.loads(request.data)"),
        ("rb", "Marshal.load(cached)", "Marshal.load(Base64.decode64(params[:user]))"),
        ("php", "<?php unserialize($cached);", "<?php unserialize($_COOKIE['user']);"),
    ],
)
def test_a_programs_own_state_is_worth_a_look_and_a_clients_data_more(suffix: str, own: str, sent: str) -> None:
    severities = [finding.severity for code in (own, sent) for finding in calls.check(reading(f"a.{suffix}", code))]
    assert severities == [Severity.LOW, Severity.MEDIUM]
