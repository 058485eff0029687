"""A night for Prometheus: a file that node_exporter's textfile collector reads."""

from __future__ import annotations

from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, write_to_textfile

from archive.errors import unwritable
from crawler.night.report import COLOURS, Report


def write(report: Report, path: Path) -> None:
    """Writes the metrics of a night's report to `path` (ending with .prom), whole or not at all."""
    registry = CollectorRegistry()

    def gauge(name: str, meaning: str) -> Gauge:
        return Gauge(f"luutru_portal_{name}", meaning, ["portal"], registry=registry)

    colour = gauge("colour", "The portal's last night: 0 green, 1 amber, 2 red")
    articles, listed = gauge("articles", "Articles read"), gauge("listed", "Articles that listings showed")
    complete = gauge("completeness_ratio", "Share of listed articles that were captured")
    requests, received = gauge("requests", "Exchanges"), gauge("received_bytes", "Bytes received")
    seconds, skew = (
        gauge("seconds", "Time that fetching took"),
        gauge("clock_skew_seconds", "Servers' clocks less ours"),
    )
    events = Gauge("luutru_portal_events", "What happened to articles", ["portal", "event"], registry=registry)
    for one in report.portals:
        colour.labels(one.portal).set(COLOURS.index(one.colour))
        articles.labels(one.portal).set(one.articles)
        listed.labels(one.portal).set(one.listed)
        if one.completeness is not None:
            complete.labels(one.portal).set(one.completeness)
        requests.labels(one.portal).set(one.requests)
        received.labels(one.portal).set(one.bytes)
        seconds.labels(one.portal).set(one.seconds)
        if one.skew is not None:
            skew.labels(one.portal).set(one.skew)
        for name, count in (one.events or {}).items():
            events.labels(one.portal, name).set(count)
    Gauge("luutru_night_made_at_seconds", "When the report was made", registry=registry).set(report.made_at.timestamp())
    Gauge("luutru_manifests", "Manifests in the chain", registry=registry).set(report.head_number)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_to_textfile(str(path), registry)
    except OSError as error:
        raise unwritable(error, path) from error
