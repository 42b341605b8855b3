"""Connections whose other side is not checked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from reviewbot.checks.calls.options import Option, Row, accepts_all, is_off, is_on, met, reads
from reviewbot.checks.calls.rules import TLS
from reviewbot.core.expressions import NAME, Call
from reviewbot.core.sightings import Sighting
from reviewbot.core.strings import truth
from reviewbot.core.symbols import Touched, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

_HOST = "SSH host key is not checked"
#: Clients by the names that code gives them: `verify=False` means other things elsewhere.
_CLIENT = re.compile(
    r"(?i)(^|\.)_?(requests|httpx|http\w*|\w*session|\w*client|sess|s|faraday|guzzle)\.(get|post|put|patch|delete|head|options|"
    r"request|send|stream|new)$|(^|[._])(async_?)?client$|^(requests\.)?session$|guzzlehttp\.client$|^(Faraday|HTTParty)\."
)

_OPTIONS = {
    "python": (
        Row(TLS, re.compile(r"^verify$"), is_off, _CLIENT),
        Row(TLS, re.compile(r"(^|\.)_?(\w*session|sess|s|\w*client|http)\.verify$"), is_off),
        Row(TLS, re.compile(r"(^|\.)verify_mode$"), reads(r"(^|\.)CERT_NONE$")),
        Row(TLS, re.compile(r"^cert_reqs$"), reads(r"CERT_NONE['\"]?$")),
        Row(TLS, re.compile(r"^(verify_ssl|ssl_verify|verify_certs|ssl_verify_peer)$"), is_off),
        Row(TLS, re.compile(r"^disable_ssl_certificate_validation$"), is_on),
        Row(TLS, re.compile(r"^ssl$"), reads("^False$"),
            re.compile(r"(?i)(^|\.)(\w*session|client|aiohttp)\.(get|post|put|patch|delete|head|options|request|ws_connect)$|TCPConnector$")),
        Row(TLS, re.compile(r"_create_default_https_context$"), reads(r"_create_unverified_context$")),
    ),
    "javascript": (
        Row(TLS, re.compile(r"(^|\.)rejectUnauthorized$"), is_off),
        Row(TLS, re.compile(r"(^|\.)strictSSL$"), is_off),
        Row(TLS, re.compile(r"(^|\.)NODE_TLS_REJECT_UNAUTHORIZED$"), reads(r"^['\"`]?0['\"`]?$")),
        Row(TLS, re.compile(r"(^|\.)checkServerIdentity$"), accepts_all),
    ),
    "go": (
        Row(TLS, re.compile(r"(^|\.)InsecureSkipVerify$"), is_on),
    ),
    "csharp": (
        Row(TLS, re.compile(r"(^|\.)\w*Certificate(Custom)?ValidationCallback$"), accepts_all),
        Row(TLS, re.compile(r"(^|\.)\w*CertificateCustomValidationCallback$"),
            reads("DangerousAcceptAnyServerCertificateValidator$")),
    ),
    "ruby": (
        Row(TLS, re.compile(r"(^|\.)verify_mode$"), reads(r"VERIFY_NONE$")),
        Row(TLS, re.compile(r"(^|\.)(ssl_verify|verify_ssl|ssl_verify_peer|verify_peer)$"), is_off),
        Row(TLS, re.compile(r"(^|\.)verify$"), is_off, _CLIENT),
    ),
    "php": (
        Row(TLS, re.compile(r"^(verify_peer|verify_peer_name|CURLOPT_SSL_VERIFYPEER|CURLOPT_SSL_VERIFYHOST)$"), is_off),
        Row(TLS, re.compile(r"^verify$"), is_off,
            re.compile(r"(?i)(^|\.)(client|guzzle\w*|http\w*|withoptions)(\.\w+)?$")),
    ),
}  # fmt: skip

#: Calls that turn it off by their name, or by an argument: its place and what it must be.
_CALLS: dict[str, tuple[tuple[re.Pattern[str], int, re.Pattern[str], str], ...]] = {
    "python": (
        (re.compile(r"(^|\.)_create_unverified_context$"), -1, re.compile(""), ""),
        (re.compile(r"\.set_missing_host_key_policy$"), 0, re.compile(r"(AutoAdd|Warning)Policy"), _HOST),
    ),
    "go": ((re.compile(r"\.InsecureIgnoreHostKey$"), -1, re.compile(""), _HOST),),
    "java": (
        (re.compile(r"(?i)(set|with)?(Default|SSL)?HostnameVerifier$"), 0,
         re.compile(r"NoopHostnameVerifier|AllowAllHostnameVerifier|ALLOW_ALL_HOSTNAME|->true$"), ""),
        (re.compile(r"(^|\.)loadTrustMaterial$"), 0, re.compile(r"TrustAll|->true$"), ""),
        (re.compile(r"(^|\.)loadTrustMaterial$"), 1, re.compile(r"TrustAll|->true$"), ""),
        (re.compile(r"(^|\.)trustManager$"), 0, re.compile(r"InsecureTrustManagerFactory"), ""),
    ),
    "rust": (
        (re.compile(r"\.danger_accept_invalid_(certs|hostnames)$"), 0, re.compile("^true$"), ""),
        (re.compile(r"\.set_verify$"), 0, re.compile(r"Verify\w*::NONE$"), ""),
        (re.compile(r"\.dangerous\(\)\.(set_certificate_verifier|with_custom_certificate_verifier)$"), 0,
         re.compile(r"(?i)no\w*verif|skip|danger|accept|insecure"), ""),
    ),
    "php": (
        (re.compile(r"(^|\.)withoutVerifying$"), -1, re.compile(""), ""),
    ),
    "csharp": ((re.compile(r"RemoteCertificateValidationCallback$"), 0, re.compile(r"=>true$"), ""),),
}  # fmt: skip
#: `curl_setopt(handle, option, value)` in C and PHP.
_CURL = re.compile(r"^(curl_easy_setopt|curl_setopt)$")
_CURL_OPTION = re.compile(r"^CURLOPT_(SSL|PROXY_SSL)_VERIFY(PEER|HOST)$")


def look(call: Call, language: str) -> Iterator[Sighting]:
    for name, index, argument, title in _CALLS.get(language, ()):
        if name.search(call.name) and (index < 0 or _is(call.argument(index), argument)):
            yield Sighting(TLS, (call.place,), call.last, title=title)
            return
    if _CURL.search(call.name) and len(call.arguments) == 3:
        option, value = text_of(call.arguments[1], NAME), text_of(call.arguments[2], NAME).upper()
        if _CURL_OPTION.search(option) and (value in ("0", "0L", "0UL") or truth(call.arguments[2]) is False):
            yield Sighting(TLS, (call.arguments[1],), option)


def _is(node: Node | None, pattern: re.Pattern[str]) -> bool:
    return node is not None and pattern.search("".join(text_of(node, NAME).split())) is not None


#: What may stand beside `InsecureSkipVerify: true` and does the checking itself.
_OWN_CHECK = re.compile(r"\bVerify(PeerCertificate|Connection)\s*:")


def option(found: Option, language: str, touched: Touched) -> Iterator[Sighting]:
    for sighting in met(found, _OPTIONS.get(language, ()), touched):
        above = touched.parent(found.node)
        if language != "go" or above is None or not _OWN_CHECK.search(text_of(above, 4000)):
            yield sighting


#: Java: the check of a certificate, or of a host's name, that is empty or says yes.
_EMPTY = re.compile(r"^\{\s*(//[^\n]*\n\s*)*\}$")
_TRUE = re.compile(r"^\{\s*return\s+true\s*;\s*\}$")


def method(node: Node) -> Iterator[Sighting]:
    """`checkServerTrusted(…) {}`, `verify(String, SSLSession) { return true; }`."""
    name, body = text_of(node.child_by_field_name("name"), NAME), text_of(node.child_by_field_name("body"), 400)
    takes = text_of(node.child_by_field_name("parameters"), 400)
    trusts = name == "checkServerTrusted" and "X509Certificate" in takes and _EMPTY.search(body)
    agrees = name == "verify" and "SSLSession" in takes and _TRUE.search(body)
    if trusts or agrees:
        yield Sighting(TLS, (node.child_by_field_name("name") or node, node.child_by_field_name("body") or node), name)
