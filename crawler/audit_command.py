"""`luutru audit`: whether the store is what it says, and how much of that can be proved."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archive.errors import Misuse
from crawler.options import (
    DEFAULT_STORE,
    ConfigOption,
    JsonOption,
    PortalsOption,
    StoreOption,
    opened,
    print_json,
    printable,
    say,
)

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from archive.audit.audit import Audit, Progress

_HASH = re.compile(r"[0-9a-f]{64}")


def audit(
    store: StoreOption = DEFAULT_STORE,
    folders: PortalsOption = None,
    crawl: Annotated[str | None, typer.Option("--crawl", help="Only this crawl.")] = None,
    file: Annotated[str | None, typer.Option("--file", help="Only this file of captures, PORTAL/NAME.warc.gz.")] = None,
    article: Annotated[
        str | None, typer.Option("--article", help="Only what this article (id or URL) rests on.")
    ] = None,
    portal: Annotated[str | None, typer.Option("--portal", help="Only this portal.")] = None,
    trust: Annotated[
        list[str] | None,
        typer.Option(
            "--trust", help="A public key, or a file with it, that must vouch for the chain; may be given again."
        ),
    ] = None,
    head: Annotated[
        str | None,
        typer.Option("--head", help="The hash of a chain's head that was published: the chain must contain it."),
    ] = None,
    roots: Annotated[
        Path | None,
        typer.Option("--timestamp-roots", help="Certificates (PEM) that timestamps must end in; else luutru.toml's."),
    ] = None,
    reading: Annotated[
        bool, typer.Option("--reading/--no-reading", help="Read the pages again and compare with the tables.")
    ] = True,
    sample: Annotated[
        int | None, typer.Option("--sample", min=1, help="Only ledgers, manifests and so many records drawn at random.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="What the sample is drawn by; else by chance, and printed.")] = None,
    jobs: Annotated[int | None, typer.Option("--jobs", min=1, help="Processes; default one a core.")] = None,
    report: Annotated[Path | None, typer.Option("--report", help="Write a report in HTML to this file.")] = None,
    language: Annotated[str, typer.Option("--language", help="The report's: vi or en.")] = "vi",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Recompute what the store says of itself from its bytes: records, ledgers, signatures, tables and readings.

    Exit 1 where anything was found to be wrong.  What an audit cannot prove is told, too.
    """
    import secrets

    from archive.audit import audit as audits
    from archive.audit.chain import Anchors
    from archive.audit.scope import Scope
    from archive.custody.signing import read_public
    from crawler.rereading import Rereading

    if sum(one is not None for one in (crawl, file, article, portal)) > 1:
        raise Misuse(
            "more than one of --crawl, --file, --article and --portal", "Name one, or none for the whole store"
        )
    if language not in ("vi", "en"):
        raise Misuse(f"{language!r} is no language of the report", "Say --language vi or --language en")
    if head is not None and not _HASH.fullmatch(head := head.strip().lower()):
        raise Misuse(f"{head!r} is no hash of a head", "Give the 64 hex digits that luutru crawl printed as chain head")
    found = opened(store)
    drawn = seed if seed is not None else secrets.randbelow(1 << 32)
    if report is not None and not report.absolute().parent.is_dir():
        raise Misuse(f"no folder {report.absolute().parent} for the report", "Name a file in a folder that there is")
    anchors = Anchors(tuple(read_public(key) for key in trust or ()), head, _roots(roots, config))
    plan = audits.Plan(
        Scope(portal, crawl, file, article),
        anchors,
        Rereading(tuple(path.absolute() for path in folders or ())) if reading else None,
        jobs or os.cpu_count() or 1,
        sample,
        drawn,
    )
    done = audits.audit(found, plan, _progress())
    if report is not None:
        _write(report, found.root, plan, done, language)
    if as_json:
        print_json(_told(done, plan))
    else:
        _print(done, plan)
    if done.findings:
        raise typer.Exit(1)


def _roots(named: Path | None, config: Path | None) -> tuple[Certificate, ...] | None:
    from crawler import config as configuration

    if named is None:
        told = configuration.read(config).timestamp_roots
        if not told:
            return None
        named = Path(told).expanduser()
    from archive.custody.stamp import roots_of

    return tuple(roots_of(named))


def _progress() -> Progress:
    """Says on a terminal how far it is."""
    if not sys.stderr.isatty():
        return lambda _what, _done, _of: None

    def tell(what: str, done: int, of: int) -> None:
        amount = f"{done / 1e6:.0f} of {of / 1e6:.0f} MB of records" if what == "records" else f"{done} of {of} {what}"
        print(f"\r{amount}\x1b[K", end="" if done < of else "\n", file=sys.stderr, flush=True)

    return tell


def _told(done: Audit, plan: object) -> dict[str, object]:
    from archive.audit.audit import Plan
    from archive.audit.words import CANNOT, said

    assert isinstance(plan, Plan)
    anchor = _anchor(done)
    return {
        "level": done.level,
        "cannot_prove": [said(CANNOT[key], "en", anchor=anchor) for key in done.cannot_prove],
        "findings": [asdict(one) for one in done.findings],
        "notes": list(done.notes),
        "checked": asdict(done.checked) | ({"sample": plan.sample, "seed": plan.seed} if plan.sample else {}),
        "head": done.chain.head,
        "manifests": done.chain.number,
        "keys": sorted(done.chain.keys),
    }


def _anchor(done: Audit) -> int:
    from archive.audit.level import anchor

    return anchor(done.chain)


def _print(done: Audit, plan: object) -> None:
    from archive.audit.audit import Plan
    from archive.audit.words import CANNOT, said

    assert isinstance(plan, Plan)
    for one in done.findings:
        place = f"{one.file}, byte {one.offset}" if one.offset is not None else one.file
        print(printable(f"{one.kind}: {place}: {one.message}"))
    for note in done.notes:
        say(printable(f"note: {note}"))
    checked = done.checked
    if plan.sample is not None:
        say(f"a sample of {plan.sample} records, drawn by seed {plan.seed} (--seed draws the same again)")
    say(
        f"examined {checked.files} files, {checked.records} records, {checked.bytes / 1e6:.1f} MB; {checked.manifests} "
        f"manifests, {checked.rows} rows of {checked.crawls} crawls; read again {checked.articles_read} articles"
    )
    print(f"{len(done.findings)} findings" if done.findings else "no finding")
    print(f"level: {done.level}; chain head {done.chain.head or '(none)'}")
    for key in done.cannot_prove:
        print(said(CANNOT[key], "en", anchor=_anchor(done)))


def _write(path: Path, store: Path, plan: object, done: Audit, language: str) -> None:
    from archive.audit.audit import Plan
    from archive.audit.report import html
    from archive.errors import unwritable
    from crawler.custody import SOFTWARE

    assert isinstance(plan, Plan)
    try:
        path.write_text(html(done, plan, str(store.absolute()), SOFTWARE, language), "utf-8")
    except OSError as error:
        raise unwritable(error, path) from error
    say(f"report: {path}")
