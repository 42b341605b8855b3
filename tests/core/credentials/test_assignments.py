"""Values under telling names, in every spelling of an assignment, and the look-alikes of each."""

from __future__ import annotations

import pytest

from tests.core.credentials.samples import HEX, LETTERS, PASSWORD, TOKEN, WORD, drawn, hits, texts, uuid, values

LITERAL = [
    ("a.py", 'password = "{}"'), ("a.py", "self.api_key: str = '{}'"), ("a.py", 'connect(user="u", passwd="{}")'),
    ("a.py", 'config["db_password"] = "{}"'), ("a.py", "assert found['token'] == '{}'"),
    ("a.js", "const apiToken = `{}`;"),
    ("a.ts", "private readonly clientSecret: string = '{}';"), ("a.java", 'String dbPassword = "{}";'),
    ("a.go", 'token := "{}"'), ("a.go", 'var apiToken string = "{}"'), ("a.go", 'Config{{Password: "{}"}}'),
    ("a.rb", "config.secret_key_base = '{}'"), ("a.rb", ":password => '{}'"), ("a.php", "define('DB_PASSWORD', '{}');"),
    ("a.php", '$token .= "{}";'), ("a.cs", 'settings.Add("ApiKey", "{}");'), ("a.rs", 'let auth_token: &str = "{}";'),
    ("a.kt", 'val refreshToken = "{}"'), ("a.c", '#define WIFI_PASSWORD "{}"'), ("a.sql", "SET PASSWORD = '{}';"),
    ("a.json", '{{"clientSecret": "{}"}}'), ("a.json", '"{{\\"password\\": \\"{}\\"}}"'), ("a.yml", "db_password: {}"),
    ("a.yaml", "password: '{}'"), ("a.yml", "  - REDIS_PASSWORD={}"), ("a.yml", "- name: API_TOKEN\n  value: {}"),
    ("a.yaml", "api_token: |\n    {}"), (".env", "MAIL_PASSWORD={}"), (".env.production", "export API_TOKEN={} # prod"),
    ("a.ini", "password = {}"), ("a.properties", "spring.datasource.password={}"), ("a.toml", 'token = "{}"'),
    ("a.xml", "<password>{}</password>"), ("a.xml", '<add key="ApiToken" value="{}" />'),
    ("a.xml", '<property name="password">{}</property>'), ("a.xml", "<token>\n  {}\n</token>"),
    ("Dockerfile", "ENV DB_PASSWORD={}"), ("a.sh", "export TOKEN={}"), ("a.sh", "run --api-token {} --verbose"),
    ("a.sh", "run --password={}"), ("Makefile", "API_TOKEN ?= {}"), ("a.tf", 'master_password = "{}"'),
    ("a.cs", '"Server=db;User Id=sa;Password={};Encrypt=true"'), ("a.js", '"https://x.test/?api_key={}&page=2"'),
    ("a.md", "password: {}"), ("a.txt", "X-Api-Key: {}"), ("a.py", "# password = '{}'"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "line"), LITERAL, ids=[f"{path}: {line}" for path, line in LITERAL])
def test_a_value_is_found_whole_in_every_spelling(path: str, line: str) -> None:
    secret = PASSWORD if "pass" in line.lower() else TOKEN
    assert values(line.format(secret), path) == [secret]


@pytest.mark.parametrize(("path", "line"), LITERAL, ids=[f"{path}: {line}" for path, line in LITERAL])
@pytest.mark.parametrize("placeholder", [
    "changeme", "your-token-here", "<password>", "${DB_PASSWORD}", "xxxxxxxx", "%(password)s", "REPLACE_ME", "None",
    "{{ vault_password }}", "$PASSWORD", "********", "example", "12345678", "abcd1234abcd1234abcd1234",
])  # fmt: skip
def test_a_placeholder_in_its_place_is_none(path: str, line: str, placeholder: str) -> None:
    assert values(line.replace("{}", placeholder).replace("{{", "{").replace("}}", "}"), path) == []


@pytest.mark.parametrize(("path", "line"), [
    ("a.py", "password = get_password()"), ("a.py", "password = os.environ['DB_PASSWORD']"),
    ("a.py", "token=request.token,"),
    ("a.py", "token = token_urlsafe(32)"), ("a.py", "def login(user: str, password: str) -> None:"),
    ("a.py", 'password = input("Password: ")'), ("a.py", 'log("password: " + password + " is wrong")'),
    ("a.py", "from auth import Session as session"), ("a.js", "const { token, secret } = props;"),
    ("a.js", "password: Joi.string().required(),"), ("a.ts", "password?: string;"),
    ("a.java", "this.password = password;"),
    ("a.go", "Password: cfg.Database.Password,"), ("a.yml", "password: ${{ secrets.DB_PASSWORD }}"),
    ("a.yml", "password: !vault |"), ("a.yml", "secretName: database-credentials"), ("a.env", "TOKEN=$(cat token)"),
    ("a.tf", "password = var.database_password"), ("a.tf", "password = random_password.master.result"),
    ("a.json", f'"integrity": "sha512-{drawn(86)}=="'), ("a.json", f'"commit": "{drawn(40, HEX)}"'),
    ("a.json", f'"password_hash_algorithm": "{drawn(20)}"'), ("a.json", f'"publicKey": "{TOKEN}"'),
    ("a.json", f'"nextPageToken": "{TOKEN}"'), ("a.json", f'"tokenizer": "{TOKEN}"'),
    ("a.json", f'"author": "{TOKEN}"'),
    ("a.py", f'KEY_ID = "{uuid()}"'), ("a.py", 'SECRET_NAME = "prod/db"'),
    ("a.md", "Keep the password secret at all times."),
    ("a.html", '<input type="password" name="password" placeholder="Password">'), ("a.py", "PASSWORD_FIELD = 'passwd'"),
    ("a.py", "if keyboard == 'qwertz1234567':"), ("locales/de.json", '"password": "Kennwort"'),
], ids=range(33))  # fmt: skip
def test_references_types_and_harmless_names_are_none(path: str, line: str) -> None:
    assert values(line, path) == []


def test_a_named_value_in_a_lock_file_is_none() -> None:
    assert values(f'token = "{TOKEN}"\n', "Cargo.lock") == []
    assert values(f'token = "{TOKEN}"\n', "Cargo.toml") == [TOKEN]


def test_a_word_as_a_password_is_the_least_sure() -> None:
    (word,), (letters,), (drawn_,) = (hits(f"password = '{value}'", "a.py") for value in (WORD, LETTERS, PASSWORD))
    assert word.confidence < letters.confidence < drawn_.confidence


def test_a_word_under_any_other_name_is_none() -> None:
    assert values(f"token = '{WORD}'", "a.py") == []


def test_an_unquoted_value_in_code_is_an_expression_unless_it_stands_in_a_string() -> None:
    assert values(f"password = {LETTERS}", "a.py") == []
    assert values(f"url = 'password={LETTERS}'", "a.py") == [LETTERS]


def test_the_quote_that_ends_the_string_around_a_name_begins_no_value() -> None:
    assert values('url = "https://x.test/?password="+wanted+"&page=2"', "a.py") == []
    assert values(f"text = \"the password '{PASSWORD}' is old\"", "a.py") == [PASSWORD]


def test_a_value_keeps_its_escapes_its_unicode_and_its_signs() -> None:
    secret = "Pß" + '7!x\\"kq#Z' + "é9"
    assert values(f'password = "{secret}"', "a.py") == [secret]


@pytest.mark.parametrize("sign", "$@&*%")
def test_a_sign_of_references_begins_passwords_too(sign: str) -> None:
    secret = sign + "3" + "qK!" + "x7" + "zp"
    assert values(f'password = "{secret}"', "a.py") == [secret]
    assert values(f"password: {sign}database_password", "a.yml") == []


def test_a_name_that_begins_a_line_after_a_random_value_is_still_seen() -> None:
    first, second = drawn(30) + "pw", drawn(30, seed="second")
    assert values(f"secret: '{first}',\ntoken: '{second}',", "a.js") == [first, second]


def test_the_kind_is_that_of_the_name_and_says_nothing_of_the_value() -> None:
    lines = (f"{name} = '{TOKEN}'" for name in ("password", "api_token", "client_secret", "access_key"))
    assert [texts(line, "a.py")[0][0] for line in lines] == ["password", "token", "secret", "key"]


def test_base64_of_a_login_under_auth_is_sure() -> None:
    import base64

    login = base64.b64encode(f"user:{PASSWORD}".encode()).decode()
    (hit,) = hits(f'{{"auths": {{"x.test": {{"auth": "{login}"}}}}}}', "config.json")
    assert hit.confidence >= 0.9
