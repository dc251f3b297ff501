"""A configuration without a fault becomes frozen records, complete with every default."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from feedsvc.config import Config, LogConfig, MediaConfig, PublishConfig, StoreConfig, WebConfig, load
from feedsvc.config.checks import parse_size
from feedsvc.errors import ConfigInvalid, Invalid
from feedsvc.model import (
    Author,
    ContentSetting,
    Feed,
    FeedTemplate,
    Format,
    Selection,
    Site,
    Visibility,
)

LEAST = '[site]\ntitle = "Example"\nbase_url = "https://example.org"\n'


def loaded(folder: Path, text: str) -> Config:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return load(path, {})


def test_the_least_file_gives_every_default(tmp_path: Path) -> None:
    assert loaded(tmp_path, LEAST) == Config(
        path=tmp_path / "config.toml",
        site=Site(title="Example", base_url="https://example.org"),
        store=StoreConfig(f"sqlite:///{tmp_path}/data/feedsvc.db"),
        publish=PublishConfig(tmp_path / "feeds", ("on change", "every 15 minutes"), measure_pictures=True),
        web=WebConfig("127.0.0.1", 8000, 2, 0),
        media=MediaConfig(tmp_path / "media", 10_000_000, 50_000_000),
        log=LogConfig("text", "info"),
        feeds=(),
        templates=(),
    )


def test_a_feed_of_slug_and_title_alone_is_the_default_feed(tmp_path: Path) -> None:
    config = loaded(tmp_path, LEAST + '[[feed]]\nslug = "all"\ntitle = "Everything"\n')

    assert config.feeds == (Feed(slug="all", title="Everything", description=""),)


def test_every_key_arrives_in_its_place(tmp_path: Path) -> None:
    config = loaded(
        tmp_path,
        """
        [site]
        title = " Example "
        description = '''Two lines
        of text.'''
        base_url = "HTTPS://News.Example.ORG:8443/Paper/"
        language = "az-Latn"
        time_zone = "Asia/Yerevan"
        authors = ["City Desk", { name = "Science Desk", email = "science@example.org", url = "https://example.org/s" }]
        icon = "https://example.org/icon.png"
        licence = "https://creativecommons.org/licenses/by/4.0/"
        hubs = ["https://hub.example.org/", "https://hub.example.org/"]

        [store]
        url = "postgresql+psycopg://writer:secret@db.example.org/news"

        [publish]
        folder = "/srv/feeds"
        schedule = "every hour"
        content = "headline"
        limit = 10
        max_bytes = "2 MB"
        measure_pictures = false
        picture_hosts = ["Pictures.internal"]

        [web]
        host = "::"
        port = 80
        workers = 4
        trusted_proxies = 1
        metrics = "all"

        [media]
        folder = "/srv/pictures"
        max_bytes = "5 MB"
        max_megapixels = 20

        [log]
        format = "json"
        level = "warning"

        [[feed]]
        slug = "defaults"
        title = "With this site's defaults"

        [[feed]]
        slug = "sport"
        title = "Sport & games"
        description = "All of it."
        select.sections = ["Sport"]
        select.tags = ["football", "chess"]
        select.authors = ["City Desk"]
        select.languages = ["en"]
        select.match = "any"
        content = "summary"
        limit = 1000
        max_bytes = 10000
        publish = ["on  change", "cron 0 6,18 * * *"]
        embargo = "30 minutes"
        formats = ["atom", "json"]
        visibility = "unlisted"
        language = "en"
        link = "https://example.org/sport"
        image = "https://example.org/sport.png"
        withdrawn = "remove"

        [[feed]]
        for_each = "author"
        slug = "by-{value}"
        title = "By {value}"
        description = "What {value} wrote."
        select.languages = ["en"]
        """,
    )

    assert config.site == Site(
        title="Example",
        base_url="https://news.example.org:8443/Paper",
        language="az-Latn",
        time_zone="Asia/Yerevan",
        description="Two lines of text.",
        authors=(Author("City Desk"), Author("Science Desk", "science@example.org", "https://example.org/s")),
        icon="https://example.org/icon.png",
        licence="https://creativecommons.org/licenses/by/4.0/",
        hubs=("https://hub.example.org/",),
    )
    assert config.store == StoreConfig("postgresql+psycopg://writer:secret@db.example.org/news")
    assert config.publish == PublishConfig(
        Path("/srv/feeds"), ("every hour",), measure_pictures=False, picture_hosts=("pictures.internal",)
    )
    assert config.web == WebConfig("::", 80, 4, 1, public_metrics=True)
    assert config.media == MediaConfig(Path("/srv/pictures"), 5_000_000, 20_000_000)
    assert config.log == LogConfig("json", "warning")
    defaults, sport = config.feeds
    assert defaults == Feed(
        slug="defaults",
        title="With this site's defaults",
        description="",
        content=ContentSetting.HEADLINE,
        limit=10,
        max_bytes=2_000_000,
        publish=("every hour",),
    )
    assert sport == Feed(
        slug="sport",
        title="Sport & games",
        description="All of it.",
        select=Selection(("Sport",), ("football", "chess"), ("City Desk",), ("en",), "any"),
        content=ContentSetting.SUMMARY,
        limit=1000,
        max_bytes=10_000,
        publish=("on change", "cron 0 6,18 * * *"),
        embargo=timedelta(minutes=30),
        formats=(Format.ATOM, Format.JSON),
        visibility=Visibility.UNLISTED,
        language="en",
        link="https://example.org/sport",
        image="https://example.org/sport.png",
        keep_notice=False,
    )
    [template] = config.templates
    assert template == FeedTemplate(
        "author",
        Feed(
            slug="by-{value}",
            title="By {value}",
            description="What {value} wrote.",
            select=Selection(languages=("en",)),
            content=ContentSetting.HEADLINE,
            limit=10,
            max_bytes=2_000_000,
            publish=("every hour",),
        ),
    )


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://example.org", "https://example.org"),
        ("https://example.org/", "https://example.org"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("https://example.org/news//", "https://example.org/news"),
        ("https://[2001:db8::1]/", "https://[2001:db8::1]"),
        ("https://xn--e1afmkfd.example/", "https://xn--e1afmkfd.example"),
    ],
)
def test_the_base_url_has_no_slash_at_its_end(tmp_path: Path, written: str, kept: str) -> None:
    assert loaded(tmp_path, f'[site]\ntitle = "x"\nbase_url = "{written}"\n').site.base_url == kept


@pytest.mark.parametrize(
    "tag", ["en", "EN-gb", "pt-BR", "az-Latn", "zh-Hant-TW", "sl-rozaj-biske", "de-1996", "es-419", "en-x-newsroom"]
)
def test_language_tags_are_kept_as_written(tmp_path: Path, tag: str) -> None:
    assert loaded(tmp_path, f'{LEAST}language = "{tag}"\n').site.language == tag


def test_relative_paths_stand_beside_the_file_wherever_one_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "config.toml").write_text(LEAST + '[store]\nurl = "sqlite:///../news.db"\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    config = load(Path("site/config.toml"), {})

    assert config.path == tmp_path / "site" / "config.toml"
    assert config.publish.folder == tmp_path / "site" / "feeds"
    assert config.store.url == f"sqlite:///{tmp_path}/site/../news.db"


def test_an_absolute_store_stays_where_it_is(tmp_path: Path) -> None:
    assert loaded(tmp_path, LEAST + '[store]\nurl = "sqlite:////srv/news.db"\n').store.url == "sqlite:////srv/news.db"


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    assert loaded(tmp_path, "\ufeff" + LEAST).site.title == "Example"


def test_loading_makes_nothing(tmp_path: Path) -> None:
    loaded(tmp_path, LEAST)

    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"]


def test_a_store_url_is_not_in_the_records_repr(tmp_path: Path) -> None:
    config = loaded(tmp_path, LEAST + '[store]\nurl = "postgresql+psycopg://writer:secret@db.example.org/news"\n')

    assert "secret" not in repr(config)


def test_the_file_that_ships_serves_a_newcomer() -> None:
    config = load(Path(__file__).parents[2] / "config.toml", {})

    everything, summaries = config.feeds
    assert (everything.slug, everything.content, everything.select) == ("all", ContentSetting.FULL, Selection())
    assert (summaries.content, summaries.select) == (ContentSetting.SUMMARY, Selection())
    assert [template.for_each for template in config.templates] == ["section"]
    assert config.site.base_url == f"http://{config.web.host}:{config.web.port}"


def test_the_example_in_the_file_that_ships_is_right_too(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "config.toml").read_text(encoding="utf-8")
    before, mark, example = text.partition("# [[feed]]")

    config = loaded(tmp_path, before + (mark + example).replace("# ", "", 1).replace("\n# ", "\n"))

    assert config.feeds[-1].select == Selection(sections=("science",), tags=("climate", "weather"), match="any")


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("250000", 250_000),
        ("10 B", 10),
        ("500 kB", 500_000),
        ("1 MB", 1_000_000),
        ("1.5MB", 1_500_000),
        ("2 gb", 2_000_000_000),
        ("1.5 MiB", 1_572_864),
    ],
)
def test_sizes_are_read(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "MB", "-1 MB", "1,5 MB", "1 MB a day", "1 TB", "1 \u212aB", "٣ MB"])
def test_other_sizes_are_refused(text: str) -> None:
    with pytest.raises(Invalid, match="number of bytes"):
        parse_size(text)


def test_a_missing_file_says_how_to_make_one_and_how_to_name_another(tmp_path: Path) -> None:
    with pytest.raises(ConfigInvalid) as refused:
        load(tmp_path / "config.toml", {})

    [fault] = refused.value.faults
    assert refused.value.thing == str(tmp_path / "config.toml")
    for word in ("no such file", "[site]", "title", "base_url", "[[feed]]", "--config", "FEEDSVC_CONFIG"):
        assert word in fault


def test_a_folder_is_no_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigInvalid) as refused:
        load(tmp_path, {})

    assert refused.value.faults == ("cannot be read: Is a directory",)
