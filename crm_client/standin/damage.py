"""How an answer is spoilt on its way out. A spoiler takes the stand-in's own answer and gives back a worse one."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

import orjson

from crm_client.standin.messages import Answer

MB = 1024 * 1024
NUMBERS = {
    "latency": ("ms",),
    "status": ("status",),
    "html": ("status",),
    "truncate": ("bytes",),
    "drip": ("bytes_per_s",),
    "oversize": ("mb",),
    "gzip_bomb": ("mb",),
    "deep": ("n",),
    "bigint": ("n",),
    "commit_then_status": ("status",),
    "no_permission": ("after",),
}

Args = dict[str, Any]
Spoiler = Callable[[Answer, Args], Answer]


def check(name: str, args: Args) -> None:
    """Raises ValueError when an argument of a fault is of the wrong kind: the order fails, not the answer."""
    for key in NUMBERS.get(name, ()):
        if isinstance(args[key], bool) or not isinstance(args[key], int | float) or args[key] < 0:
            raise ValueError(f"{name}: {key} is to be a number, not {args[key]!r}")
    if name == "bad_json" and args["kind"] not in BAD_JSON:
        raise ValueError(f"bad_json: kind is one of {', '.join(BAD_JSON)}, not {args['kind']!r}")
    if name == "status" and not isinstance(args["headers"], dict):
        raise ValueError("status: headers are to be an object of names and values")


def _truncate(answer: Answer, args: Args) -> Answer:
    return replace(answer, cut_after=int(args["bytes"]))


def _drip(answer: Answer, args: Args) -> Answer:
    return replace(answer, drip=float(args["bytes_per_s"]), drip_head=bool(args["head"]))


def _with_member(body: bytes, member: bytes) -> bytes:
    """The JSON object with one more member in front; an object of that member alone when the body is none."""
    rest = body.lstrip()[1:] if body.lstrip().startswith(b"{") else b"}"
    comma = b"" if rest.lstrip().startswith(b"}") else b","
    return b"{" + member + comma + rest


def _oversize(answer: Answer, args: Args) -> Answer:
    padding = b'"padding":"' + b"x" * int(args["mb"] * MB) + b'"'
    return _ok(answer, _with_member(answer.body, padding))


def _deep(answer: Answer, args: Args) -> Answer:
    n = int(args["n"])
    return _ok(answer, _with_member(answer.body, b'"deep":' + b"[" * n + b"]" * n))


def _gzip_bomb(answer: Answer, args: Args) -> Answer:
    spoilt = _ok(answer, bomb(int(args["mb"])))
    spoilt.headers["Content-Encoding"] = "gzip"
    return spoilt


@lru_cache(maxsize=2)
def bomb(mb: int) -> bytes:
    """A gzip stream that unpacks to a JSON object of this many megabytes; about a thousandth as long."""
    begin, end, block = b'{"padding":"', b'"}', b"x" * MB
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    first = packer.compress(begin) + packer.flush(zlib.Z_FULL_FLUSH)
    middle = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)  # after a full flush blocks may be repeated
    last = packer.compress(end) + packer.flush()
    checksum = zlib.crc32(begin)
    for _ in range(mb):
        checksum = zlib.crc32(block, checksum)
    length = (len(begin) + mb * MB + len(end)) & 0xFFFFFFFF
    trailer = zlib.crc32(end, checksum).to_bytes(4, "little") + length.to_bytes(4, "little")
    return b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff" + first + middle * mb + last + trailer


def _bigint(answer: Answer, args: Args) -> Answer:
    """The first item's `key` becomes a number of n digits; where there are no items, the body gets that key."""
    number = b"9" * int(args["n"])
    mark = f"\x01{args['key']}\x01"
    root = _parsed(answer)
    items = _items(root)
    if items and isinstance(items[0], dict):
        items[0][str(args["key"])] = mark
    elif isinstance(root, dict):
        root[str(args["key"])] = mark
    else:
        root = {str(args["key"]): mark}
    return _ok(answer, orjson.dumps(root).replace(orjson.dumps(mark), number))


def _numeric_ids(answer: Answer, _args: Args) -> Answer:
    root = _parsed(answer)
    return answer if root is None else replace(answer, body=orjson.dumps(_unquoted(root)))


def _unquoted(value: Any) -> Any:
    if isinstance(value, list):
        return [_unquoted(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: int(item) if _is_id(key, item) else _unquoted(item) for key, item in value.items()}


def _is_id(key: str, value: Any) -> bool:
    named = key == "id" or key.endswith("_id")
    return named and isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20


def _short_array(answer: Answer, _args: Args) -> Answer:
    return _with_items(answer, lambda items: items[:-1])


def _long_array(answer: Answer, _args: Args) -> Answer:
    return _with_items(answer, lambda items: [*items, items[-1]])


def _no_item_status(answer: Answer, _args: Args) -> Answer:
    def bare(item: Any) -> Any:
        if not isinstance(item, dict):
            return item
        kept = {key: value for key, value in item.items() if key not in ("status", "code", "id")}
        if isinstance(kept.get("details"), dict):
            kept["details"] = {key: value for key, value in kept["details"].items() if key != "id"}
        return kept

    return _with_items(answer, lambda items: [bare(item) for item in items])


def _with_items(answer: Answer, change: Callable[[list[Any]], list[Any]]) -> Answer:
    root = _parsed(answer)
    if isinstance(root, dict):
        for key, value in root.items():
            if isinstance(value, list) and value:
                return replace(answer, body=orjson.dumps(root | {key: change(value)}))
    return answer


def _items(root: Any) -> list[Any]:
    lists = [value for value in root.values() if isinstance(value, list)] if isinstance(root, dict) else []
    return lists[0] if lists else []


def _parsed(answer: Answer) -> Any:
    try:
        return orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return None  # a page or an empty answer: nothing to change in it


def _drop(answer: Answer, _args: Args) -> Answer:
    return replace(answer, drop=True)


def _status_after(_answer: Answer, args: Args) -> Answer:
    body = {"code": "INTERNAL_ERROR", "details": {}, "message": "Internal Server Error", "status": "error"}
    return Answer(int(args["status"]), orjson.dumps(body))


def _api_domain(answer: Answer, args: Args) -> Answer:
    root = _parsed(answer)
    if isinstance(root, dict) and "access_token" in root:
        return replace(answer, body=orjson.dumps(root | {"api_domain": args["to"]}))
    return answer


def _ok(answer: Answer, body: bytes) -> Answer:
    """The answer with another body; an answer that has no body (204, 304) becomes a 200."""
    return replace(answer, status=200 if answer.status in (204, 304) else answer.status, body=body)


def _first_label(body: bytes, label: bytes) -> bytes:
    """The body with a member `label` in front whose JSON text is given, escapes and all."""
    return _with_member(body, b'"label":' + label)


BAD_JSON: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda body: body[: len(body) // 2] or b"{",
    "empty": lambda _: b"",
    "garbage": lambda _: b"\x00\xff\xfe not JSON at all",
    "bom": lambda body: b"\xef\xbb\xbf" + body,
    "latin1": lambda body: _first_label(body, b'"M\xfcller"'),
    "utf16": lambda body: body.decode("utf-8", "replace").encode("utf-16"),
    "list": lambda body: b"[" + body + b"]",
    "null": lambda _: b"null",
    "string": lambda _: b'"everything is fine"',
    "number": lambda _: b"42",
    "empty_object": lambda _: b"{}",
    "root_null": lambda body: _root(body, b"null"),
    "root_object": lambda body: _root(body, b"{}"),
    "root_strings": lambda body: _root(body, b'["a","b",null,7]'),
    "nan": lambda body: _with_member(body, b'"number":NaN,"large":1e999'),
    "double_keys": lambda body: _with_member(body, b'"status":"success","status":"error"'),
    "nul": lambda body: _first_label(body, rb'"a\u0000b"'),
    "surrogate": lambda body: _first_label(body, rb'"a\ud800b"'),
    "bidi": lambda body: _first_label(body, '"\u202etxt.exe\u2066"'.encode()),
    "control": lambda body: _first_label(body, b'"a\nb"'),
}


def _root(body: bytes, value: bytes) -> bytes:
    """The body with its first member replaced: the list that everybody expects is something else."""
    try:
        root = orjson.loads(body)
    except orjson.JSONDecodeError:
        return value
    name = next(iter(root), "data") if isinstance(root, dict) else "data"
    return b"{" + orjson.dumps(name) + b":" + value + b"}"


SPOILERS: dict[str, Spoiler] = {
    "truncate": _truncate,
    "drip": _drip,
    "oversize": _oversize,
    "gzip_bomb": _gzip_bomb,
    "deep": _deep,
    "bigint": _bigint,
    "numeric_ids": _numeric_ids,
    "short_array": _short_array,
    "long_array": _long_array,
    "no_item_status": _no_item_status,
    "commit_then_drop": _drop,
    "commit_then_status": _status_after,
    "change_api_domain": _api_domain,
    "bad_json": lambda answer, args: _ok(answer, BAD_JSON[args["kind"]](answer.body)),
}
