"""Says what is wrong with an address: relative, unknown scheme, forbidden characters, no host, not canonical.

Nothing here fetches or resolves anything.
"""

from __future__ import annotations

import re
from typing import NamedTuple

# RFC 3986 appendix B, with a scheme that keeps to section 3.1.
_PARTS = re.compile(
    r"(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):)?(?://(?P<authority>[^/?#]*))?(?P<path>[^?#]*)(?:\?[^#]*)?(?:#.*)?",
    re.DOTALL,
)
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f\u0080-\u00a0\u2028\u2029\"<>\\^`{|}]")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HOST = re.compile(r"\[[0-9A-Fa-f:.]+\]|[^\s:\[\]@]+")
_AUTHORITY = re.compile(r"(?:[^@]*@)?(?P<host>\[[^\]]*\]|[^:@]*)(?::(?P<port>.*))?")
_DEFAULT_PORTS = {"http": "80", "https": "443"}
_WEB = frozenset(_DEFAULT_PORTS)
_LAST_PORT = 65535

# The registry of URI schemes, those that addresses in feeds can meet (https://www.iana.org/assignments/uri-schemes).
_SCHEMES_WORDS = """
    about acct aim apt cid data dav dict dns doi ed2k facetime feed file finger ftp geo git go gopher h323 hcp http
    https
    iax icap im imap info ipfs ipns ipp irc irc6 ircs jabber javascript ldap ldaps lid lorawan magnet mailto maps market
    matrix message mid mms msrp mtqp mumble mvn nfs ni nih news nntp oid opaquelocktoken openid pkcs11 pop pres proxy
    rsync rtmp rtsp rtsps sftp sgn shttp sieve sip sips skype sms smb snews snmp spotify ssh steam stun stuns svn tag
    teamspeak tel telnet tftp tn3270 turn turns udp urn view-source vnc wais webcal ws wss xcon xmpp xri
"""
_SCHEMES = frozenset(_SCHEMES_WORDS.split())


class Parts(NamedTuple):
    """An address taken apart as RFC 3986 appendix B does it; what is absent is None."""

    scheme: str | None
    authority: str | None
    path: str


def split(address: str) -> Parts:
    """Take an address apart. Never fails: every text is some reference."""
    match = _PARTS.fullmatch(address)
    if match is None:  # cannot be: the pattern takes any text
        return Parts(None, None, address)
    return Parts(match["scheme"], match["authority"], match["path"])


def fault(address: str, *, web_only: bool = False) -> str | None:
    """What is wrong with an absolute address, or None. `web_only` takes http and https alone."""
    if not address:
        return "is empty"
    return _characters(address) or _scheme(address, web_only=web_only) or _authority(address)


def iri_fault(address: str) -> str | None:
    """What is wrong with an absolute IRI that serves as a name (atom:id, a rel): any scheme will do."""
    if not address:
        return "is empty"
    if _characters(address):
        return _characters(address)
    return None if split(address).scheme else "is no absolute IRI (it has no scheme)"


def reference_fault(address: str) -> str | None:
    """What is wrong with an address that may be relative, or None."""
    return _characters(address) or (fault(address) if split(address).scheme else None)


def is_relative(address: str) -> bool:
    """Whether a reader would need a base to resolve this. A mere fragment (#note) stays within its own text."""
    stripped = address.strip()
    return split(stripped).scheme is None and not stripped.startswith("#")


def canonical_fault(address: str) -> str | None:
    """Why a web address is not in canonical form (RFC 3986 section 6.2.2), or None."""
    parts = split(address)
    scheme = (parts.scheme or "").lower()
    if scheme not in _WEB or parts.authority is None:
        return None
    match = _AUTHORITY.fullmatch(parts.authority)
    host, port = (match["host"], match["port"]) if match else (parts.authority, None)
    if parts.scheme != scheme:
        return "the scheme is not in lower case"
    if host != host.lower():
        return "the host is not in lower case"
    if port is not None and port in {"", _DEFAULT_PORTS[scheme]}:
        return "it names the default port"
    if re.search(r"/\.\.?(?:/|$)", parts.path):
        return "the path has dot segments"
    return None


def _characters(address: str) -> str | None:
    bad = _FORBIDDEN.search(address)
    if bad:
        name = "a space" if bad[0] == " " else f"the character U+{ord(bad[0]):04X}"
        return f"holds {name}, which an address may not"
    if _BAD_ESCAPE.search(address):
        return "holds a percent sign that starts no escape"
    return None


def _scheme(address: str, *, web_only: bool) -> str | None:
    scheme = split(address).scheme
    if scheme is None:
        return "is relative"
    if web_only and scheme.lower() not in _WEB:
        return f"has the scheme «{scheme}», not http or https"
    if scheme.lower() not in _SCHEMES:
        return f"has the scheme «{scheme}», which is not registered"
    return None


def _authority(address: str) -> str | None:
    parts = split(address)
    if (parts.scheme or "").lower() not in _WEB:
        return None
    match = _AUTHORITY.fullmatch(parts.authority or "")
    if match is None or not match["host"]:
        return "has no host"
    if not _HOST.fullmatch(match["host"]):
        return f"has the host «{match['host']}», which is none"
    port = match["port"] or "0"
    if not (port.isascii() and port.isdigit() and int(port[:6]) <= _LAST_PORT):
        return f"has the port «{port}», which is none"
    return None
