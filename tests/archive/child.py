"""What the tests run in another process, to be killed, interrupted or left without space: `child.py WORK FOLDER OUT`.

WORK is a function below; FOLDER is where it works; what it leaves in OUT outlives a private mount on FOLDER.
It answers in lines of JSON.
"""

from __future__ import annotations

import json
import random
import shutil
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from archive.capture import Exchange, Place
from archive.errors import LuutruError, StoreFull
from archive.store import Store, create_store, open_store
from archive.warc.reader import exchange_at
from archive.warc.repair import repair
from archive.warc.writer import WarcWriter

SECOND = datetime(2026, 11, 24, 1, 15, 2, tzinfo=UTC)


def exchange(number: int, size: int = 20_000) -> Exchange:
    """An exchange that does not pack, the same for the same number."""
    head = b"HTTP/1.1 200 OK\r\nX-Number: %d\r\n\r\n" % number
    return Exchange(
        url=f"https://hanam.gov.vn/{number}",
        method="GET",
        request=b"GET /%d HTTP/1.1\r\n\r\n" % number,
        response=head + random.Random(number).randbytes(size),
        started=SECOND,
        elapsed_ms=1,
        ip="10.0.0.1",
    )


def say(**answer: object) -> None:
    print(json.dumps(answer), flush=True)


def right(folder: Path, place: Place, number: int, size: int = 20_000) -> bool:
    """Whether the exchange is at its place, in a file that may still be open."""
    path = Store(folder).warcs / place.warc_filename
    if not path.exists():
        path = path.with_name(path.name + ".open")
    found = exchange_at(path, place.offset)
    wanted = exchange(number, size)
    return (
        found.place.record_id == place.record_id
        and found.response is not None
        and (
            found.response.block == wanted.response
            and found.request is not None
            and found.request.block == wanted.request
        )
    )


def write_until_killed(folder: Path, out: Path) -> None:
    """Says each exchange that is on the disk."""
    writer = WarcWriter(folder, "hanam", {"software": "test"})
    number = 0
    while True:
        place = writer.write(exchange(number, 300_000), {})
        writer.sync()
        say(number=number, offset=place.offset, length=place.length, id=place.record_id)
        number += 1


def write_and_be_interrupted(folder: Path, out: Path) -> None:
    """Writes while an alarm interrupts again and again, as Ctrl-C does; then closes."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGPROF, interrupt)
    writer = WarcWriter(folder / "warc", "hanam", {"software": "test"})
    kept: list[tuple[Place, int]] = []
    interrupted = 0
    for number in range(60):
        try:
            signal.setitimer(signal.ITIMER_PROF, random.Random(number).uniform(0.001, 0.03))
            place = writer.write(exchange(number, 2_000_000), {})
            signal.setitimer(signal.ITIMER_PROF, 0)
            kept.append((place, number))
        except KeyboardInterrupt:
            interrupted += 1
    signal.setitimer(signal.ITIMER_PROF, 0)
    writer.close()
    say(interrupted=interrupted, kept=len(kept), right=all(right(folder, *one, 2_000_000) for one in kept))


def write_files(folder: Path, out: Path) -> None:
    """Ten files of one exchange, all begun in the same second."""
    for number in range(10):
        writer = WarcWriter(folder, "hanam", {"software": "test"}, clock=lambda: SECOND, host="h")
        writer.write(exchange(number, 100), {})
        writer.close()
        say(closed=[path.name for path in writer.closed])


def fill_in_the_middle(folder: Path, out: Path) -> None:
    """Writes until the disk is full, reads all back, makes space, goes on, closes."""
    ballast = folder / "ballast"
    ballast.write_bytes(bytes(200_000))
    writer = WarcWriter(folder / "warc", "hanam", {"software": "test"})
    kept: list[tuple[Place, int]] = []
    error = ""
    while not error:
        try:
            kept.append((writer.write(exchange(len(kept)), {}), len(kept)))
        except StoreFull as full:
            error = str(full)
    (path,) = (folder / "warc").glob("*.open")
    say(error=error, kept=len(kept), right=all(right(folder, *one) for one in kept), name=path.name)
    ballast.unlink()
    kept.append((writer.write(exchange(len(kept)), {}), len(kept)))
    writer.close()
    shutil.copy(writer.closed[0], out)
    say(kept=len(kept), right=all(right(folder, *one) for one in kept), closed=writer.closed[0].name)


def fill_at_the_beginning(folder: Path, out: Path) -> None:
    """Begins a file where there is no space at all, makes space, goes on with the same writer."""
    fill(folder)
    writer = WarcWriter(folder / "warc", "hanam", {"software": "test"})
    try:
        writer.write(exchange(0), {})
    except StoreFull as full:
        say(error=str(full), left=[path.name for path in (folder / "warc").iterdir()])
    (folder / "ballast").unlink()
    place = writer.write(exchange(0), {})
    writer.close()
    shutil.copy(writer.closed[0], out)
    say(closed=[path.name for path in writer.closed], right=right(folder, place, 0))


def fill_before_the_end(folder: Path, out: Path) -> None:
    """Leaves no space for the index, then makes space and repairs."""
    writer = WarcWriter(folder / "warc", "hanam", {"software": "test"})
    place = writer.write(exchange(0), {})
    fill(folder)
    try:
        writer.close()
    except StoreFull as full:
        say(error=str(full), left=sorted(path.name for path in (folder / "warc").glob("*.open")))
    (folder / "ballast").unlink()
    (path,) = (folder / "warc").glob("*.open")
    done = repair(path)
    shutil.copytree(folder / "warc", out / "warc")
    say(cut=done.cut, records=done.records, right=right(folder, place, 0))


def make_a_store(folder: Path, out: Path) -> None:
    """Makes a store where there is no space, makes space and tries again."""
    root = folder / "store"
    fill(folder)
    try:
        create_store(root)
    except StoreFull as full:
        say(error=str(full), left=[path.name for path in root.iterdir()])
    (folder / "ballast").unlink()
    try:
        say(made=open_store(create_store(root).root).root == root)
    except LuutruError as error:
        say(made=False, error=str(error))


def fill(folder: Path) -> None:
    """Leaves not a byte."""
    with (folder / "ballast").open("wb", buffering=0) as file:
        for size in (65536, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue


def hold_the_lock(folder: Path, out: Path) -> None:
    """Holds a portal until it is killed."""
    with open_store(folder).lock("hanam"):
        say(held=True)
        sys.stdin.read()


WORKS = [
    write_until_killed,
    write_and_be_interrupted,
    write_files,
    fill_in_the_middle,
    fill_at_the_beginning,
    fill_before_the_end,
    make_a_store,
    hold_the_lock,
]

if __name__ == "__main__":
    {work.__name__: work for work in WORKS}[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
