from typing import Final

from typing_extensions import Buffer

__version__: Final[str]
NONE: Final[int]
"""Absent value in a column: -2**63."""
RULE_KINDS: Final[tuple[str, ...]]
"""Names of the rule kinds; a column of kinds holds positions in it."""
REASON_CODES: Final[tuple[str, ...]]
"""Names of the waterfall's steps; a column of codes holds positions in it."""
ERROR_CODES: Final[dict[str, str]]
"""Every code of WorldError with its meaning."""

class WorldError(ValueError):
    """A world that is refused: nothing was computed."""

    code: str
    pointer: str

class DeadlineExceeded(TimeoutError):
    """The computation did not end within deadline_ms: nothing was computed."""

class Levels:
    """Levels in listing order, as read-only int64 memoryviews; NONE = absent."""

    @property
    def listing(self) -> memoryview: ...
    @property
    def node(self) -> memoryview: ...
    @property
    def quantity(self) -> memoryview: ...
    @property
    def reason_offsets(self) -> memoryview: ...
    @property
    def reason_code(self) -> memoryview: ...
    @property
    def reason_quantity(self) -> memoryview: ...
    @property
    def reason_rule(self) -> memoryview: ...
    @property
    def reason_node(self) -> memoryview: ...
    @property
    def reason_component(self) -> memoryview: ...
    @property
    def reason_shortage(self) -> memoryview: ...
    @property
    def product(self) -> memoryview: ...
    @property
    def product_next_change(self) -> memoryview: ...
    @property
    def next_change(self) -> int | None: ...
    @property
    def threads_used(self) -> int: ...
    def to_json(self) -> str: ...
    def __len__(self) -> int: ...

def compute(document: str | bytes, *, threads: int | None = None) -> str:
    """Levels of an ats-world/1 document, as an ats-levels/1 document.

    Raises WorldError for a document that is refused.
    """

def compute_columns(
    tables: dict[str, dict[str, Buffer]],
    *,
    now: int,
    demand_horizon_days: int | None = None,
    threads: int | None = None,
    reasons: bool = True,
    deadline_ms: int | None = None,
) -> Levels:
    """Levels of a world given as tables of flat int64 buffers (flags: int8 or int64).

    Quantities are millionths, percentages millionths of a percent, times seconds since
    1970 UTC, absent values NONE. A missing table is empty, a missing optional column
    holds the exchange format's default. threads=None computes small worlds serially.

    Raises WorldError (pointer /table/row/column), TypeError for anything but flat
    buffers, DeadlineExceeded (checked about every 4096 listings).
    """

def explain(document: str | bytes, listing: int) -> str:
    """The waterfall of one listing of an ats-world/1 document, for a person to read."""
