from __future__ import annotations

import pytest

from tests.checks.calls.rows import marked, said

FOUND = [
    ("py", "«hashlib.md5(password.encode()).hexdigest()"),
    ("py", "«hashlib.new('sha1', user.password.encode())"),
    ("py", "«hashlib.sha256((salt + password).encode())"),
    ("js", "«crypto.createHash('sha256').update(password).digest('hex')"),
    ("ts", "«md5(user.password)"),
    ("tsx", "«CryptoJS.MD5(plainPassword)"),
    ("go", "package a\nfunc f(password string) {\n\t«sha256.Sum256([]byte(password))\n}"),
    ("java",
     'class A { void f(String password) {\n'
     '«MessageDigest.getInstance("MD5").digest(password.getBytes());\n} }'),
    ("java", "class A { void f(String password) {\n«DigestUtils.sha1Hex(password);\n} }"),
    ("rs", "fn f(password: &str) {\n    «Sha256::digest(password);\n}"),
    ("c", "void f(char *password) {\n«MD5((unsigned char *)password, n, out);\n}"),
    ("cpp", "void f(std::string password) {\n«SHA1(password.c_str(), n, out);\n}"),
    ("cs", "class A { void F(string password) {\n«SHA256.HashData(Encoding.UTF8.GetBytes(password));\n} }"),
    ("rb", "«Digest::MD5.hexdigest(params[:password])"),
    ("php", "<?php\n«md5($password);"),
    ("php", "<?php\n«hash('sha256', $_POST['password']);"),
]  # fmt: skip

LEFT = [
    ("py", "hashlib.md5(cache_key.encode()).hexdigest()"),
    ("py", "hashlib.md5(password.encode(), usedforsecurity=False)"),
    ("py", "hashlib.pbkdf2_hmac('sha256', password, salt, 600_000)"),
    ("py", "hashlib.sha256(password_reset_token.encode())"),
    ("py", "hashlib.md5(f'{user}:{realm}:{password}'.encode())"),
    ("py", "hashlib.sha256(password_hash)"),
    ("js", "crypto.createHash('md5').update(content)"),
    ("ts", "bcrypt.hash(password, 12)"),
    ("go", "package a\nfunc f(body []byte) {\n\tsha256.Sum256(body)\n}"),
    ("java", "class A { void f(String password) {\nencoder.digest(password);\n} }"),
    ("rs", "fn f(file: &str) {\n    Sha256::digest(file);\n}"),
    ("c", "void f(char *file) {\nMD5(file, n, out);\n}"),
    ("cs", "class A { void F(byte[] file) {\nSHA256.HashData(file);\n} }"),
    ("rb", "Digest::MD5.hexdigest(file)"),
    ("php", "<?php\npassword_hash($password, PASSWORD_DEFAULT);"),
    ("php", "<?php\nhash('sha256', 'password');"),
    ("php", "<?php\nhash('whirlpool', $password);"),
]  # fmt: skip


@pytest.mark.parametrize(("suffix", "code"), FOUND)
def test_a_password_in_a_fast_hash_is_found(suffix: str, code: str) -> None:
    assert said(suffix, code) == marked("calls/password-hash", code)


@pytest.mark.parametrize(("suffix", "code"), LEFT)
def test_other_data_and_hashes_made_for_passwords_are_left_alone(suffix: str, code: str) -> None:
    assert said(suffix, code) == []
