"""Decides what a URL in an article may be, and makes it absolute and valid.

It never asks the network whether anything answers there.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from urllib.parse import SplitResult, unquote, urljoin, urlsplit, urlunsplit

from feedsvc.content.characters import clean_text

WEB_SCHEMES = frozenset({"http", "https"})
LINK_SCHEMES = WEB_SCHEMES | {"mailto", "tel"}
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_WEB_PREFIX = re.compile(r"(https?):([/\\]*)", re.IGNORECASE)
# RFC 3986: what may not stand in a path, query or fragment as it is. A "%" that begins no escape is data.
_TO_ENCODE = re.compile(r"[^A-Za-z0-9\-._~:/?@!$&'()*+,;=%]|%(?![0-9A-Fa-f]{2})")
_TO_ENCODE_IN_USERINFO = re.compile(r"[^A-Za-z0-9\-._~!$&'()*+,;=%:]|%(?![0-9A-Fa-f]{2})")
_HOST = re.compile(r"[A-Za-z0-9\-._~!$&'()*+,;=]+")
_LONGEST_LABEL = 63
_DOTS = str.maketrans("。．｡", "...")
_NOT_IN_WEB_URL = re.compile(r'[\x00-\x20\x7f-\xa0\u2028\u2029\ud800-\udfff"<>\\^`{|}]')
_STRIPPED = "".join(map(chr, range(0x21)))
_REMOVED = re.compile("[\t\n\r]")
_IMAGE_TYPES = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "jpe": "image/jpeg",
    "jfif": "image/jpeg",
    "pjpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
    "svg": "image/svg+xml",
}


def absolute_url(url: str, base: str) -> str | None:
    """Return `url` as an absolute, valid URI (RFC 3986), resolved against `base`; None if it is empty or broken.

    Only http, https, mailto and tel come out; every other scheme is None. As browsers do (WHATWG URL): outer white
    space is stripped, tabs and line ends inside are dropped, "\\" is "/", a non-ASCII host becomes its xn-- form, and
    other characters that a URI can't hold are percent-encoded in UTF-8. What is encoded already, and "&", stay.
    """
    url = clean_text(_as_browsers_read(url))
    if not url:
        return None
    try:
        scheme = _SCHEME.match(url)
        if scheme is not None and scheme[1].lower() in LINK_SCHEMES - WEB_SCHEMES:
            rest = _encode(url[scheme.end() :].replace("#", "%23"))
            return f"{scheme[1].lower()}:{rest}" if rest.strip("/?") else None
        if scheme is not None and scheme[1].lower() not in WEB_SCHEMES:
            return None
        url = _with_slashes(url, base)
        return _valid(urlsplit(url if url.startswith(("http://", "https://")) else urljoin(base, url)))
    except ValueError:
        return None


def permitted_url(url: str, schemes: frozenset[str]) -> str | None:
    """Return `url` as browsers read it, relative or of one of `schemes`; None if it is empty or of another scheme."""
    url = _as_browsers_read(url)
    scheme = _SCHEME.match(url)
    if scheme is not None and scheme[1].lower() not in schemes:
        return None
    return url or None


def is_web_url(url: str) -> bool:
    """Say whether `url` is an absolute http or https URL with a host, without credentials, white space or controls."""
    if _NOT_IN_WEB_URL.search(url):
        return False
    try:
        parts = urlsplit(url)
        host, port = _ascii_host(parts.hostname or ""), parts.port
    except ValueError:
        return False
    return parts.scheme in WEB_SCHEMES and bool(host) and port != 0 and "@" not in parts.netloc


def guess_image_type(url: str) -> str | None:
    """Return the media type that the extension of `url`'s path stands for, or None if it is no known picture."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return None
    name, dot, extension = path.rpartition("/")[2].rpartition(".")
    return _IMAGE_TYPES.get(extension.lower()) if dot and name else None


def _as_browsers_read(url: str) -> str:
    # WHATWG URL section 4.4: these go before the scheme is looked at, so "java\nscript:" is a scheme too.
    return _REMOVED.sub("", url).strip(_STRIPPED)


def _with_slashes(url: str, base: str) -> str:
    # WHATWG URL, "special" schemes: "\" is "/", and the number of slashes after "http:" does not matter, except that
    # "http:x" against an http base is relative.
    head, mark, tail = _split_before_query(url)
    url = head.replace("\\", "/") + mark + tail
    web = _WEB_PREFIX.match(url)
    if web is None:
        return re.sub(r"^//+", "//", url)
    slashes, rest = len(web[2]), url[web.end() :]
    if slashes < len("//") and base.lower().startswith(web[1].lower() + ":"):
        return web[2] + rest
    return f"{web[1].lower()}://{rest}"


def _split_before_query(url: str) -> tuple[str, str, str]:
    found = re.search("[?#]", url)
    if found is None:
        return url, "", ""
    return url[: found.start()], found[0], url[found.end() :]


def _valid(parts: SplitResult) -> str | None:
    if parts.scheme not in WEB_SCHEMES or not parts.hostname:
        return None
    host = _ascii_host(parts.hostname)
    if host is None:
        return None
    port = "" if parts.port is None else f":{parts.port}"
    user, at, _ = parts.netloc.rpartition("@")
    user = _TO_ENCODE_IN_USERINFO.sub(_percent, user)
    return urlunsplit(
        (
            parts.scheme,
            f"{user}{at}{host}{port}",
            _encode(parts.path) or "/",
            _encode(parts.query),
            _encode(parts.fragment),
        )
    )


def _ascii_host(host: str) -> str | None:
    if ":" in host:
        return f"[{ipaddress.IPv6Address(host)}]" if "%" not in host else None
    # IDNA 2008 without its table of excluded characters; the codec "idna" of the standard library is IDNA 2003, which
    # sends ß to another host.
    labels = unicodedata.normalize("NFKC", unquote(host).translate(_DOTS)).lower().split(".")
    if any(len(label) > _LONGEST_LABEL for label in labels):
        return None
    encoded = [label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii") for label in labels]
    if not all(encoded[:-1]) or any(len(label) > _LONGEST_LABEL for label in encoded):
        return None
    result = ".".join(encoded)
    return result if _HOST.fullmatch(result) else None


def _encode(part: str) -> str:
    return _TO_ENCODE.sub(_percent, part)


def _percent(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8"))
