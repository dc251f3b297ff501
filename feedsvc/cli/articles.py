"""`feedsvc articles` and `feedsvc article`: what is in the store."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from feedsvc.cli.desk import Desk, pass_desk
from feedsvc.cli.printing import json_option, print_json, print_table, when
from feedsvc.model import Article, Status
from feedsvc.store import articles as store_articles


@click.command()
@click.argument("words", nargs=-1)
@click.option("--status", type=click.Choice([status.value for status in Status]), help="Only articles in this state.")
@click.option("--section", help="Only articles of this section.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="At most so many.")
@json_option
@pass_desk
def articles(
    desk: Desk, words: tuple[str, ...], status: str | None, section: str | None, limit: int, *, as_json: bool
) -> None:
    """List articles, the last changed first; WORDS must all stand in the title."""
    with desk.store.reading() as connection:
        found = [
            kept.article
            for kept in store_articles.search(
                connection,
                words=" ".join(words),
                status=Status(status) if status else None,
                section=section,
                limit=limit,
            )
        ]
    if as_json:
        print_json([_words(article) for article in found])
        return
    print_table(
        ("article", "status", "published", "section", "title"),
        [
            (
                article.id,
                article.status,
                when(article.published_at or article.publish_at, desk.zone),
                article.revision.section or "–",
                article.revision.title,
            )
            for article in found
        ],
        empty="No article is like that; bring some in: feedsvc import PATH",
    )


@click.command()
@click.argument("article_id", metavar="ID")
@json_option
@pass_desk
def article(desk: Desk, article_id: str, *, as_json: bool) -> None:
    """Show one article with its revisions."""
    with desk.store.reading() as connection:
        shown = store_articles.get(connection, article_id).article
        history = store_articles.history(connection, article_id)
    if as_json:
        revisions = [
            {"revision": one.number, "change": one.change.value, "saved_at": one.saved_at, "title": one.title}
            for one in history
        ]
        print_json({**_words(shown), "content_html": shown.revision.content_html, "revisions": revisions})
        return
    click.echo(shown.revision.title)
    for label, value in _facts(shown, desk):
        click.echo(f"  {label:<10} {value}")
    click.echo()
    print_table(
        ("revision", "change", "saved", "title"),
        [(one.number, one.change, when(one.saved_at, desk.zone), one.title) for one in reversed(history)],
        empty="",
    )


def _facts(article: Article, desk: Desk) -> list[tuple[str, str]]:
    facts = [
        ("article", article.id),
        ("entry id", article.entry_id),
        ("status", article.status.value),
        ("published", when(article.published_at, desk.zone)),
        ("updated", when(article.updated_at, desk.zone)),
        ("section", article.revision.section or "–"),
        ("authors", ", ".join(author.name for author in article.revision.authors) or "–"),
        ("tags", ", ".join(article.revision.tags) or "–"),
        ("address", article.revision.url or "its permalink here"),
    ]
    if article.publish_at:
        facts.append(("publish at", when(article.publish_at, desk.zone)))
    return facts


def _words(article: Article) -> dict[str, Any]:
    """Give an article in the words of the API."""
    revision = article.revision
    return {
        "id": article.id,
        "entry_id": article.entry_id,
        "status": article.status.value,
        "revision": revision.number,
        "title": revision.title,
        "summary": revision.summary,
        "language": revision.language,
        "section": revision.section,
        "authors": [{key: value for key, value in asdict(one).items() if value} for one in revision.authors],
        "tags": list(revision.tags),
        "url": revision.url,
        "external_id": article.external_id,
        "image": asdict(revision.image) if revision.image else None,
        "publish_at": article.publish_at,
        "published_at": article.published_at,
        "updated_at": article.updated_at,
        "modified_at": article.modified_at,
    }
