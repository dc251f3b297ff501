"""The environment stands above the file: FEEDSVC_<TABLE>_<KEY> for each key of a table that occurs once."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedsvc.config import Config, load
from feedsvc.errors import ConfigInvalid
from feedsvc.model import Author

LEAST = '[site]\ntitle = "Example"\nbase_url = "https://example.org"\n[web]\nport = 9000\n'


def loaded(folder: Path, environ: dict[str, str], text: str = LEAST) -> Config:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return load(path, environ)


def faults_of(folder: Path, environ: dict[str, str]) -> tuple[str, ...]:
    with pytest.raises(ConfigInvalid) as refused:
        loaded(folder, environ)
    return refused.value.faults


def test_a_variable_stands_above_the_file_and_above_the_default(tmp_path: Path) -> None:
    config = loaded(
        tmp_path,
        {
            "FEEDSVC_SITE_TITLE": "Other",
            "FEEDSVC_WEB_PORT": "8080",
            "FEEDSVC_PUBLISH_MEASURE_PICTURES": "false",
            "FEEDSVC_PUBLISH_FOLDER": "/srv/feeds",
            "FEEDSVC_STORE_URL": "postgresql+psycopg://writer:secret@db.example.org/news",
        },
    )

    assert (config.site.title, config.site.base_url) == ("Other", "https://example.org")
    assert (config.web.port, config.publish.measure_pictures) == (8080, False)
    assert config.publish.folder == Path("/srv/feeds")
    assert config.store.url == "postgresql+psycopg://writer:secret@db.example.org/news"


def test_variables_alone_can_make_a_site(tmp_path: Path) -> None:
    environ = {"FEEDSVC_SITE_TITLE": "Example", "FEEDSVC_SITE_BASE_URL": "https://example.org/"}

    assert loaded(tmp_path, environ, "").site.base_url == "https://example.org"


def test_a_relative_path_in_a_variable_stands_beside_the_file_too(tmp_path: Path) -> None:
    config = loaded(tmp_path, {"FEEDSVC_STORE_URL": "sqlite:///news.db", "FEEDSVC_PUBLISH_FOLDER": "out"})

    assert config.store.url == f"sqlite:///{tmp_path}/news.db"
    assert config.publish.folder == tmp_path / "out"


@pytest.mark.parametrize(
    "text",
    [
        "https://a.example/,https://b.example/",
        "https://a.example/ , https://b.example/",
        '["https://a.example/", "https://b.example/"]',
    ],
)
def test_a_list_is_written_with_commas_or_as_in_the_file(tmp_path: Path, text: str) -> None:
    assert loaded(tmp_path, {"FEEDSVC_SITE_HUBS": text}).site.hubs == ("https://a.example/", "https://b.example/")


def test_authors_are_names_or_tables_as_in_the_file(tmp_path: Path) -> None:
    names = loaded(tmp_path, {"FEEDSVC_SITE_AUTHORS": "City Desk, Science Desk"})
    tables = loaded(tmp_path, {"FEEDSVC_SITE_AUTHORS": '[{ name = "City Desk", email = "city@example.org" }]'})

    assert names.site.authors == (Author("City Desk"), Author("Science Desk"))
    assert tables.site.authors == (Author("City Desk", "city@example.org"),)


@pytest.mark.parametrize(
    ("text", "schedules"),
    [
        ("every hour", ("every hour",)),
        ("on change, cron 0 6,18 * * *", ("on change", "cron 0 6,18 * * *")),
        ('["on change", "every day"]', ("on change", "every day")),
    ],
)
def test_schedules_keep_the_commas_of_cron(tmp_path: Path, text: str, schedules: tuple[str, ...]) -> None:
    assert loaded(tmp_path, {"FEEDSVC_PUBLISH_SCHEDULE": text}).publish.default_schedule == schedules


def test_an_empty_variable_counts_as_not_set(tmp_path: Path) -> None:
    assert loaded(tmp_path, {"FEEDSVC_WEB_PORT": "", "FEEDSVC_SITE_ICON": ""}).web.port == 9000


def test_other_variables_are_left_alone(tmp_path: Path) -> None:
    environ = {"FEEDSVC_CONFIG": "elsewhere", "FEEDSVC_LOG": "x", "PORT": "1", "feedsvc_web_port": "1", "FEEDSVC_": "1"}

    assert loaded(tmp_path, environ) == loaded(tmp_path, {})


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("FEEDSVC_WEB_PROT", "1", "FEEDSVC_WEB_PROT: is no setting; did you mean FEEDSVC_WEB_PORT?"),
        ("FEEDSVC_FEED_TITLE", "x", "FEEDSVC_FEED_TITLE: is no setting; feeds are written in the file alone"),
        ("FEEDSVC_WEB_PORT", "x", 'FEEDSVC_WEB_PORT = "x": must be a whole number between 1 and 65535'),
        ("FEEDSVC_WEB_PORT", "9" * 30, f'FEEDSVC_WEB_PORT = "{"9" * 30}": must be a whole number between 1 and 65535'),
        ("FEEDSVC_WEB_PORT", "-1", 'FEEDSVC_WEB_PORT = "-1": must be a whole number between 1 and 65535'),
        ("FEEDSVC_WEB_PORT", "70000", "FEEDSVC_WEB_PORT = 70000: must be a whole number between 1 and 65535"),
        (
            "FEEDSVC_PUBLISH_MEASURE_PICTURES",
            "on",
            'FEEDSVC_PUBLISH_MEASURE_PICTURES = "on": must be true or false, without quotes',
        ),
        (
            "FEEDSVC_SITE_HUBS",
            "https://a.example/,b",
            'FEEDSVC_SITE_HUBS item 2 = "b": must be a whole web address, such as "https://example.org/about"',
        ),
        (
            "FEEDSVC_SITE_HUBS",
            '["https://a.example/"',
            'FEEDSVC_SITE_HUBS = "["https://a.example/"": must be a list of web addresses',
        ),
        ("FEEDSVC_SITE_TITLE", "a\udcff", 'FEEDSVC_SITE_TITLE = "a\\udcff": must not hold line breaks'),
        ("FEEDSVC_SITE_TITLE", "   ", 'FEEDSVC_SITE_TITLE = "   ": must not be empty'),
    ],
)
def test_a_wrong_variable_is_told_by_its_name(tmp_path: Path, name: str, value: str, told: str) -> None:
    [fault] = faults_of(tmp_path, {name: value})

    assert fault.startswith(told.replace('"["https://a.example/""', r'"[\"https://a.example/\""'))


def test_a_wrong_table_in_the_file_is_still_told(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("web = 1\n" + LEAST.partition("[web]")[0], encoding="utf-8")

    with pytest.raises(ConfigInvalid, match=r"line 1, web = 1: must be one table, \[web\]"):
        load(path, {"FEEDSVC_WEB_PORT": "8000"})
