"""What a demo site gives the server to send."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Answer:
    """One HTTP answer before framing.

    `body` is the content-coded payload. Where `headers` hold `Transfer-Encoding: chunked` the server cuts it into
    chunks; where they hold no length at all the server adds one; any other header is sent as it stands, so a
    `Content-Length` longer than the body makes an answer that breaks off (the server then closes the connection).
    """

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """The value of the first header of that name, whatever its case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


class Answering(Protocol):
    """Anything the server can serve; `answer` is called from many threads at once."""

    def answer(self, method: str, host: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """The answer to one request; header names are in lower case, `host` is without port."""
        ...
