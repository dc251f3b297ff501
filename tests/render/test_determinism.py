"""P02: the same edition gives the same bytes in every process, whatever its hash seed, time zone, locale and folder."""

from __future__ import annotations

import base64
import copy
import locale
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feedsvc.model import Author, Correction, Edition, Entry, Image, Tombstone
from feedsvc.render import render

RENDER = """
import base64, hashlib, locale, pickle, sys
locale.setlocale(locale.LC_ALL, "")
from feedsvc.render import render
documents = render(pickle.loads(base64.b64decode(sys.stdin.read()))).documents
for name, body in documents.items():
    print(name, hashlib.sha256(body).hexdigest())
"""

ENVIRONMENTS = [
    {"PYTHONHASHSEED": "1", "TZ": "Asia/Yerevan", "LC_ALL": "C.UTF-8"},
    {"PYTHONHASHSEED": "2", "TZ": "America/St_Johns", "LC_ALL": "C"},
    {"PYTHONHASHSEED": "3", "TZ": "Pacific/Kiritimati", "LC_ALL": "POSIX", "PYTHONUTF8": "0"},
]


@pytest.fixture
def rich(make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]) -> Edition:
    """An edition with something in every field."""
    return make_edition(
        make_entry(
            1,
            title="Ёлки & <3",
            authors=(Author("Science Desk", url="/desks/science"), Author("Wire")),
            tags=tuple(f"tag {n}" for n in range(20)),
            image=Image("/a.jpg", "alt", "caption", "credit", None, 10, 20, 30),
            corrections=(Correction(datetime(2026, 8, 4, 1, tzinfo=UTC), "note"),),
        ),
        make_entry(2, language="ar", title="", summary=""),
        tombstones=(Tombstone("urn:uuid:gone", datetime(2026, 8, 3, tzinfo=UTC)),),
        image="/logo.png",
        site_icon="/icon.png",
        site_hubs=("https://hub.example.com/",),
        site_licence="https://creativecommons.org/licenses/by/4.0/",
        site_time_zone="Asia/Yerevan",
    )


def test_the_same_bytes_in_every_process(rich: Edition, tmp_path: Path) -> None:
    edition = base64.b64encode(pickle.dumps(rich)).decode()
    outputs = set()
    for number, environment in enumerate(ENVIRONMENTS):
        folder = tmp_path / str(number)
        folder.mkdir()
        done = subprocess.run(
            [sys.executable, "-c", RENDER],
            input=edition,
            env=environment,
            cwd=folder,
            capture_output=True,
            text=True,
            check=True,
        )
        outputs.add(done.stdout)
    assert len(outputs) == 1
    assert outputs.pop().count("\n") == 4


def test_rendering_twice_gives_equal_documents(rich: Edition) -> None:
    assert render(rich) == render(copy.deepcopy(rich))


def test_an_entrys_xml_is_the_same_beside_any_others(rich: Edition, make_entry: Callable[..., Entry]) -> None:
    """What lets an entry be rendered once and spliced: nothing in it depends on its neighbours."""
    first, second = rich.entries
    alone = [render(replace(rich, entries=(entry,))).documents for entry in (first, second)]
    empty = render(replace(rich, entries=())).documents
    both = render(rich).documents
    for name, tail in (("rss.xml", b"</channel></rss>"), ("atom.xml", b"</feed>")):
        head = empty[name].removesuffix(tail)
        entries = [documents[name].removeprefix(head).removesuffix(tail) for documents in alone]
        assert head + b"".join(entries) + tail == both[name], name


def test_rendering_never_touches_the_processes_locale(rich: Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[object] = []
    monkeypatch.setattr(locale, "setlocale", lambda *arguments: calls.append(arguments))
    expected = render(rich)
    different: list[object] = []

    def render_often() -> None:
        for _ in range(5):
            rendered = render(rich)
            if rendered != expected:
                different.append(rendered)

    threads = [threading.Thread(target=render_often) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert calls == []
    assert different == []
