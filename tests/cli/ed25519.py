"""Ed25519 from its equations (RFC 8032), in integers: an opinion on signatures that shares no code with a library."""

from __future__ import annotations

import hashlib

_P = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
Point = tuple[int, int]


def _add(a: Point, b: Point) -> Point:
    product = _D * a[0] * b[0] * a[1] * b[1] % _P
    x = (a[0] * b[1] + b[0] * a[1]) * pow(1 + product, -1, _P)
    y = (a[1] * b[1] + a[0] * b[0]) * pow(1 - product, -1, _P)
    return x % _P, y % _P


def _times(point: Point, number: int) -> Point:
    found = (0, 1)
    while number:
        found = _add(found, point) if number & 1 else found
        point, number = _add(point, point), number >> 1
    return found


def _point(data: bytes) -> Point:
    y = int.from_bytes(data, "little") & ((1 << 255) - 1)
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * pow(2, (_P - 1) // 4, _P) % _P
    if (x * x - square) % _P:
        raise ValueError("not on the curve")
    return (_P - x if x & 1 != data[31] >> 7 else x), y


def _packed(point: Point) -> bytes:
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


_BASE = _point((4 * pow(5, -1, _P) % _P).to_bytes(32, "little"))


def _number(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little")


def sign(secret: bytes, message: bytes) -> bytes:
    half = hashlib.sha512(secret).digest()
    scalar = int.from_bytes(half[:32], "little") & ((1 << 254) - 8) | (1 << 254)
    public = _packed(_times(_BASE, scalar))
    nonce = _number(half[32:], message) % _ORDER
    commitment = _packed(_times(_BASE, nonce))
    answer = (nonce + _number(commitment, public, message) * scalar) % _ORDER
    return commitment + answer.to_bytes(32, "little")


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    commitment, answer = signature[:32], int.from_bytes(signature[32:], "little")
    right = _add(_point(commitment), _times(_point(public), _number(commitment, public, message) % _ORDER))
    return _times(_BASE, answer) == right
