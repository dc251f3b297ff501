from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from feedsvc import lifecycle
from feedsvc.lifecycle import Identity
from feedsvc.membership import Standing, article_terms, feed_terms, is_visible, place, selects
from feedsvc.model import Article, Author, Draft, Feed, Selection

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def article(section: str | None = "Sport", tags: tuple[str, ...] = ("cup",), language: str | None = None) -> Article:
    draft = Draft("Cup final", "<p>1:0</p>", section=section, tags=tags, language=language, authors=(Author("Desk"),))
    return lifecycle.publish(lifecycle.create(draft, Identity("1", "urn:uuid:1"), "cup-final", NOW), NOW)


def feed(select: Selection | None = None, embargo: timedelta = timedelta(0), *, keep_notice: bool = True) -> Feed:
    return Feed("a", "A", "", select or Selection(), embargo=embargo, keep_notice=keep_notice)


def takes(select: Selection, one: Article) -> bool:
    return selects(select, one.revision, "en")


def test_a_feed_without_a_selection_takes_everything() -> None:
    assert takes(Selection(), article(section=None, tags=()))
    assert takes(Selection(match="any"), article(section=None, tags=()))


def test_all_wants_every_list_to_agree_and_any_is_content_with_one() -> None:
    both = {"sections": ("sport",), "tags": ("league",)}
    assert not takes(Selection(**both, match="all"), article())
    assert takes(Selection(**both, match="any"), article())
    assert takes(Selection(sections=("news", "SPORT"), tags=("Cup",)), article())


def test_a_language_takes_its_regional_forms_and_the_site_s_language_stands_in() -> None:
    assert takes(Selection(languages=("pt",)), article(language="pt-BR"))
    assert not takes(Selection(languages=("pt-BR",)), article(language="pt"))
    assert takes(Selection(languages=("en",)), article(language=None))
    assert not takes(Selection(languages=("e",)), article(language="en"))


words = st.lists(st.sampled_from(["a", "B", "ß", "ı", "x-y"]), max_size=2).map(tuple)
selections = st.builds(
    Selection,
    sections=words,
    tags=words,
    authors=words,
    languages=st.lists(st.sampled_from(["en", "pt", "pt-BR"]), max_size=2).map(tuple),
    match=st.sampled_from(["all", "any"]),
)


@given(selections, words, words, st.sampled_from([None, "en", "pt-br"]))
def test_the_index_finds_every_feed_that_takes_an_article(
    select: Selection, sections: tuple[str, ...], tags: tuple[str, ...], language: str | None
) -> None:
    one = article(section=sections[0] if sections else None, tags=tags, language=language)
    if takes(select, one):
        assert feed_terms(select) & article_terms(one.revision, "en")


def test_an_article_that_was_never_published_has_no_place() -> None:
    draft = lifecycle.create(Draft("Later"), Identity("1", "urn:uuid:1"), "later", NOW)
    assert place(draft, feed(), "en", NOW) is None
    assert not is_visible(draft)


def test_an_embargo_keeps_an_entry_waiting_until_it_ends() -> None:
    waiting = place(article(), feed(embargo=HOUR), "en", NOW)
    assert waiting is not None
    assert (waiting.standing, waiting.visible_at) == (Standing.WAITING, NOW + HOUR)
    shown = place(article(), feed(embargo=HOUR), "en", NOW + HOUR)
    assert shown is not None
    assert shown.standing is Standing.SHOWN


def test_a_withdrawal_stays_as_a_notice_or_goes_as_the_article_or_else_the_feed_says() -> None:
    for notice, keeps, standing in [
        (True, False, Standing.SHOWN),
        (False, True, Standing.WITHDRAWN),
        (None, True, Standing.SHOWN),
        (None, False, Standing.WITHDRAWN),
    ]:
        gone = lifecycle.withdraw(article(), "wrong", NOW + HOUR, notice=notice)
        found = place(gone, feed(keep_notice=keeps), "en", NOW + HOUR)
        assert found is not None
        assert found.standing is standing
