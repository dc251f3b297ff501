"""`feedsvc import`: bring articles in from files, and say of each what became of it."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click

from feedsvc import importing
from feedsvc.cli.desk import Desk, pass_desk
from feedsvc.cli.printing import json_option, print_json, progress
from feedsvc.errors import Invalid
from feedsvc.importing import Result, Taken
from feedsvc.model import Author, Imported, Refused
from feedsvc.parse import Defaults, parse


@click.command("import")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--section", help="The section of articles whose file names none.")
@click.option("--author", "authors", multiple=True, help="The author of articles whose file names none; may repeat.")
@click.option("--tag", "tags", multiple=True, help="A tag for articles whose file has none; may repeat.")
@click.option("--language", help="The language of articles whose file names none, such as en or pt-BR.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@json_option
@pass_desk
def import_(  # noqa: PLR0917 - click passes options by name
    desk: Desk,
    paths: tuple[Path, ...],
    section: str | None,
    authors: tuple[str, ...],
    tags: tuple[str, ...],
    language: str | None,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Bring articles in from files or folders; the kind of each file is detected.

    Plain text, Markdown with front matter, RSS, Atom and JSON Feed. What was imported before is known again: the same
    file changes nothing, changed content becomes a minor edit. A refused article is one line on standard error, the
    rest comes in, and the exit code is 1.
    """
    defaults = Defaults(
        section=section,
        authors=tuple(Author(name) for name in authors),
        language=language,
        tags=tags,
        time_zone=desk.zone,
        base_url=desk.site.base_url,
    )
    desk.apply_feeds()
    sources = [_read(path, defaults) for path in _files(paths)]
    taken = []
    with progress("importing", sum(map(len, sources))) as advance:
        for source in sources:
            for one in importing.import_articles(desk.store, desk.site, source, now=desk.now(), dry_run=dry_run):
                taken.append(one)
                advance()
    for one in taken:
        if one.result is Result.REFUSED:
            click.echo(f"refused: {one.place}: {one.reason}", err=True)
    if as_json:
        print_json([_plain(one) for one in taken])
    else:
        _print(taken, dry_run=dry_run)
    if any(one.result is Result.REFUSED for one in taken):
        sys.exit(1)


def _files(paths: Sequence[Path]) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        files += _inside(path) if path.is_dir() else [path]
    return files


def _inside(folder: Path) -> list[Path]:
    # A link that leads out of the folder would publish whatever this process may read.
    here = folder.resolve()
    found = (one for one in folder.rglob("*") if not one.name.startswith("."))
    return sorted(one for one in found if one.is_file() and one.resolve().is_relative_to(here))


def _read(path: Path, defaults: Defaults) -> list[Imported | Refused]:
    # The whole path: a file is known again wherever the command is called from. Names on disk need not be UTF-8.
    name = os.fsencode(path.resolve()).decode("utf-8", "backslashreplace")
    try:
        return list(parse(name, path.read_bytes(), defaults))
    except OSError as error:
        return [Refused(name, f"can't be read: {error.strerror or error}")]
    except Invalid as error:
        return [Refused(name, f"{error.reason}. {error.fix}" if error.fix else error.reason)]


def _print(taken: Sequence[Taken], *, dry_run: bool) -> None:
    for one in taken:
        if one.result in (Result.NEW, Result.CHANGED):
            click.echo(f"{one.result:<9} {one.article_id or '':<36}  {one.title or one.place}")
    counts = Counter(one.result for one in taken)
    summary = ", ".join(f"{counts[result]} {result}" for result in Result)
    click.echo(f"{summary}{' (a dry run: nothing was changed)' if dry_run else ''}")


def _plain(one: Taken) -> dict[str, object]:
    return {name: getattr(one, name) for name in ("place", "result", "title", "article_id", "reason")}
