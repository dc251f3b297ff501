"""Promise: every error says what is wrong, with the right status, and nothing about the machine."""

from __future__ import annotations

import logging

import pytest

from feedsvc.errors import (
    Conflict,
    FeedsvcError,
    Forbidden,
    Gone,
    Invalid,
    NotFound,
    PreconditionFailed,
    Unavailable,
)
from feedsvc.web.errors import status_of
from tests.web.website import Web


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (NotFound, 404),
        (Gone, 410),
        (Conflict, 409),
        (PreconditionFailed, 412),
        (Invalid, 422),
        (Forbidden, 403),
        (Unavailable, 503),
        (FeedsvcError, 500),
    ],
)
def test_each_kind_of_error_has_its_status(kind: type[FeedsvcError], status: int) -> None:
    assert status_of(kind("x", "y")) == status


def test_a_kind_of_its_own_has_the_status_of_the_nearest_above() -> None:
    class Missing(Gone):
        """A special case."""

    assert status_of(Missing("x", "y")) == 410


def test_what_went_wrong_inside_is_logged_and_not_told(web: Web, caplog: pytest.LogCaptureFixture) -> None:
    web.failure = RuntimeError("the secret of the house")
    response = web.client.get("/articles/a1/x")
    assert response.status_code == 500
    assert response.headers["Cache-Control"] == "no-store"
    assert "secret" not in response.text
    assert "the secret of the house" in caplog.text


def test_what_is_out_of_reach_is_logged_with_its_name(web: Web, caplog: pytest.LogCaptureFixture) -> None:
    web.failure = Unavailable("store", "connection refused", "Start it")
    with caplog.at_level(logging.WARNING):
        web.client.get("/articles/a1/x", headers={"User-Agent": "a person's own"})
    assert "store: connection refused. Start it" in caplog.text
    assert "a person's own" not in caplog.text


def test_words_in_an_error_are_no_markup(web: Web) -> None:
    web.failure = NotFound("<script>alert(1)</script>", "is nowhere")
    response = web.client.get("/articles/a1/x")
    assert response.status_code == 404
    assert b"<script>alert(1)" not in response.data


def test_an_address_of_nothing_gives_a_short_answer(web: Web) -> None:
    response = web.client.get("/wp-login.php")
    assert (response.status_code, response.headers["Content-Type"]) == (404, "text/plain; charset=utf-8")
