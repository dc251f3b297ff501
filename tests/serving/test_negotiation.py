"""Promise: a client is sent gzip when it said that it takes it, and plain bytes whenever there is a doubt."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.serving.negotiation import wants_gzip


@pytest.mark.parametrize(
    "field",
    [
        "gzip",
        "GZIP",
        "x-gzip",
        "gzip, deflate, br",
        "gzip, deflate, br, zstd",
        "br;q=1.0, gzip;q=0.8, *;q=0.1",
        "*",
        "*;q=0.5",
        "gzip;q=0.001",
        "gzip;q=1.000",
        "gzip; q=1",
        "gzip ;q=0.5 , identity;q=0.5",
        "identity;q=0, *;q=1",
        "*;q=0, gzip",
        "identity;q=0, gzip;q=0.1",
        ",gzip,",
        "gzip;level=9",
    ],
)
def test_gzip_is_taken(field: str) -> None:
    assert wants_gzip(field)


@pytest.mark.parametrize(
    "field",
    [
        None,
        "",
        " ",
        "identity",
        "br",
        "deflate, br",
        "gzip;q=0",
        "gzip;q=0.000",
        "gzip;q=0, *",
        "*;q=0",
        "identity;q=0",
        "identity, gzip;q=0.5",
        "gzip;q=x",
        "gzip;q=-1",
        "gzip;q=2",
        "gzip;q=0.0001",
        "gzip;q=nan",
        "gzip;q=inf",
        "gzip;q=1e3",
        "gzip;q=",
        "gzipped",
        "notgzip",
    ],
)
def test_plain_bytes_are_sent(field: str | None) -> None:
    assert not wants_gzip(field)


@given(st.one_of(st.text(max_size=60), st.text("gzip*identity;q=01. ,", max_size=40)))
def test_no_field_breaks_it(field: str) -> None:
    assert wants_gzip(field) in {True, False}
