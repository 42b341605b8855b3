from __future__ import annotations

import pytest

from tests.checks.calls.rows import marked, said

OFF = [
    ("py", "«requests.get(url, verify=False)"),
    ("py", "requests.get(\n    url,\n    «verify=False,\n)"),
    ("py", "«httpx.AsyncClient(verify=False)"),
    ("py", "«session.verify = False"),
    ("py", "«context.verify_mode = ssl.CERT_NONE"),
    ("py", "«ssl._create_unverified_context()"),
    ("py", "«ssl._create_default_https_context = ssl._create_unverified_context"),
    ("py", "«aiohttp.TCPConnector(ssl=False)"),
    ("py", "«urllib3.PoolManager(cert_reqs='CERT_NONE')"),
    ("py", "«client.set_missing_host_key_policy(paramiko.AutoAddPolicy())"),
    ("js", "https.request({\n  «rejectUnauthorized: false,\n})"),
    ("js", "«process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'"),
    ("js", "«process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = 0"),
    ("ts", "const agent = new Agent({ «checkServerIdentity: () => undefined })"),
    ("tsx", "«agent.options.rejectUnauthorized = false"),
    ("go", "package a\nvar c = &tls.Config{\n\t«InsecureSkipVerify: true,\n}"),
    ("go", "package a\nfunc f() {\n\t«c.TLSClientConfig.InsecureSkipVerify = true\n}"),
    ("go", "package a\nvar c = ssh.ClientConfig{«HostKeyCallback: ssh.InsecureIgnoreHostKey()}"),
    ("java", "class A { void f() {\n«c.setSSLHostnameVerifier(NoopHostnameVerifier.INSTANCE);\n} }"),
    ("java", "class A { void f() {\n«c.setHostnameVerifier((host, session) -> true);\n} }"),
    ("java",
     "class A implements X509TrustManager {\n@Override\n"
     "«public void checkServerTrusted(X509Certificate[] c, String a) {}\n}"),
    ("java",
     "class A implements HostnameVerifier {\n"
     "«public boolean verify(String h, SSLSession s) { return true; }\n}"),
    ("rs",
     "fn f() {\n    reqwest::Client::builder()\n        «.danger_accept_invalid_certs(true)\n"
     "        .build();\n}"),
    ("rs", "fn f() {\n    «builder.set_verify(SslVerifyMode::NONE);\n}"),
    ("c", "void f(CURL *c) {\n«curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 0L);\n}"),
    ("cpp", "void f(CURL *c) {\n«curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 0);\n}"),
    ("cs", "class A { void F() {\n«handler.ServerCertificateCustomValidationCallback = (a, b, c, d) => true;\n} }"),
    ("cs",
     "class A { object h = new HttpClientHandler {\n"
     "«ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator\n"
     "}; }"),
    ("cs",
     "class A { void F() {\n"
     "«ServicePointManager.ServerCertificateValidationCallback += (a, b, c, d) => { return true; };\n} }"),
    ("rb", "«http.verify_mode = OpenSSL::SSL::VERIFY_NONE"),
    ("rb", "Net::HTTP.start(host, port,\n  «verify_mode: OpenSSL::SSL::VERIFY_NONE)"),
    ("rb", "«RestClient::Request.execute(verify_ssl: false)"),
    ("php", "<?php\n«curl_setopt($c, CURLOPT_SSL_VERIFYPEER, false);"),
    ("php", "<?php\n«$c = new Client(['verify' => false]);"),
    ("php", "<?php\n$c = stream_context_create(['ssl' => [\n  «'verify_peer' => false]]);"),
    ("php", "<?php\n«Http::withoutVerifying()->get($url);"),
]  # fmt: skip

ON = [
    ("py", "requests.get(url, verify=True)"),
    ("py", "requests.get(url, verify=bundle)"),
    ("py", "requests.get(url, verify=None)"),
    ("py", "serializer.load(text, verify=False)"),
    ("py", "verify = False"),
    ("py", "cert_reqs = ssl.CERT_NONE"),
    ("py", "def get(url, verify=False):\n    pass"),
    ("py", "context.verify_mode = ssl.CERT_REQUIRED"),
    ("js", "https.request({ rejectUnauthorized: true })"),
    ("js", "https.request({ rejectUnauthorized: strict })"),
    ("js", "process.env.NODE_TLS_REJECT_UNAUTHORIZED = '1'"),
    ("ts", "interface A { rejectUnauthorized: false }"),
    ("tsx", "new Agent({ checkServerIdentity: (host, cert) => check(host, cert) })"),
    ("go", "package a\nvar c = &tls.Config{InsecureSkipVerify: skip}"),
    ("go", "package a\nvar c = &tls.Config{\n\tInsecureSkipVerify: true,\n\tVerifyConnection: pinned,\n}"),
    ("java", "class A { void f() {\nc.setHostnameVerifier((host, session) -> host.equals(name));\n} }"),
    ("java",
     "class A {\n"
     "public void checkServerTrusted(X509Certificate[] c, String a) { inner.checkServerTrusted(c, a); }\n}"),
    ("java", "class A {\nvoid checkServerTrusted(String text) {}\n}"),
    ("java", "class A {\npublic boolean verify(String text) { return true; }\n}"),
    ("rs", "fn f() {\n    builder.danger_accept_invalid_certs(false);\n}"),
    ("c",
     "void f(CURL *c) {\ncurl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);\n"
     "curl_easy_setopt(c, CURLOPT_VERBOSE, 0L);\n}"),
    ("cs",
     "class A { void F() {\n"
     "h.ServerCertificateCustomValidationCallback = (a, b, c, d) => d == SslPolicyErrors.None;\n} }"),
    ("rb", "http.verify_mode = OpenSSL::SSL::VERIFY_PEER"),
    ("rb", "record.save(verify: false)"),
    ("php", "<?php\ncurl_setopt($c, CURLOPT_SSL_VERIFYPEER, true);"),
    ("php", "<?php\n$user->update(['verify' => false]);"),
]  # fmt: skip

UNVERIFIED = [
    ("py", "«jwt.decode(token, options={'verify_signature': False})"),
    ("py", "«jwt.decode(token, key, verify=False)"),
    ("py", "«jwt.decode(token, key, algorithms=['none'])"),
    ("js", "«jwt.verify(token, key, { algorithms: ['none'] })"),
    ("ts", "«jwt.verify(token, '', { algorithms: ['none'] })"),
    ("go", "package a\nfunc f() {\n\t«parser.ParseUnverified(token, claims)\n}"),
    ("go", "package a\nfunc f() {\n\tjwt.Parse(token, «jwt.WithVerify(false))\n}"),
    ("java", "class A { void f() {\n«Jwts.parser().parsePlaintextJwt(token);\n} }"),
    ("rs", "fn f() {\n    «validation.insecure_disable_signature_validation();\n}"),
    ("cs", "class A { object p = new TokenValidationParameters {\n«RequireSignedTokens = false\n}; }"),
    ("rb", "«JWT.decode(token, nil, false)"),
]  # fmt: skip

VERIFIED = [
    ("py", "jwt.decode(token, key, algorithms=['HS256'])"),
    ("py", "archive.decode(token, verify=False)"),
    ("py", "jwt.decode(token, key, options={'verify_exp': False})"),
    ("js", "jwt.verify(token, key, { algorithms: ['RS256'] })"),
    ("js", "jwt.decode(token)"),
    ("go", "package a\nfunc f() {\n\tparser.Parse(token, key)\n\tjwt.WithVerify(true)\n}"),
    ("java", "class A { void f() {\nJwts.parser().parseClaimsJws(token);\n} }"),
    ("rs", "fn f() {\n    decode::<Claims>(token, &key, &validation);\n}"),
    ("cs", "class A { object p = new TokenValidationParameters { RequireSignedTokens = true }; }"),
    ("rb", "JWT.decode(token, key, true)"),
]


@pytest.mark.parametrize(("suffix", "code"), OFF)
def test_verification_that_is_switched_off_is_found(suffix: str, code: str) -> None:
    assert said(suffix, code) == marked("calls/tls-off", code)


@pytest.mark.parametrize(("suffix", "code"), UNVERIFIED)
def test_a_token_read_unverified_is_found(suffix: str, code: str) -> None:
    assert said(suffix, code) == marked("calls/unverified-token", code)


@pytest.mark.parametrize(("suffix", "code"), ON + VERIFIED)
def test_verification_that_is_on_or_somebody_elses_is_left_alone(suffix: str, code: str) -> None:
    assert said(suffix, code) == []
