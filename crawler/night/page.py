"""A night's report as a page: no script, nothing from elsewhere, everything escaped."""

from __future__ import annotations

from html import escape

from archive.moment import local
from crawler.fetch.progress import size
from crawler.night.report import COLOURS, PortalNight, Report

_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}
table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #ddd;padding:.4rem .5rem;text-align:left}
td,th{vertical-align:top}
td.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.mark{display:inline-block;min-width:4.5rem;padding:.1rem .5rem;
border-radius:.8rem;color:#fff;text-align:center}.green{background:#1b7f3b}.amber{background:#a86400}.red{background:#b3261e}
ul{margin:0;padding-left:1.1rem}code{font-size:.85rem;overflow-wrap:anywhere}.small{color:#555;font-size:.88rem}
"""
_HEAD = ("", "Portal", "Why", "Articles", "Listed", "Complete", "Changes", "Requests", "Bytes", "Time")


def page(report: Report) -> str:
    """The report as HTML."""
    title = f"Night of {report.night:%d/%m/%Y}"
    counts = " ".join(
        f'<span class="mark {colour}">{sum(one.colour == colour for one in report.portals)} {colour}</span>'
        for colour in COLOURS
    )
    slowest = sorted(report.portals, key=lambda one: -one.seconds)[:3]
    slow = ", ".join(f"{escape(one.portal)} {_time(one.seconds)}" for one in slowest if one.seconds)
    vantages = sorted({one.vantage or "not named" for one in report.portals if one.crawl})
    facts = [
        f"Made {local(report.made_at)} (Vietnam).",
        f"Slowest: {slow}." if slow else "",
        f"Seen from: {escape(', '.join(vantages))}. What is not reached from there may be reached from elsewhere: a block "
        "by country is no deletion."
        if vantages
        else "",
        *(f"{escape(one.what)}: {escape(one.said)}" for one in report.afterwards),
        f"No timestamp: {escape(report.stamp_trouble)}." if report.stamp_trouble else "",
    ]
    head = "".join(f"<th>{name}</th>" for name in _HEAD)
    rows = "\n".join(map(_row, report.portals))
    chain = f"{report.head_number} manifests; head <code>{report.head}</code>" if report.head else "no manifests yet"
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{title}</title><style>{_STYLE}</style></head>\n<body>\n<h1>{title}</h1>\n<p>{counts}</p>\n"
        f"<table><tr>{head}</tr>\n{rows}\n</table>\n"
        + "".join(f'<p class="small">{fact}</p>\n' for fact in facts if fact)
        + f'<p class="small">Chain: {chain}. Keep the head where the archive\'s keeper cannot change it: luutru audit --head '
        "shows later that nothing up to it was dropped.</p>\n</body></html>\n"
    )


def _row(one: PortalNight) -> str:
    reasons = [*one.reasons, *one.troubles]
    why = "<ul>" + "".join(f"<li>{escape(reason)}</li>" for reason in reasons) + "</ul>" if reasons else ""
    events = ", ".join(f"{count} {escape(name)}" for name, count in (one.events or {}).items())
    complete = f"{one.completeness:.0%}" if one.completeness is not None else ""
    return (
        f'<tr><td><span class="mark {one.colour}">{one.colour}</span></td><td>{escape(one.portal)}</td><td>{why}</td>'
        f'<td class="n">{one.articles}</td><td class="n">{one.listed}</td><td class="n">{complete}</td><td>{events}</td>'
        f'<td class="n">{one.requests}</td><td class="n">{size(one.bytes)}</td><td class="n">{_time(one.seconds)}</td></tr>'
    )


def _time(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"
