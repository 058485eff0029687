"""What SQL may not do, how long it may take, and what an answer says of itself."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from archive.errors import BrokenQuery, LuutruError, Misuse, QueryTooLarge, QueryTooLong
from archive.store import Store, create_store
from archive.tables.delta import append
from archive.tables.limits import Limits, size, told
from archive.tables.question import asked, newest, source
from archive.tables.schema import CRAWLS, SCHEMA_VERSION
from archive.tables.statement import answered
from archive.tables.views import VIEWS, connection, query

SECRET = "a file that is none of SQL's business"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store with one committed crawl."""
    store = create_store(tmp_path_factory.mktemp("queries") / "store")
    commit(store, "first", datetime(2026, 11, 23, 18, 0, tzinfo=UTC))
    return store


def commit(store: Store, snapshot: str, moment: datetime) -> None:
    row = {"snapshot_id": snapshot, "month": "2026-11", "crawl": f"c-{snapshot}", "portal": "p", "articles": 3}
    row |= {"night": date(2026, 11, 24), "action": "crawl", "committed_at": moment, "started_at": moment}
    append(store, CRAWLS, pa.Table.from_pylist([row], schema=CRAWLS.schema), {})


@pytest.fixture
def sql(store: Store) -> Iterator[duckdb.DuckDBPyConnection]:
    found = connection(store, memory=size("300MB"))
    yield found
    found.close()


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    file = tmp_path / "secret.csv"
    file.write_text(SECRET, "utf-8")
    return file


@pytest.mark.parametrize(
    "text",
    [
        "COPY (SELECT 1) TO '{folder}/out.csv'",
        "COPY (SELECT 1) TO '{folder}/out.parquet' (FORMAT parquet)",
        "COPY crawls FROM '{secret}'",
        "ATTACH '{folder}/new.db'",
        "DETACH memory",
        "INSTALL httpfs",
        "LOAD httpfs",
        "UPDATE EXTENSIONS",
        "PRAGMA version",
        "PRAGMA database_list",
        "SET threads = 1",
        "SET enable_external_access = true",
        "SET python_enable_replacements = true",
        "SET VARIABLE a = 1",
        "RESET threads",
        "USE temp",
        "CREATE SECRET (TYPE http)",
        "EXPORT DATABASE '{folder}/export'",
        "IMPORT DATABASE '{folder}'",
        "CREATE TABLE t (i INTEGER)",
        "CREATE TEMP TABLE t AS SELECT 1",
        "CREATE OR REPLACE VIEW articles AS SELECT 1",
        "CREATE MACRO m(a) AS a",
        "CREATE SEQUENCE s",
        "DROP VIEW articles",
        "ALTER VIEW articles RENAME TO others",
        "COMMENT ON VIEW articles IS 'x'",
        "INSERT INTO crawls_rows VALUES (1)",
        "UPDATE crawls_rows SET crawl = 'x'",
        "DELETE FROM crawls",
        "TRUNCATE crawls",
        "MERGE INTO crawls USING crawls ON true WHEN MATCHED THEN DELETE",
        "BEGIN",
        "COMMIT",
        "CHECKPOINT",
        "VACUUM",
        "ANALYZE",
        "CALL pragma_version()",
        "PREPARE p AS SELECT 1",
        "EXECUTE p",
        "EXPLAIN CREATE TABLE t (i INTEGER)",
        "EXPLAIN ANALYZE CREATE TABLE t (i INTEGER)",
        "EXPLAIN ANALYZE COPY (SELECT 1) TO '{folder}/out.csv'",
        "EXPLAIN (ANALYZE, FORMAT json) COPY (SELECT 1) TO '{folder}/out.csv'",
        "EXPLAIN /* */ ANALYZE CREATE TABLE t (i INTEGER)",
        "WITH x AS (COPY (SELECT 1) TO '{folder}/out.csv') FROM x",
        "WITH x AS (INSERT INTO crawls_rows VALUES (1) RETURNING *) FROM x",
        "WITH x AS (DELETE FROM crawls_rows RETURNING *) FROM x",
        "SELECT 1; SELECT 2",
        "SELECT 1 \x00; DROP VIEW articles",
        "SELECT '\udcff'",
        "",
        "-- nothing",
    ],
)
def test_what_is_no_reading_is_refused(store: Store, sql: duckdb.DuckDBPyConnection, secret: Path, text: str) -> None:
    text = text.format(folder=secret.parent, secret=secret)
    with pytest.raises(BrokenQuery) as refusal, answered(sql, text) as answer:
        answer.table()
    assert refusal.value.cure
    assert refusal.value.exit_code == 2
    assert "\n" not in str(refusal.value)
    assert [path.name for path in secret.parent.iterdir()] == ["secret.csv"]
    assert query(store, "SELECT crawl FROM crawls").to_pylist() == [{"crawl": "c-first"}]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM read_csv('{secret}')",
        "SELECT * FROM '{secret}'",
        "SELECT * FROM read_text('{secret}')",
        "SELECT * FROM read_blob('{secret}')",
        "SELECT * FROM read_json('{secret}')",
        "SELECT * FROM read_parquet('{secret}')",
        "SELECT * FROM parquet_metadata('{secret}')",
        "SELECT * FROM read_duckdb('{secret}')",
        "SELECT * FROM sniff_csv('{secret}')",
        "SELECT * FROM glob('{folder}/*')",
        "SELECT * FROM read_csv('https://example.org/x.csv')",
        "SELECT * FROM 's3://bucket/x.parquet'",
        "SELECT getenv('HOME')",
        "SELECT * FROM duckdb_secrets()",
        "SELECT * FROM duckdb_extensions()",
        "SELECT * FROM enable_logging(storage := 'file', storage_path := '{folder}/log')",
        "SELECT * FROM enable_profiling(save_location := '{folder}/profile')",
        "SELECT * FROM arrow_scan(1, 2, 3)",
        "SELECT * FROM pandas_scan(1)",
        "SELECT * FROM query('COPY (SELECT 1) TO ''{folder}/out.csv''')",
        "EXPLAIN ANALYZE SELECT * FROM read_text('{secret}')",
        "SUMMARIZE SELECT * FROM read_text('{secret}')",
        "DESCRIBE SELECT * FROM read_text('{secret}')",
    ],
)
def test_what_a_select_may_not_reach(sql: duckdb.DuckDBPyConnection, secret: Path, text: str) -> None:
    text = text.format(folder=secret.parent, secret=secret)
    with pytest.raises(BrokenQuery) as refusal, answered(sql, text) as answer:
        answer.table()
    assert SECRET not in str(refusal.value)
    assert [path.name for path in secret.parent.iterdir()] == ["secret.csv"]


GLOBAL = pa.table({"leak": [1]})


def test_variables_of_python_are_no_tables(sql: duckdb.DuckDBPyConnection) -> None:
    local = pa.table({"leak": [1]})
    for name in ("GLOBAL", "local", "sql", "store"):
        with pytest.raises(BrokenQuery), answered(sql, f"SELECT * FROM {name}") as answer:
            answer.table()
    assert local.num_rows == GLOBAL.num_rows


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1",
        "(SELECT 1)",
        "WITH x AS (SELECT 1) SELECT * FROM x",
        "FROM crawls",
        "TABLE crawls",
        "VALUES (1), (2)",
        "DESCRIBE crawls",
        "DESC articles",
        "SHOW TABLES",
        "SHOW ALL TABLES",
        "SUMMARIZE crawls",
        "EXPLAIN SELECT * FROM crawls",
        "EXPLAIN ANALYZE SELECT * FROM crawls",
        "EXPLAIN (FORMAT json) SELECT * FROM crawls",
        "PIVOT crawls ON portal IN ('p') USING count(*)",
        "SELECT 1;",
        "  -- a comment\nSELECT ';' AS x",
        *(f"SELECT * FROM {view} LIMIT 1" for view in VIEWS),
    ],
)
def test_what_reads_is_answered(sql: duckdb.DuckDBPyConnection, text: str) -> None:
    with answered(sql, text) as answer:
        assert answer.table().num_columns


@pytest.mark.parametrize(
    "text",
    [
        "SELECT count(*) FROM range(100000000000)",
        "SELECT * FROM range(100000000000)",
        "SELECT repeat('x', 100) FROM range(100000000000)",
    ],
)
def test_a_query_ends_at_its_time(sql: duckdb.DuckDBPyConnection, text: str) -> None:
    begun = time.monotonic()
    with pytest.raises(QueryTooLong, match=r"longer than 0\.5 s") as error, answered(sql, text, Limits(0.5)) as answer:
        for _ in answer.batches:
            pass
    assert time.monotonic() - begun < 5
    assert "--timeout" in error.value.cure
    assert error.value.exit_code == 1
    with answered(sql, "SELECT 1 AS one") as answer:
        assert answer.table().to_pylist() == [{"one": 1}], "the connection goes on"


@pytest.mark.parametrize(
    "text",
    [
        "SELECT range, md5(range::VARCHAR) AS m FROM range(50000000) ORDER BY m",
        "SELECT list(range) FROM range(300000000)",
        "SELECT string_agg(repeat('x', 1000), '') FROM range(3000000)",
    ],
)
def test_a_query_ends_at_its_memory(sql: duckdb.DuckDBPyConnection, text: str) -> None:
    limits = Limits(60, size("300MB"))
    with pytest.raises(QueryTooLarge, match="300MB") as error, answered(sql, text, limits) as answer:
        answer.table()
    assert "--memory" in error.value.cure
    assert "\n" not in str(error.value)


def test_memory_that_duckdb_does_not_count_is_seen(sql: duckdb.DuckDBPyConnection) -> None:
    stopped: list[LuutruError] = []
    limits = Limits(60, size("100MB"), stopped.append)
    with pytest.raises(QueryTooLarge), answered(sql, "SELECT list_sum(range(30000000))", limits) as answer:
        answer.table()
    assert all(isinstance(error, QueryTooLarge) for error in stopped)


def test_an_answer_does_not_stand_in_memory_at_once(sql: duckdb.DuckDBPyConnection) -> None:
    with answered(
        sql, "SELECT range AS i, repeat('x', 100) AS s FROM range(10000000)", Limits(60, size("300MB"))
    ) as answer:
        assert sum(batch.num_rows for batch in answer.batches) == 10_000_000


def test_a_readers_own_fault_is_not_the_querys(sql: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(FileNotFoundError), answered(sql, "SELECT 1"):
        Path("/nonexistent/file").read_text("utf-8")


def test_an_answer_says_what_it_was_asked_of(store: Store, tmp_path: Path) -> None:
    empty = create_store(tmp_path / "empty")
    with connection(empty) as sql:
        assert newest(sql) is None
    with connection(empty) as sql, asked(sql, "SELECT 1 AS a") as answer:
        assert source(answer)["snapshot"] is None
    with connection(store) as sql, asked(sql, "SELECT 1 AS a") as answer:
        version = str(SCHEMA_VERSION)
        assert source(answer) == {"snapshot": "first", "as_of": None, "sql": "SELECT 1 AS a", "schema_version": version}
        assert answer.table().schema.metadata[b"luutru.snapshot"] == b"first"


def test_a_connection_sees_no_commit_that_comes_later(tmp_path: Path) -> None:
    store = create_store(tmp_path / "store")
    commit(store, "first", datetime(2026, 11, 23, tzinfo=UTC))
    with connection(store) as sql:
        commit(store, "second", datetime(2026, 11, 24, tzinfo=UTC))
        with asked(sql, "SELECT snapshot_id FROM crawls") as answer:
            assert (source(answer)["snapshot"], answer.table().to_pylist()) == ("first", [{"snapshot_id": "first"}])
    with connection(store) as sql:
        assert newest(sql) == "second"


def test_sizes() -> None:
    assert [size(text) for text in ("2GB", "512MB", "1.5g", "1GiB", "100 mb")] == [
        2 * 10**9,
        512 * 10**6,
        1_500_000_000,
        2**30,
        10**8,
    ]
    assert (told(2 * 10**9), told(512 * 10**6)) == ("2GB", "512MB")
    for wrong in ("", "two", "0", "1KB", "-2GB", "2PB", "99999999999TB"):
        with pytest.raises(Misuse):
            size(wrong)
