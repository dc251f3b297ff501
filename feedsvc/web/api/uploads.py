"""Reads a picture that is sent: as the body itself, or as the file in a form.

The name and the type that come with it are not looked at: what it is, is in its bytes.
"""

from __future__ import annotations

from typing import Final

from flask import Request
from werkzeug.exceptions import RequestEntityTooLarge

from feedsvc.web.api.models import Upload
from feedsvc.web.problems import Faulty, fault_at

FORM: Final = "multipart/form-data"
FIELD: Final = "file"
TYPES: Final = (FORM, "image/jpeg", "image/png", "image/gif", "image/webp", "application/octet-stream")
# What a form adds to its file: the lines between its parts, and their heads.
_ROOM: Final = 16_384


def read_upload(request: Request, max_bytes: int) -> Upload:
    """Read the picture. Raises RequestEntityTooLarge, and Faulty for a form that is not one file called "file"."""
    try:
        data = _in_form(request, max_bytes) if request.mimetype == FORM else _in_body(request, max_bytes)
    except RequestEntityTooLarge:
        data = None
    if data is None or len(data) > max_bytes:
        raise RequestEntityTooLarge(f"The picture has more than {max_bytes:,} bytes.")
    return Upload(file=data)


def _in_body(request: Request, max_bytes: int) -> bytes:
    # One more than is taken: of a body that comes in chunks, werkzeug 3.1 drops what is beyond without a word.
    request.max_content_length = max_bytes + 1
    return request.get_data(cache=False)


def _in_form(request: Request, max_bytes: int) -> bytes:
    request.max_content_length = max_bytes + _ROOM
    files = request.files.getlist(FIELD)
    others = sorted({*request.form, *request.files} - {FIELD})
    if others:
        rule = "Is not known here. Look for a typing error, or leave it out."
        raise Faulty(tuple(fault_at("pointer", f"/{name}", rule) for name in others))
    if len(files) != 1 or FIELD in request.form:
        raise Faulty((fault_at("pointer", f"/{FIELD}", "Must be given once, as a file."),))
    data: bytes = files[0].read()
    return data
