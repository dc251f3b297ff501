"""What people typed before it became an article's HTML, so that Markdown comes back as Markdown in the editor.

Kept by what came of it: when an article's HTML is changed in another way, its old manuscript is no longer found.
"""

from __future__ import annotations

from hashlib import sha256

from sqlalchemy import Connection, insert, select

from feedsvc.store.tables import manuscripts


def find(connection: Connection, article_id: str, content_html: str) -> str | None:
    """Find the Markdown that an article's HTML was made of."""
    query = select(manuscripts.c.markdown).where(
        manuscripts.c.article_id == article_id, manuscripts.c.digest == _digest(content_html)
    )
    return connection.execute(query).scalar()


def keep(connection: Connection, article_id: str, content_html: str, markdown: str) -> None:
    """Remember the Markdown that an article's HTML was made of; the first that gave it stays."""
    if find(connection, article_id, content_html) is None:
        row = {"article_id": article_id, "digest": _digest(content_html), "markdown": markdown}
        connection.execute(insert(manuscripts).values(**row))


def _digest(content_html: str) -> str:
    return sha256(content_html.encode()).hexdigest()
