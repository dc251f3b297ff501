"""A wrong configuration is refused with all its faults at once: line, table, key, value, what would be right (P37)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedsvc.config import load
from feedsvc.errors import ConfigInvalid

if TYPE_CHECKING:
    from pathlib import Path

LEAST = '[site]\ntitle = "Example"\nbase_url = "https://example.org"\n'
FEED = '[[feed]]\nslug = "sport"\ntitle = "Sport"\n'


def faults_of(folder: Path, text: str | bytes, environ: dict[str, str] | None = None) -> tuple[str, ...]:
    path = folder / "config.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ConfigInvalid) as refused:
        load(path, environ or {})
    assert refused.value.thing == str(path)
    return refused.value.faults


def test_all_faults_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = """titel = "x"
[site]
title = 5
langauge = "en"
[wbe]
port = 1
[web]
port = "8000"

[[feed]]
slug = "sport"
title = "Sport"
limit = 0
select = { sections = "sport", match = "both" }
[[feed]]
slug = "sport"
publish = "every 5 fortnights"
[feed.select]
tags = ["a", 1]
"""

    assert faults_of(tmp_path, text, {"FEEDSVC_WEB_WORKERS": "many"}) == (
        'FEEDSVC_WEB_WORKERS = "many": must be a whole number between 1 and 64',
        'line 1, titel = "x": stands in no table; did you mean title, under [site]?',
        'line 2, [site], base_url: is missing; it must be a whole web address, such as "https://example.org"',
        "line 3, [site], title = 5: must be text in quotes",
        'line 4, [site], langauge = "en": is not known here; did you mean language?',
        "line 5, [wbe]: is not known here; did you mean web?",
        'line 8, [web], port = "8000": must be a whole number between 1 and 65535',
        'line 13, [[feed]] 1 "sport", limit = 0: must be a whole number between 1 and 1000',
        'line 14, [[feed]] 1 "sport", select.sections = "sport": must be a list of texts, such as ["sport", "culture"]',
        'line 14, [[feed]] 1 "sport", select.match = "both": must be "all" or "any"',
        'line 15, [[feed]] 2 "sport", title: is missing; it must be text in quotes',
        'line 16, [[feed]] 2 "sport", slug = "sport": is taken by [[feed]] 1',
        (
            'line 17, [[feed]] 2 "sport", publish = "every 5 fortnights": '
            'must be like "every 15 minutes", "every hour" or "every 2 days"'
        ),
        'line 19, [[feed]] 2 "sport", select.tags item 2 = 1: must be text in quotes',
    )


@pytest.mark.parametrize(
    ("key", "value", "right"),
    [
        ("title", '""', "must not be empty"),
        ("title", '"a\\u0000b"', "must not hold line breaks or other control characters"),
        ("title", '"a\\nb"', "must not hold line breaks"),
        ("title", "true", "must be text in quotes"),
        ("title", "2026-01-01", "must be text in quotes"),
        ("base_url", '"example.org"', 'must be a whole web address, such as "https://example.org"'),
        ("base_url", '"//example.org"', "must be a whole web address"),
        ("base_url", '"ftp://example.org"', "must be a whole web address"),
        ("base_url", '"https://"', "must be a whole web address"),
        ("base_url", '"https://:443"', "must be a whole web address"),
        ("base_url", '"https://example.org:99999"', "must be a whole web address"),
        ("base_url", '"https://[::1"', "must be a whole web address"),
        ("base_url", '"https://example.org/?a=1"', "must have no query and no fragment"),
        ("base_url", '"https://example.org/#top"', "must have no query and no fragment"),
        ("base_url", '"https://пример.example"', "must be written in ASCII"),
        ("base_url", '"https://example.org/a b"', "must be written in ASCII, without blanks"),
        ("base_url", '"https://u:p@example.org"', "must not hold a user name or a password"),
        ("language", '"English"', "must be a language tag of BCP 47"),
        ("language", '"en_GB"', "must be a language tag of BCP 47"),
        ("language", '""', "must be a language tag of BCP 47"),
        ("time_zone", '"Europe/Berln"', 'must be an IANA time zone; did you mean "Europe/Berlin"?'),
        ("time_zone", '"europe/berlin"', 'did you mean "Europe/Berlin"?'),
        ("time_zone", '"localtime"', "must be an IANA time zone"),
        ("time_zone", '"../../etc/passwd"', "must be an IANA time zone"),
        ("authors", '"City Desk"', 'must be a list of names, such as ["City Desk"]'),
        ("authors", "[5]", "must be a name in quotes, or a table with name, email and url"),
        ("authors", '[{ name = "City Desk", email = "desk" }]', "must be an e-mail address"),
        ("authors", '[{ email = "city@example.org" }]', "is missing; it must be text in quotes"),
        ("hubs", '["hub.example.org"]', "must be a whole web address"),
        ("icon", '"/icon.png"', "must be a whole web address"),
    ],
)
def test_a_wrong_value_of_the_site_is_told_with_what_would_be_right(
    tmp_path: Path, key: str, value: str, right: str
) -> None:
    keys = {"title": '"Example"', "base_url": '"https://example.org"', key: value}
    lines = [f"{name} = {written}" for name, written in keys.items()]

    faults = faults_of(tmp_path, "\n".join(["[site]", *lines]))

    assert right in faults[0]
    assert faults[0].startswith(f"line {list(keys).index(key) + 2}, [site], {key}")


@pytest.mark.parametrize(
    ("key", "value", "right"),
    [
        ("slug", '"Sport"', "must be 1 to 80 of the characters a-z and 0-9"),
        ("slug", '"local--news"', "single hyphens"),
        ("slug", '"-sport"', "single hyphens"),
        ("slug", '"../etc"', "single hyphens"),
        ("slug", f'"{"a" * 81}"', "1 to 80"),
        ("slug", '"_site"', "is reserved for the site itself"),
        ("slug", '"opml"', "is reserved for the site itself"),
        ("slug", '"a-{value}"', "must not hold {value} unless for_each is"),
        ("title", '"About {value}"', "must not hold {value} unless for_each is"),
        ("for_each", '"desk"', 'must be "section", "tag" or "author"'),
        ("for_each", '"section"', "must hold {value}, since for_each makes several feeds"),
        ("content", '"ful"', 'must be "full", "summary" or "headline"'),
        ("limit", "1001", "must be a whole number between 1 and 1000"),
        ("limit", "1.5", "must be a whole number between 1 and 1000"),
        ("limit", "true", "must be a whole number between 1 and 1000"),
        ("limit", f"0x{'F' * 6000}", "must be a whole number between 1 and 1000"),
        ("max_bytes", '"9 kB"', "must be a size of 10 kB or more"),
        ("max_bytes", "9999", "must be a size of 10 kB or more"),
        ("max_bytes", '"big"', 'must be a number of bytes, or a size such as "1 MB"'),
        ("publish", '"sometimes"', 'must be "on change", "every 15 minutes" or "cron 0 6 * * *"'),
        ("publish", '"cron 0 6 30 2 *"', "no such month has a day 30"),
        ("publish", '["on change", "hourly"]', '"hourly" must be "on change", "every 15 minutes"'),
        ("publish", "[]", "must not be an empty list"),
        ("publish", "15", '"every 15 minutes"'),
        ("embargo", '"soon"', 'such as "30 minutes"'),
        ("embargo", "30", 'such as "30 minutes"'),
        ("formats", "[]", "must not be an empty list"),
        ("formats", '["rdf"]', 'must be "rss", "atom", "json" or "page"'),
        ("formats", '"rss"', 'must be a list, such as ["rss", "atom", "json"]'),
        ("visibility", '"private"', 'must be "public" or "unlisted"'),
        ("select", '"sport"', 'must be a table, such as { sections = ["sport"] }'),
        ("select", '{ section = ["sport"] }', "did you mean sections?"),
        ("withdrawn", "true", 'must be "notice" or "remove"'),
        ("lmit", "5", "did you mean limit?"),
        ("zzz", "5", "is not known here; what is: for_each, slug, title"),
    ],
)
def test_a_wrong_value_of_a_feed_is_told_with_what_would_be_right(
    tmp_path: Path, key: str, value: str, right: str
) -> None:
    keys = {"slug": '"sport"', "title": '"Sport"', key: value}

    faults = faults_of(tmp_path, "\n".join([LEAST + "[[feed]]", *(f"{name} = {text}" for name, text in keys.items())]))

    assert any(right in fault for fault in faults)
    assert all("[[feed]] 1" in fault for fault in faults)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "[site]: is missing; it must be one table, [site], with title and base_url"),
        ("site = 1\n", "line 1, site = 1: must be one table, [site], with title and base_url"),
        ("[[site]]\n", "line 1, [[site]]: must be one table, [site], with title and base_url"),
        (
            LEAST + '[feed]\nslug = "sport"\n',
            "line 4, [feed]: must be written with two brackets, [[feed]], once for each feed",
        ),
        (LEAST + "[[feeds]]\n", "line 4, [[feeds]]: is not known here; did you mean feed?"),
        (LEAST + "feed = [1]\n", "line 4, [site], feed = [1]: is not known here; what is: title, base_url"),
        ("feed = [1]\n" + LEAST, "line 1, [[feed]] 1: must be a table, [[feed]]"),
        ("[site\n", "line 1, column 6: is not TOML: Expected ']'"),
        ("[site]\ntitle = ", "line 2, the end of the file: is not TOML: Invalid value"),
        (LEAST + 'title = "again"\n', "line 4, column 16: is not TOML: Cannot overwrite a value"),
        (b"[site]\ntitle = '\xff'\n", "line 2: is not UTF-8; save the file as UTF-8"),
        ("a = " + "[" * 3000, "is nested too deeply"),
        ("a = " + "9" * 5000, "is not TOML: a number has too many digits"),
    ],
)
def test_a_wrong_shape_is_told_with_its_place(tmp_path: Path, text: str | bytes, told: str) -> None:
    faults = faults_of(tmp_path, text)

    assert any(fault.startswith(told) for fault in faults), faults


@pytest.mark.parametrize(
    ("tables", "told"),
    [
        (
            '[publish]\nfolder = "."\n',
            'line 5, [publish], folder = ".": must be a folder for the published files alone',
        ),
        (
            '[publish]\nfolder = "/"\n',
            'line 5, [publish], folder = "/": must be a folder for the published files alone',
        ),
        (
            '[store]\nurl = "sqlite:///feeds/news.db"\n',
            'line 5, [store], url = "sqlite:///feeds/news.db": must not be in the published folder',
        ),
        ('[publish]\nfolder = "data"\n', "[store], url: must not be in the published folder"),
        ('[media]\nfolder = "."\n', 'line 5, [media], folder = ".": must be a folder for the published files alone'),
        ('[media]\nfolder = "data"\n', "[store], url: must not be in the published folder"),
        ('[media]\nfolder = "feeds/media"\n', 'line 5, [media], folder = "feeds/media": must stand apart from'),
        ('[media]\nfolder = "feeds"\n', 'line 5, [media], folder = "feeds": must stand apart from'),
    ],
)
def test_what_is_not_for_readers_never_stands_in_the_published_folder(tmp_path: Path, tables: str, told: str) -> None:
    [fault] = faults_of(tmp_path, LEAST + tables)

    assert fault.startswith(told)


@pytest.mark.parametrize(
    "text",
    [
        '[store]\nurl = "postgres://writer:hunter2@db.example.org/news"\n',
        '[store]\nurl = "postgres://writer:hun/ter@2@db.example.org/news"\n',
        '[store]\nurl = "writer:hunter2@db.example.org"\n',
        '[store]\nurl = ["postgresql+psycopg://writer:hunter2@db.example.org/news"]\n',
        '[store]\nulr = "postgresql+psycopg://writer:hunter2@db.example.org/news"\n',
        '[store]\npassword = "hunter2"\n',
        '[stroe]\nurl = "postgresql+psycopg://writer:hunter2@db.example.org/news"\n',
        '[publish]\nfolder = 1\nurl = "postgresql+psycopg://writer:hunter2@db.example.org/news"\n',
        '[[feed]]\nslug = "https://writer:hunter2@example.org/"\ntitle = "x"\n',
    ],
)
def test_no_fault_prints_a_password(tmp_path: Path, text: str) -> None:
    for faults in (faults_of(tmp_path, LEAST + text), faults_of(tmp_path, text + LEAST)):
        assert "hunter2" not in "\n".join(faults)
        assert "ter@2" not in "\n".join(faults)


def test_no_fault_prints_a_password_out_of_the_environment(tmp_path: Path) -> None:
    environ = {
        "FEEDSVC_STORE_URL": "mysql://writer:hunter2@db.example.org/news",
        "FEEDSVC_STORE_PASSWORD": "hunter2",
        "FEEDSVC_SITE_BASE_URL": "https://writer:hunter2@example.org",
    }

    faults = faults_of(tmp_path, LEAST, environ)

    assert len(faults) == 3
    assert "hunter2" not in "\n".join(faults)


def test_a_fault_shows_no_character_that_a_terminal_would_act_on(tmp_path: Path) -> None:
    faults = faults_of(tmp_path, LEAST + '"\\u001b[2J" = "\\u009b31m"\nlanguage = "\\u202e"\n')

    assert all(fault.isprintable() for fault in faults)


def test_a_line_is_found_past_multi_line_texts_comments_and_dotted_keys(tmp_path: Path) -> None:
    text = (
        LEAST
        + '''description = """
[web]
port = 0
"""
# """ is no quotation in a comment
[web] # the server
"port" = 0
[[feed]]
slug = "a"
title = "A"
select.match = "x"
publish = [
  "on change",
  "every day", # x = 1
]
[[feed]]
slug = "b"
title = "B"
[feed.select]
match = "y"
'''
    )

    assert faults_of(tmp_path, text) == (
        "line 10, [web], port = 0: must be a whole number between 1 and 65535",
        'line 14, [[feed]] 1 "a", select.match = "x": must be "all" or "any"',
        'line 23, [[feed]] 2 "b", select.match = "y": must be "all" or "any"',
    )


def told(path: Path) -> tuple[str, ...]:
    """Give the faults, none when the file is loaded; any other exception is a failure."""
    try:
        load(path, {"FEEDSVC_SITE_TITLE": "Example", "FEEDSVC_SITE_BASE_URL": "https://example.org"})
    except ConfigInvalid as error:
        return error.faults
    return ()


values = st.recursive(
    st.one_of(
        st.integers(-(10**20), 10**20),
        st.booleans(),
        st.floats(allow_nan=False, allow_infinity=False).filter(lambda number: "e" not in repr(number)),
        st.text(st.characters(codec="utf-8", exclude_characters="\x7f"), max_size=20),
    ),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)
KEYS = ["slug", "title", "description", "select", "limit", "max_bytes", "publish", "embargo", "formats", "link", "x y"]


@given(
    table=st.sampled_from(["[site]", "[store]", "[publish]", "[web]", "[[feed]]", "[other]"]),
    keys=st.dictionaries(st.sampled_from([*KEYS, "base_url", "authors", "hubs", "url", "folder", "port"]), values),
)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_values_a_file_is_loaded_or_refused_with_printable_faults(
    tmp_path: Path, table: str, keys: dict[str, object]
) -> None:
    path = tmp_path / "config.toml"
    lines = [f"{json.dumps(key)} = {json.dumps(value)}" for key, value in keys.items()]
    path.write_text("\n".join([table, *lines, ""]), encoding="utf-8")

    assert all(fault.isprintable() for fault in told(path))
