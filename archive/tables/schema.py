"""The tables' columns: the contract with researchers, and the data dictionary made from it (docs/schema.md).

A column is never renamed or given another type; columns are added, with a line in CHANGELOG, and SCHEMA_VERSION counts on.
Rows that are older than a column have null there.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

SCHEMA_VERSION = 2

UTC_TIME = pa.timestamp("us", tz="UTC")
TEXTS = pa.list_(pa.string())


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `meaning` tells unit, time zone, what null means and where the value comes from."""

    name: str
    type: pa.DataType
    meaning: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table: what a row is, and its columns in order."""

    name: str
    row: str
    columns: tuple[Column, ...]

    @property
    def schema(self) -> pa.Schema:
        """The Arrow schema; every column may be null."""
        return pa.schema([pa.field(column.name, column.type) for column in self.columns])


def _c(name: str, type_: pa.DataType, meaning: str) -> Column:
    return Column(name, type_, meaning)


S, N, B = pa.string(), pa.int64(), pa.bool_()

_COMMIT = (
    _c("snapshot_id", S, "The commit that brought the row; rows whose commit has no row in crawls are in no view."),
    _c("month", S, "UTC month of the capture, `2026-11`; the table is partitioned by it."),
)

_PROVENANCE = (
    _c("crawl", S, "The crawl that made the capture."),
    _c("fetch_time", UTC_TIME, "Start of the capture (WARC-Date), UTC."),
    _c("warc_filename", S, "WARC file of the capture, relative to the store's warc/."),
    _c("warc_record_offset", N, "Offset of the response record's gzip member, bytes."),
    _c("warc_record_length", N, "Length of that member, bytes."),
    _c("record_id", S, "WARC-Record-ID of the response, without angle brackets."),
)

IMAGE = pa.struct(
    [
        ("url", S),
        ("caption", S),
        ("credit", S),
        ("alt", S),
        ("position", pa.int32()),
        ("content_digest", S),
        ("width", pa.int32()),
        ("height", pa.int32()),
        ("mime", S),
        ("fetch_time", UTC_TIME),
        ("record_id", S),
    ]
)
ATTACHMENT = pa.struct(
    [
        ("url", S),
        ("name", S),
        ("mime", S),
        ("size", N),
        ("content_digest", S),
        ("fetch_time", UTC_TIME),
        ("record_id", S),
    ]
)
LINK = pa.struct([("url", S), ("text", S)])
SAID = pa.struct(
    [
        (name, pa.int32())
        for name in ("title", "lead", "body", "author", "source", "published", "modified", "images", "attachments")
    ]
)
CATEGORY = pa.struct(
    [
        ("path", TEXTS),
        ("entries", N),
        ("captured", N),
        ("failed", N),
        ("robots", N),
        ("window", N),
        ("budget", N),
        ("unreached", N),
    ]
)
ENTRY = pa.struct([("position", pa.int32()), ("url", S), ("title", S), ("date_raw", S), ("date", pa.date32())])

CAPTURES = Table(
    "captures",
    "One exchange with a server, successful or not.",
    (
        *_COMMIT,
        _c("crawl", S, "The crawl that made the capture."),
        _c("portal", S, "Name of the portal file."),
        _c(
            "kind",
            S,
            "What was asked for: robots, listing, article, image, attachment; requisite: what a page is shown with.",
        ),
        _c("url", S, "Canonical URL."),
        _c("url_original", S, "URL as it was requested."),
        _c("url_surtkey", S, "SURT of the URL, the key of CDXJ."),
        _c("method", S, "HTTP method."),
        _c("fetch_time", UTC_TIME, "Start of the exchange (WARC-Date), UTC."),
        _c("fetch_status", pa.int32(), "HTTP status; null where there was no response."),
        _c("mime", S, "Media type that the server declared; null where it declared none."),
        _c("content_digest", S, "sha256 of the entity, dechunked and still content-encoded (WARC-Payload-Digest)."),
        _c("content_length", N, "Length of that entity, bytes."),
        _c(
            "wire_verdict",
            S,
            "ok, redirect, not-modified, gone, missing, forbidden, throttled, error, truncated, failed.",
        ),
        _c("failure", S, "Why there is no response; null where there is one."),
        _c("redirect_to", S, "Canonical URL that Location names; null where it is no redirect."),
        _c("etag", S, "ETag as sent; null where none was."),
        _c("last_modified", S, "Last-Modified as sent; null where none was."),
        _c("server_date", S, "Date header as sent; null where none was."),
        _c("truncated", S, "WARC-Truncated: length, time, disconnect, unspecified; null where the response is whole."),
        _c("ip", S, "Address of the server; null where none was reached."),
        _c("tls", S, "TLS version; null for plain HTTP."),
        _c(
            "tls_verified",
            B,
            "Whether the certificate chain was verified; false where the portal's file accepts its fault; null for plain HTTP.",
        ),
        _c("elapsed_ms", N, "From the first byte sent to the last received, milliseconds."),
        _c("origin", S, "crawled or imported."),
        _c("restriction", S, "Why the capture is withheld; null where it is not."),
        _c("width", pa.int32(), "Width of an image, pixels; null for anything else."),
        _c("height", pa.int32(), "Height of an image, pixels; null for anything else."),
        _c("warc_filename", S, "WARC file, relative to the store's warc/."),
        _c("warc_record_offset", N, "Offset of the first record's gzip member, bytes."),
        _c("warc_record_length", N, "Length of that member, bytes."),
        _c("record_id", S, "WARC-Record-ID of the first record (the response, where there is one)."),
        _c("revisit_of", S, "Record id of the capture that this one repeats; null where it stands for itself."),
        _c(
            "reading_verdict",
            S,
            "article, listing, challenge, soft-404, login, trap, not-html or other; unreadable where our reader failed or "
            "the page has over 100,000 tags; null where not read.",
        ),
    ),
)

ARTICLES = Table(
    "articles",
    "One reading of one capture of an article.",
    (
        *_COMMIT,
        _c("article_id", S, "Identity of the article: hash of portal and canonical path and query."),
        _c("portal", S, "Name of the portal file."),
        _c("url", S, "Canonical URL."),
        _c("url_original", S, "URL as it was requested."),
        _c("cms_id", S, "The portal's own number of the article; null where it shows none."),
        _c("title", S, "Title as on the page, NFC, white space folded."),
        _c("lead", S, "Lead (sapo); null where the page marks none."),
        _c("body", S, "Paragraphs joined by blank lines; no caption, no lead, no page furniture."),
        _c("category", TEXTS, "Category path read off the page, else that of the first listing it was found by."),
        _c("categories", pa.list_(TEXTS), "Paths of all categories whose listings showed it in this crawl."),
        _c("author", S, "Author as the page names one; null where it does not."),
        _c("source", S, "Source (Nguồn, Theo) as the page names one; null where it does not."),
        _c("published_date", pa.date32(), "Publishing day in Vietnam; null where the page tells none."),
        _c("published_at", UTC_TIME, "Publishing time, UTC; null where only a day or nothing is told."),
        _c("published_precision", S, "day, minute or second; null where nothing is told."),
        _c("published_source", S, "page, meta, url or listing; null where nothing is told."),
        _c(
            "published_raw",
            S,
            "The text that the date was read from; without a date, what stands in its place and is none.",
        ),
        _c("published_ambiguous", B, "Whether day and month could be exchanged; null where nothing is told."),
        _c("modified_at", UTC_TIME, "Time of the last update as the page tells it, UTC; null where it tells none."),
        _c("modified_raw", S, "The text that it was read from."),
        _c("tags", TEXTS, "Tags, in the page's order."),
        _c("language", S, "Language that the page declares, else vi for Vietnamese text; null where unknown."),
        _c("links", pa.list_(LINK), "Links in the body: canonical URL and text."),
        _c(
            "images",
            pa.list_(IMAGE),
            "Images of the body in order; digest, size and record are null where never fetched.",
        ),
        _c(
            "attachments", pa.list_(ATTACHMENT), "Attached files; digest, size and record are null where never fetched."
        ),
        _c(
            "text_hash",
            S,
            "sha256 of what the page says in words: title, lead, body, captions, credits, names of files, dates, author, "
            "source.",
        ),
        _c(
            "field_hashes",
            SAID,
            "The first 32 bits of the sha256 of each of these fields, signed: they tell which differ where text_hash does.",
        ),
        _c(
            "content_hash",
            S,
            "sha256 of text_hash and the digests of images and files.  A version is a change of the text, or of a digest "
            "that is known on both sides.",
        ),
        _c("content_hash_version", pa.int32(), "Version of that normalisation."),
        _c("reading_verdict", S, "Always article."),
        _c("layout", S, "Platform and layout that read it, `sharepoint/publishing`."),
        _c("extractor_version", S, "Digest of code, platform, portal file and parsers that read it."),
        *_PROVENANCE,
    ),
)

LISTINGS = Table(
    "listings",
    "One page of a category's listing, as captured.",
    (
        *_COMMIT,
        _c("portal", S, "Name of the portal file."),
        _c("category", TEXTS, "Path of the category that was walked."),
        _c("page", pa.int32(), "Number of the page in this walk, from 1."),
        _c("url", S, "Canonical URL."),
        _c("entries", pa.list_(ENTRY), "What the page lists, in order; dates are days in Vietnam."),
        _c("next", S, "What leads on: a URL, or the postback's target; null on the last page."),
        _c("extractor_version", S, "Digest of code, platform, portal file and parsers that read it."),
        *_PROVENANCE,
    ),
)

EVENTS = Table(
    "events",
    "Something that happened to an article between two captures.",
    (
        *_COMMIT,
        _c("portal", S, "Name of the portal file."),
        _c("article_id", S, "The article."),
        _c("url", S, "Canonical URL."),
        _c("event", S, "appeared, edited, moved, delisted, vanished, returned."),
        _c("confidence", S, "suspected or confirmed."),
        _c("confirmations", pa.int32(), "Captures that say so."),
        _c("not_before", UTC_TIME, "Last capture with the former state, UTC; null where there was none."),
        _c("not_after", UTC_TIME, "First capture with the new state, UTC."),
        _c("baseline", B, "True where the article may be older than our knowledge: first crawl, deep sweep, import."),
        _c("fields_changed", TEXTS, "Fields that differ, for edited."),
        _c("hash_before", S, "Content hash of the former version; null where there was none."),
        _c("hash_after", S, "Content hash of the new version; null where there is none."),
        _c("moved_to", S, "The article that stands at the new address, for moved; null for all else."),
        _c("reason", S, "What says so: a verdict, where a redirect leads, or the listings; null where content does."),
        _c("extractor_version", S, "Version that read both sides; null where nothing was read."),
        _c("evidence", TEXTS, "Record ids of the captures on both sides."),
        _c("crawl", S, "The crawl that found it."),
    ),
)

CRAWLS = Table(
    "crawls",
    "One crawl of one portal; the row that makes its commit visible.",
    (
        *_COMMIT,
        _c("crawl", S, "The crawl."),
        _c("portal", S, "Name of the portal file."),
        _c("night", pa.date32(), "Local date of the planned start."),
        _c("action", S, "crawl or reextract."),
        _c("started_at", UTC_TIME, "Start, UTC."),
        _c("finished_at", UTC_TIME, "End of fetching, UTC."),
        _c("committed_at", UTC_TIME, "Time of the commit, UTC."),
        _c("cut_short", S, "Why fetching ended before everything was asked; null where it did not."),
        _c("requests", N, "Exchanges, failed ones too."),
        _c("bytes", N, "Bytes received in responses, as on the wire."),
        _c("listing_pages", N, "Listing pages captured."),
        _c("listing_entries", N, "Different articles that the listings showed."),
        _c("articles", N, "Articles read."),
        _c("images", N, "Images fetched."),
        _c("attachments", N, "Attachments fetched."),
        _c("missing", N, "Entries of listings that have no article, for whatever reason."),
        _c("failed", N, "Requests that were given up."),
        _c(
            "categories",
            pa.list_(CATEGORY),
            "For each category that was walked: entries of its listing, those whose article was captured, and the others "
            "by reason (the table gaps has them one by one).",
        ),
        _c("overdue", N, "Known articles that were not asked for longer than the portal file allows."),
        _c(
            "mass_vanishing",
            N,
            "Known articles that gave none, so many at once that none is told as vanished; else null.",
        ),
        _c(
            "completeness",
            pa.float64(),
            "Articles of listings that were captured, as a share of all entries; null without any.",
        ),
        _c("colour", S, "green, amber or red."),
        _c("reasons", TEXTS, "Why it is not green."),
        _c("extractor_version", S, "Version that read this crawl's pages."),
        _c("software", S, "Name and version of the software."),
        _c("configuration_digest", S, "sha256 of the configuration and portal file in force."),
        _c("operator", S, "Who crawled, from luutru.toml."),
        _c("robots_policy", S, "obey, or override with its authority."),
        _c("vantage", S, "Where from, from luutru.toml."),
        _c("clock_synced", B, "Whether the machine's clock was synchronised; null where unknown."),
        _c("clock_skew_s", pa.float64(), "Median difference to the servers' Date headers, seconds."),
        _c("manifest_hash", S, "Hash of the crawl's signed manifest; null where there is none."),
    ),
)

GAPS = Table(
    "gaps",
    "An entry of a category's listing, in one crawl, that has no article; or a known article that is overdue.",
    (
        *_COMMIT,
        _c("portal", S, "Name of the portal file."),
        _c("crawl", S, "The crawl that lacks it."),
        _c("category", TEXTS, "Path of the category whose listing showed it; of the article, where it is overdue."),
        _c("article_id", S, "Identity that the article has, or would have."),
        _c("url", S, "Canonical URL as the listing gives it."),
        _c("title", S, "Title as the listing shows it."),
        _c("date_raw", S, "Date as the listing shows it; null where it shows none."),
        _c(
            "why",
            S,
            "failed (asked, and no article came), robots (refused by robots.txt), window (the crawl's hours were over), "
            "budget (the host's budget of pages was spent), throttled (the host refused again and again, and was left for "
            "the night), unreached (not asked, for another reason), overdue (known, and not asked again for too long).",
        ),
        _c(
            "detail",
            S,
            "The verdict or failure of what was asked, or what cut the crawl short; null where why says it all.",
        ),
        _c(
            "listed_at",
            UTC_TIME,
            "Capture of the listing that showed it, UTC; time of the commit, where it is overdue.",
        ),
        _c("last_confirmed_at", UTC_TIME, "When the article was last seen online, UTC; null where it is not overdue."),
        _c("evidence", TEXTS, "Record ids: the listing's, and the answer's where there is one."),
    ),
)

TABLES = {table.name: table for table in (CAPTURES, ARTICLES, LISTINGS, EVENTS, GAPS, CRAWLS)}


def dictionary() -> str:
    """docs/schema.md: every table and column, from this file."""
    out = [
        "# Tables and columns",
        "",
        f"Schema version {SCHEMA_VERSION}. Written by `python -m archive.tables.schema` from the code; a test holds it to it.",
        "Times are UTC, days are days in Vietnam (Asia/Ho_Chi_Minh), text is NFC. Every column may be null.",
    ]
    for table in TABLES.values():
        out += ["", f"## {table.name}", "", table.row, "", "| column | type | meaning |", "|---|---|---|"]
        out += [f"| `{c.name}` | `{str(c.type).replace('|', '/')}` | {c.meaning} |" for c in table.columns]
    return "\n".join(out) + "\n"


if __name__ == "__main__":
    print(dictionary(), end="")
