"""`luutru history | diff | gaps | snapshots`: what happened, and what is lacking."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from archive.errors import Misuse
from crawler.options import (
    DEFAULT_STORE,
    AsOfOption,
    JsonOption,
    PortalsOption,
    SnapshotOption,
    StoreOption,
    day,
    opened,
    print_json,
    printable,
)

if TYPE_CHECKING:
    from archive.tables.history import Change

_SHOWN = 40


def history(
    article: Annotated[str, typer.Argument(help="An article's id or URL.")],
    store: StoreOption = DEFAULT_STORE,
    snapshot: SnapshotOption = None,
    as_of: AsOfOption = None,
    _folders: PortalsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show an article's versions, what each changed word by word, and what happened to it."""
    from rich.console import Console
    from rich.text import Text

    from archive.moment import local
    from archive.tables.at import at
    from archive.tables.history import events, find, versions
    from crawler.answer import plain

    found = opened(store)
    where = at(found, snapshot, as_of)
    row = find(found, article, where)
    all_versions = versions(found, row["article_id"], where)
    happened = events(found, row["article_id"], where)
    if as_json:
        listed = [
            {**v.row, "changes": {c.field: [[p.sign, p.text] for p in c.pieces] for c in v.changes}}
            for v in all_versions
        ]
        print_json({"article_id": row["article_id"], "versions": plain(listed), "events": plain(happened)})
        return
    console = Console(highlight=False, soft_wrap=True)
    console.print(Text(f"{row['title']}\n{row['url']}\n{row['article_id']}, {row['state']}\n"))
    for number, version in enumerate(all_versions, 1):
        captured = _time(version.row["fetch_time"])
        console.print(
            Text(f"Version {number}, captured {captured} (Vietnam), record {version.row['record_id']}", "bold")
        )
        for change in version.changes:
            console.print(_difference(change, console.is_terminal))
        console.print()
    for event in happened:
        told = between(event)
        why = event["reason"] or ", ".join(event["fields_changed"] or ())
        baseline = ", may be older than the archive" if event["baseline"] else ""
        console.print(Text(f"{event['event']} ({event['confidence']}{baseline}) {told}{f': {why}' if why else ''}"))
    console.print(Text(f"last confirmed online {local(row['last_confirmed_at'])} (Vietnam)"))


def between(event: dict[str, Any]) -> str:
    """The interval in which an event happened, in Vietnam's time: never more than is known."""
    from archive.moment import local

    after = local(event["not_after"])
    return f"between {local(event['not_before'])} and {after}" if event["not_before"] else f"before {after}"


def _time(value: object) -> str:
    from archive.moment import local, parse_iso

    return local(parse_iso(str(value)))


def _difference(change: Change, colours: bool) -> Any:
    """A field's words: what went red and struck through, what came green; [-…-] and {+…+} where there are no colours."""
    from rich.text import Text

    out = Text(f"  {change.field}: ", "dim")
    for piece in _brief(change):
        if colours:
            out.append(piece[1], {" ": "", "-": "red strike", "+": "green bold"}[piece[0]])
        else:
            out.append({" ": "{}", "-": "[-{}-]", "+": "{{+{}+}}"}[piece[0]].format(piece[1]))
    return out


def _brief(change: Change) -> Iterator[tuple[str, str]]:
    """The pieces, long stretches of what stayed cut down to the words beside a change."""
    pieces = change.pieces
    for number, piece in enumerate(pieces):
        if piece.sign == " " and len(piece.text) > 2 * _SHOWN:
            head = piece.text[:_SHOWN] if number else ""
            tail = piece.text[-_SHOWN:] if number + 1 < len(pieces) else ""
            yield " ", f"{head} … {tail}"
        else:
            yield piece.sign, piece.text


def diff(
    old: Annotated[str, typer.Argument(help="A snapshot: an id or a day; with --extractor, an extractor's version.")],
    new: Annotated[str, typer.Argument(help="A later one.")],
    store: StoreOption = DEFAULT_STORE,
    extractor: Annotated[
        bool, typer.Option("--extractor", help="What two extractor versions read differently in the same bytes.")
    ] = False,
    _folders: PortalsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell what happened between two snapshots; or what changed in our reading of unchanged bytes."""
    from archive.tables.at import at
    from archive.tables.history import between as events_between
    from archive.tables.history import readings
    from crawler.answer import plain

    found = opened(store)
    if extractor:
        told = list(readings(found, old, new))
        if as_json:
            print_json({"readings": told})
            return
        for row in told:
            print(f"{row['url']} ({', '.join(row['fields'])})")
            for name, texts in row["fields"].items():
                print(f"  {name}: {_short(texts['old'])!r} -> {_short(texts['new'])!r}")
        print(f"{len(told)} captures are read differently")
        return
    first, second = at(found, old), at(found, new)
    events = events_between(found, first, second)
    if not events and events_between(found, second, first):
        raise Misuse(f"{old} is later than {new}", "Name the earlier snapshot first")
    if as_json:
        print_json({"from": first.snapshot, "to": second.snapshot, "events": plain(events)})
        return
    for event in events:
        why = event["reason"] or ", ".join(event["fields_changed"] or ())
        print(
            f"{event['event']:<9} {event['confidence']:<9} {event['portal']}  {_short(event['title'] or event['url'])}"
            f"{f' ({why})' if why else ''}, {between(event)}{' (baseline)' if event['baseline'] else ''}"
        )
    counts = Counter(event["event"] for event in events)
    told_counts = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
    print(
        f"{len(events)} events{f': {told_counts}' if events else ''}, from snapshot {first.snapshot} to {second.snapshot}"
    )


def gaps(
    store: StoreOption = DEFAULT_STORE,
    portal: Annotated[list[str] | None, typer.Option("--portal", help="Only this portal; may be given again.")] = None,
    night: Annotated[str | None, typer.Option(help="The gaps of this night (YYYY-MM-DD), filled since or not.")] = None,
    snapshot: SnapshotOption = None,
    as_of: AsOfOption = None,
    _folders: PortalsOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what listings promised and the archive lacks, and why; below, each portal's last night by category."""
    from archive.moment import local
    from archive.tables.at import at
    from archive.tables.completeness import by_category, lacking
    from crawler.answer import as_table, plain

    found = opened(store)
    where = at(found, snapshot, as_of)
    wanted = day(night, "--night")
    rows = lacking(found, portal or (), wanted, where)
    table = by_category(found, portal or (), wanted, where)
    if as_json:
        print_json({"gaps": plain(rows), "completeness": plain(table)})
        return
    for row in rows:
        category = " › ".join(row["category"] or ())
        detail = f" ({row['detail']})" if row["detail"] else ""
        print(f"{row['why']}{detail}: {_short(row['title'] or '')} [{row['portal']}, {category}]")
        print(f"    {row['url']}, listed {local(row['listed_at'])} (Vietnam)")
    print(f"{len(rows)} {'gaps' if night else 'open gaps'}\n")
    names = [{**row, "category": " › ".join(row["category"]), "night": str(row["night"])} for row in table]
    if names:
        as_table(list(names[0]), names, sys.stdout)


def snapshots(store: StoreOption = DEFAULT_STORE, _folders: PortalsOption = None, as_json: JsonOption = False) -> None:
    """List the snapshots: id, time, portals, counts, completeness, and what changed."""
    from crawler.answer import as_table
    from crawler.show import snapshots as listed

    rows = listed(opened(store))
    if as_json:
        print_json(rows)
        return
    told = [
        {
            "id": row["id"],
            "time": row["time"],
            "portals": ", ".join(row["portals"]),
            **row["counts"],
            "completeness": f"{row['completeness']:.1%}" if row["completeness"] is not None else "",
            "changed": _counts(row["events"]),
        }
        for row in rows
    ]
    columns = ["id", "time", "portals", "articles", "images", "requests", "completeness", "changed"]
    as_table(columns, told, sys.stdout)


def _counts(events: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(events.items()) if count)


def _short(text: str, most: int = 72) -> str:
    shown = printable(text)
    return shown if len(shown) <= most else shown[: most - 1] + "…"
