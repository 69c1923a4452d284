"""How a good answer of the CRM is spoilt: one function per way, each given a random number generator of its own.

What comes out is what goes over the wire, so that status line, headers, packing and chunks can be wrong as well.
"""

import copy
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

WRONG_VALUES: list[Any] = [
    None, True, False, 0, -1, 7, 1.5, 1e308, 10**18, -(10**19), 10**40, "", "x", "<script>alert(1)</script>",
    "javascript:alert(1)", "../users", "\u202eevil\u2066", "\x00", "9" * 400, "1" * 19, "W" * 20_000, [], [[]], [None],
    ["x", 7, None, {}], {}, {"id": 7}, {"id": None, "name": []}, {"id": "1", "name": "x", "api_name": "Leads"},
]  # fmt: skip
STATUSES = [
    100, 199, 200, 201, 202, 203, 204, 205, 206, 207, 226, 300, 301, 302, 303, 304, 307, 308, 400, 401, 402,
    403, 404, 405, 408, 409, 410, 413, 415, 418, 422, 423, 429, 451, 499, 500, 501, 502, 503, 504, 507, 520, 599, 999,
]  # fmt: skip
CODES = [
    "INVALID_TOKEN", "AUTHENTICATION_FAILURE", "OAUTH_SCOPE_MISMATCH", "NO_PERMISSION", "INVALID_MODULE",
    "INVALID_DATA", "TOO_MANY_REQUESTS", "INTERNAL_ERROR", "RECORD_LOCKED", "<b>", "", "x" * 5000, 7, None, [], {},
]  # fmt: skip
HTML = b"<!doctype html><html><head><title>Proxy</title></head><body><h1>502 Bad Gateway</h1></body></html>"


@dataclass(slots=True)
class Wire:
    """What the server does with one request: sends `pieces` with `pause_s` between them, then closes or not."""

    pieces: list[bytes]
    pause_s: float = 0.0
    closes: bool = False
    resets: bool = False


@dataclass(slots=True)
class Head:
    """Status line and headers; `length` None leaves Content-Length out."""

    status: str = "200 OK"
    headers: list[bytes] = field(default_factory=list)
    length: int | bytes | None = -1  # -1: the right one

    def wire(self, body: bytes, closes: bool = False) -> Wire:
        lines = [f"HTTP/1.1 {self.status}".encode("latin-1"), b"Content-Type: application/json", *self.headers]
        length = len(body) if self.length == -1 else self.length
        if length is not None:
            lines.append(b"Content-Length: " + (length if isinstance(length, bytes) else str(length).encode()))
        return Wire([b"\r\n".join(lines) + b"\r\n\r\n" + body], closes=closes)


Spoil = Callable[[Random, bytes], Wire]
WAYS: dict[str, tuple[int, Spoil]] = {}
"""Each way by name with its weight: how often it is taken among all of them."""


def way(weight: int) -> Callable[[Spoil], Spoil]:
    def add(spoil: Spoil) -> Spoil:
        WAYS[spoil.__name__] = (weight, spoil)
        return spoil

    return add


def lots(seed: int, case: int, nth: int) -> Random:
    """What decides over the nth request of a case: the same for the same numbers."""
    return Random(f"{seed}:{case}:{nth}")


def way_of(random: Random) -> str:
    """The way that these lots choose, by weight; their first draw."""
    names = list(WAYS)
    return random.choices(names, [WAYS[one][0] for one in names])[0]


def spoilt(random: Random, body: bytes) -> Wire:
    """A good body, spoilt in the way that the lots choose."""
    return WAYS[way_of(random)][1](random, body)


def mark(case: int) -> str:
    """The number of a case as a token carries it."""
    return f"-case{case}end"


# what JSON says


def _places(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [here] if here else []
    for key, one in inner:
        found += _places(one, (*here, key))
    return found


def _wrong(random: Random) -> Any:
    return copy.deepcopy(random.choice(WRONG_VALUES))


def _dumped(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


@way(40)
def wrong_values(random: Random, body: bytes) -> Wire:
    """Values of another kind at one to six places, keys gone or doubled."""
    value = json.loads(body)
    for _ in range(random.randint(1, 6)):
        places = _places(value)
        if not places:
            break
        *way_there, last = random.choice(places)
        inside = value
        for step in way_there:
            inside = inside[step]
        doing = random.random()
        if doing < 0.15:
            del inside[last]
        elif doing < 0.25 and isinstance(inside, list):
            inside.extend([inside[last]] * random.randint(1, 50))
        else:
            inside[last] = _wrong(random)
    return Head().wire(_dumped(value))


@way(8)
def wrong_everywhere(random: Random, body: bytes) -> Wire:
    """Every value under one key name replaced, wherever it stands."""
    value = json.loads(body)
    keys = sorted({place[-1] for place in _places(value) if isinstance(place[-1], str)})
    if keys:
        _replace(value, random.choice(keys), _wrong(random))
    return Head().wire(_dumped(value))


def _replace(value: Any, name: str, wrong: Any) -> None:
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        if key == name:
            value[key] = copy.deepcopy(wrong)
        else:
            _replace(inner, name, wrong)


@way(4)
def other_root(random: Random, body: bytes) -> Wire:
    roots = [b"[" + body + b"]", b"null", b"true", b"42", b'"fine"', b"{}", b"[]", b"", b" ", b"{", b"}", b"nul"]
    return Head().wire(random.choice(roots))


@way(4)
def deep(random: Random, body: bytes) -> Wire:
    levels = random.choice([60, 64, 65, 200, 1100, 20_000, 100_000])
    opening, closing = random.choice([(b"[", b"]"), (b'{"a":', b"}")])
    inside = opening * levels + b"1" + closing * (levels if random.random() < 0.8 else levels - 1)
    return Head().wire(_with_member(body, b'"deep":' + inside))


@way(5)
def odd_numbers(random: Random, body: bytes) -> Wire:
    number = random.choice(
        [b"9" * 5000, b"-" + b"1" * 400, b"1e999", b"NaN", b"-Infinity", b"01", b"1.", b"0x10", b"--1"]
    )
    place = random.choice([b'"id":', b'"count":', b'"sequence_number":'])
    return Head().wire(_with_member(body, place + number))


@way(5)
def odd_texts(random: Random, body: bytes) -> Wire:
    text = random.choice(
        [rb'"a\u0000b"', rb'"\ud800"', rb'"\udc00\ud800"', rb'"\u202e\u2066"', b'"a\nb"', b'"\xff\xfe"', b'"M\xfcller"',
         rb'"\x"', rb'"\u12"', b'"\xed\xa0\x80"', b'"' + b"W" * 1_000_000 + b'"', rb'"' + rb"\u0000" * 3000 + b'"']
    )  # fmt: skip
    key = random.choice([b'"name":', b'"label":', b'"display_label":', b'"api_name":', b'"id":'])
    everywhere = body.replace(b'"name":', b'"name":' + text + b',"x":') if random.random() < 0.3 else body
    return Head().wire(_with_member(everywhere, key + text))


@way(3)
def double_keys(random: Random, body: bytes) -> Wire:
    member = random.choice([b'"status":"error","code":"X"', b'"data":null', b'"modules":{}', b'"":""', b'"info":[]'])
    return Head().wire(_with_member(body, member + b"," + member))


@way(4)
def encodings(random: Random, body: bytes) -> Wire:
    made: bytes = random.choice(
        [b"\xef\xbb\xbf" + body, body.decode("utf-8", "replace").encode("utf-16"), _with_member(body, b'"a":"\xe4"'),
         body.decode("utf-8", "replace").encode("utf-32"), body.replace(b'"', b"'"), b"\x00" + body, body + b"\x00"]
    )  # fmt: skip
    return Head(headers=[b"Content-Type: text/html; charset=koi8-r"] if random.random() < 0.3 else []).wire(made)


@way(8)
def cut_or_flipped(random: Random, body: bytes) -> Wire:
    if random.random() < 0.5:
        return Head().wire(body[: random.randrange(len(body) + 1)])
    changed = bytearray(body)
    for _ in range(random.randint(1, 20)):
        if changed:
            changed[random.randrange(len(changed))] = random.randrange(256)
    return Head().wire(bytes(changed))


@way(3)
def pages_without_end(random: Random, body: bytes) -> Wire:
    info = {"more_records": True, "page": random.choice([1, "x", -1]), "count": random.choice([0, 10**12, None])}
    info["next_page_token"] = random.choice(["t", "", 7, None])
    try:
        value = json.loads(body)
    except ValueError:
        value = {}
    return Head().wire(_dumped(value | {"info": info} if isinstance(value, dict) else {"info": info}))


@way(2)
def oversize(random: Random, body: bytes) -> Wire:
    padded = _with_member(body, b'"padding":"' + b"x" * (11 * 1024 * 1024) + b'"') if random.random() < 0.05 else body
    return Head(length=random.choice([-1, None]) if padded is not body else 10**12).wire(padded, closes=True)


def _with_member(body: bytes, member: bytes) -> bytes:
    rest = body.lstrip()[1:]
    return b"{" + member + (b"" if rest.lstrip().startswith(b"}") or not rest else b",") + (rest or b"}")


# what the head says


@way(12)
def any_status(random: Random, body: bytes) -> Wire:
    error = {"code": random.choice(CODES), "details": random.choice(WRONG_VALUES), "message": "x", "status": "error"}
    bodies = [body, b"", HTML, _dumped(error), _dumped({"data": [error]}), _dumped([error]), body[: len(body) // 2]]
    head = Head(f"{random.choice(STATUSES)} {random.choice(['', 'x', 'OK', 'ä' * 50])}")
    if random.random() < 0.3:
        head.headers.append(
            b"Retry-After: " + random.choice([b"0", b"-5", b"soon", b"9" * 40, b"1.5", b"Fri, 99 Foo 1"])
        )
    return head.wire(random.choice(bodies), closes=random.random() < 0.1)


@way(6)
def odd_heads(random: Random, body: bytes) -> Wire:
    odd = random.choice(
        [b"X: " + b"y" * 70_000, b"no colon here", b"X: \x00", b": empty", b"X : space", b" folded", b"\xff\xfe: \xff",
         b"Content-Encoding: br", b"Content-Encoding: gzip, gzip", b"Content-Encoding: deflate", b"Set-Cookie: a=b",
         b"Connection: keep-alive, close", b"Upgrade: h2c", b"X-API-CREDITS-REMAINING: " + b"9" * 5000,
         b"X-ACCESSTOKEN-RESET: never", b"Content-Type: \xe4", b"Location: https://evil.test/", b"Trailer: X"]
    )  # fmt: skip
    many = [b"X-%d: y" % n for n in range(random.choice([0, 0, 0, 99, 3000]))]
    return Head(headers=[odd, *many]).wire(body)


@way(5)
def lying_length(random: Random, body: bytes) -> Wire:
    near: list[int | bytes | None] = [len(body) + 1, len(body) * 3, max(0, len(body) - 5), 0, None]
    odd = [b"-1", b"ten", b"+5", b"1e3", b"0x10", b"5, 5", b"5\r\nContent-Length: 9", b"9" * 30]
    return Head(length=random.choice([*near, *odd])).wire(body, closes=True)


@way(3)
def no_http(random: Random, body: bytes) -> Wire:
    said = random.choice(
        [b"", b"\r\n\r\n", b"\x16\x03\x01\x00\xa5", b"HTTP/0.9 200\r\n\r\n" + body, b"HTTP/1.1\r\n\r\n",
         b"HTTP/9.9 200 OK\r\n\r\n", b"HTTP/1.1 two hundred OK\r\n\r\n",
         b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"ICY 200 OK\r\n\r\n", body, HTML,
         b"HTTP/1.1 200 " + b"x" * 70_000 + b"\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n" * 500,
         b"HTTP/1.1 -5 x\r\n\r\n",
         bytes(random.randrange(256) for _ in range(random.randrange(400)))]
    )  # fmt: skip
    return Wire([said], closes=True, resets=random.random() < 0.3)


# how it is packed


@way(8)
def packed(random: Random, body: bytes) -> Wire:
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    whole = packer.compress(body) + packer.flush()
    damaged = bytearray(whole)
    damaged[random.randrange(len(damaged))] ^= 1 << random.randrange(8)
    made = random.choice(
        [whole, whole[: random.randrange(len(whole))], bytes(damaged), whole + whole, whole + b"trailing", whole[:-8],
         b"\x1f\x8b" + whole, whole[10:], zlib.compress(body), b"", body]
    )  # fmt: skip
    return Head(headers=[b"Content-Encoding: gzip"]).wire(made)


@way(6)
def chunked(random: Random, body: bytes) -> Wire:
    half = len(body) // 2
    good = [
        b"%x\r\n" % half + body[:half] + b"\r\n",
        b"%x\r\n" % (len(body) - half) + body[half:] + b"\r\n",
        b"0\r\n\r\n",
    ]
    if half == 0:
        good = good[1:]
    spoil = random.randrange(9)
    if spoil == 1:
        good[0] = random.choice(
            [b"zz\r\n", b"-5\r\n", b"\r\n", b"%s\r\n" % (b"f" * 30), b"5;" + b"x" * 70_000 + b"\r\n"]
        )
    elif spoil == 2:
        good.pop()
    elif spoil == 3:
        good[-1] = b"0\r\nTrailer: x\r\n" * 200 + b"\r\n"
    elif spoil == 4:
        good[0] = good[0][:-1]
    elif spoil == 5:
        good[0] = b"7fffffff\r\n" + body
    elif spoil == 6:
        good = [b"1\r\n" + body[n : n + 1] + b"\r\n" for n in range(min(len(body), 300))]
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
    if spoil == 7:
        head += b"Content-Length: 3\r\n"
    elif spoil == 8:
        head = head.replace(
            b"chunked", random.choice([b"gzip, chunked", b"identity", b"chunked, chunked", b"xchunked"])
        )
    return Wire([head + b"\r\n" + b"".join(good)], closes=spoil != 0)


# how it is sent


@way(4)
def broken_off(random: Random, body: bytes) -> Wire:
    wire = Head().wire(body, closes=True)
    wire.pieces = [wire.pieces[0][: random.randrange(len(wire.pieces[0]))]]
    wire.resets = random.random() < 0.5
    return wire


@way(4)
def more_than_asked(random: Random, body: bytes) -> Wire:
    """Another answer behind the first one, which must not be taken for the answer to the next request."""
    extra = random.choice(
        [b"x", b"\r\n", Head("500 x").wire(b"{}").pieces[0], Head().wire(b'{"modules": 7}').pieces[0]]
    )
    wire = Head().wire(body)
    wire.pieces = [wire.pieces[0] + extra] if random.random() < 0.5 else [wire.pieces[0], extra]
    return wire


@way(6)
def in_pieces(random: Random, body: bytes) -> Wire:
    whole = Head().wire(body).pieces[0]
    step = max(1, len(whole) // random.randint(1, 30))
    return Wire([whole[start : start + step] for start in range(0, len(whole), step)])


@way(1)
def drip(random: Random, body: bytes) -> Wire:
    """Too slow for the deadline; only one in ten of these few, or they would take all the time."""
    if random.random() < 0.9:
        return in_pieces(random, body)
    whole = Head().wire(body).pieces[0]
    return Wire([whole[n : n + 1] for n in range(len(whole))], pause_s=0.05, closes=True)
