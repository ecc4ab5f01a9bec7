from collections.abc import Sequence
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
COPY_ERROR_CODES: Final[dict[str, str]]
"""Every code of CopyError with its meaning."""

class WorldError(ValueError):
    """A world that is refused: nothing was computed."""

    code: str
    pointer: str

class DeadlineExceeded(TimeoutError):
    """The computation did not end within deadline_ms: nothing was computed."""

class Levels:
    """Levels in listing order, as read-only int64 memoryviews; NONE = absent. Section 8 of cpp/doc/model.md.

    Reasons of level i are those from reason_offsets[i] up to reason_offsets[i + 1];
    their quantities (millionths) add up to the level. Details of reason r are those from
    detail_offsets[r] up to detail_offsets[r + 1]: kit_components has one a node, with the
    component that limits the kit there and how many of it (millionths) the node can ship.
    reason_digest stands for all reasons and details of a level, the same in every process.
    Without reasons these columns are empty.

    The views keep what they show alive, also after this object is gone.
    """

    @property
    def listing(self) -> memoryview:
        """Ids of listings; one level each, for a channel that stocks by node one a node."""

    @property
    def node(self) -> memoryview:
        """Ids of nodes; NONE where one level stands for the whole pool."""

    @property
    def quantity(self) -> memoryview:
        """Millionths of a unit of sale: what the channel may sell."""

    @property
    def reason_digest(self) -> memoryview:
        """64-bit hashes over each level's steps with all details, the same on every machine; empty without reasons."""

    @property
    def reason_offsets(self) -> memoryview:
        """n + 1 positions: the steps of level i are those from [i] up to [i + 1]; empty without reasons."""

    @property
    def reason_code(self) -> memoryview:
        """Positions in REASON_CODES."""

    @property
    def reason_quantity(self) -> memoryview:
        """Millionths of a unit of sale; the steps of a level add up to its quantity."""

    @property
    def reason_rule(self) -> memoryview:
        """Ids of the rules that caused steps; NONE where none did."""

    @property
    def reason_node(self) -> memoryview:
        """Ids of the nodes of steps; NONE where a step is not one node's."""

    @property
    def reason_component(self) -> memoryview:
        """Ids of the products that limit a kit; NONE elsewhere."""

    @property
    def reason_shortage(self) -> memoryview:
        """Millionths by which promises exceed what there is, at steps `overcommitted`; NONE elsewhere."""

    @property
    def detail_offsets(self) -> memoryview:
        """One position a step and one more: the details of step i are those from [i] up to [i + 1]."""

    @property
    def detail_node(self) -> memoryview:
        """Ids of nodes, for the limiting component of a kit in each of several."""

    @property
    def detail_component(self) -> memoryview:
        """Ids of the components that limit the kit there."""

    @property
    def detail_quantity(self) -> memoryview:
        """Millionths of the kit that the component allows there."""

    @property
    def product(self) -> memoryview:
        """Ids of products with a listing, one entry each."""

    @property
    def product_next_change(self) -> memoryview:
        """Seconds since 1970 UTC: not later than the first change by time alone; NONE if there is none."""

    @property
    def next_change(self) -> int | None:
        """The earliest of product_next_change; None if there is none."""

    @property
    def threads_used(self) -> int:
        """How many threads computed; 1 is serial."""

    def to_json(self) -> str:
        """These levels as an ats-levels/1 document; computed without reasons, every list of them is empty."""

    def __len__(self) -> int: ...

def compute(document: str | bytes, *, threads: int | None = None) -> str:
    """Levels of an ats-world/1 document, as an ats-levels/1 document. Sections 1 to 7 of cpp/doc/model.md.

    Raises WorldError for a document that is refused, ValueError for threads below 1.
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

    Lists are a column of offsets and one of items ("node_offsets", "nodes"); the lines of
    kits are "line_offsets", "lines" and, item by item, "line_quantities".

    Sections 2 to 8 of cpp/doc/model.md. The buffers are only read, and locked meanwhile.

    Raises WorldError (pointer /table/row/column), TypeError for anything but flat
    buffers, MemoryError, DeadlineExceeded (asked every few milliseconds, from the first
    check to the last column).
    """

class Changes:
    """What has to be written so that stored levels say what computed ones do, as read-only memoryviews."""

    @property
    def written(self) -> memoryview:
        """int64: positions among the computed levels that are not stored, or stored differently."""

    @property
    def quantity_changed(self) -> memoryview:
        """int8, one entry for each of written: 1 if new or of another quantity, 0 if only the waterfall differs."""

    @property
    def gone(self) -> memoryview:
        """int64: ids of stored rows without a computed level, and of second rows for one level."""

def changes(levels: Levels, stored: dict[str, Buffer]) -> Changes:
    """Compares computed levels with stored ones, without a Python object per level.

    stored has five flat buffers of int64, in any order of rows: id, listing, node (NONE: the
    whole pool's level), quantity (millionths) and digest (what Levels.reason_digest was; NONE:
    unknown). Raises ValueError for levels computed without reasons, and for columns that are
    missing, too many or of different lengths; TypeError for anything but flat buffers.
    """

class Comparison:
    """The levels that other rules would change, as read-only int64 memoryviews; NONE = absent.

    The columns have one entry a level that changes, in the order of Levels; quantities are
    millionths of a unit of sale. levels counts all there are, changed, to_zero and from_zero
    those that change, go to zero and leave it. listings_* count listings: those of which a level
    changes, those whose levels are all zero afterwards and were not, and the other way round.
    """

    @property
    def listing(self) -> memoryview: ...
    @property
    def node(self) -> memoryview: ...
    @property
    def before(self) -> memoryview: ...
    @property
    def after(self) -> memoryview: ...
    @property
    def levels(self) -> int: ...
    @property
    def changed(self) -> int: ...
    @property
    def to_zero(self) -> int: ...
    @property
    def from_zero(self) -> int: ...
    @property
    def listings_changed(self) -> int: ...
    @property
    def listings_to_zero(self) -> int: ...
    @property
    def listings_from_zero(self) -> int: ...
    def to_json(self) -> str:
        """This comparison as an ats-comparison/1 document."""

    def __len__(self) -> int: ...

def affected(
    document: str | bytes,
    *,
    location: int | None = None,
    node: int | None = None,
    product: int | None = None,
    until: str | None = None,
) -> str:
    """The listings that something can change, as an ats-affected/1 document.

    One of: location, the stock that is there; node, whatever is there; product, which may be a
    component of kits; until, nothing but the time up to that instant (YYYY-MM-DDTHH:MM:SSZ). The
    answer may name more listings than do change, never fewer.

    Raises WorldError for a document that is refused or does not have that record, ValueError for
    any other number of causes than one and for what is no time.
    """

def compare(document: str | bytes, rules_after: str | bytes, *, threads: int | None = None) -> str:
    """What another list of rules would change, as an ats-comparison/1 document.

    rules_after is a JSON list of rules, written as those of an ats-world/1 document are, which
    takes the place of the document's own. Raises WorldError for documents that are refused;
    pointers into the list start with /rules_after.
    """

def compare_columns(
    tables: dict[str, dict[str, Buffer]],
    rules_after: dict[str, Buffer],
    *,
    now: int,
    demand_horizon_days: int | None = None,
    threads: int | None = None,
    deadline_ms: int | None = None,
) -> Comparison:
    """What other rules would change in a world given as for compute_columns.

    rules_after has the columns of the table of rules and takes its place. Levels that no
    differing rule can reach are not computed. Raises what compute_columns raises (WorldError and
    the others); pointers into the other rules start with /rules_after.
    """

def explain(document: str | bytes, listing: int) -> str:
    """The waterfall of one listing of an ats-world/1 document, for a person to read.

    Raises WorldError for a document that is refused, and with unknown_reference at /listings if
    it has no such listing.
    """

class CopyError(ValueError):
    """A binary COPY stream that is refused; row counts from 0."""

    code: str
    row: int | None
    column: str | None

class CopyTable:
    """Reads PostgreSQL's binary COPY into flat columns, without a Python object per value.

    columns are pairs of a name and a type, in the order of the query. Types:

    - ``int``: smallint, integer, bigint; NULL is NONE.
    - ``bool``: boolean, in a column of int8; NULL is refused.
    - ``floor``: numeric to millionths, rounded to nine places half away from zero (the noise of
      binary floating point) and then down; ``ceil``: and then up; ``exact``: more than six
      places are refused. NULL is NONE; NaN and infinities are refused.
    - ``time``: timestamp, with or without time zone (taken as UTC), to seconds since 1970,
      rounded down; NULL and infinity are NONE, -infinity is refused.
    - ``length``: smallint, integer, bigint: counts, which become offsets that start with 0,
      one more than there are counts; NULL counts 0.

    A type followed by ``[]`` reads one-dimensional arrays and concatenates them over the rows;
    a NULL array adds nothing. floor, ceil and exact also read arrays of integers. They do not
    read integers that are no arrays, and cannot tell a bigint from a numeric: cast such a
    column to numeric in the query.

    Use it as the file of psycopg2's copy_expert with ``COPY (...) TO STDOUT (FORMAT binary)``.
    Memory is bounded by what is stored plus one row, of row_bytes_max bytes at most. The GIL is
    released while a long piece is read. One thread at a time may write (else RuntimeError).
    """

    def __init__(self, columns: Sequence[tuple[str, str]], *, row_bytes_max: int = 268435456) -> None:
        """Raises ValueError for a type that does not exist, or two columns of one name."""

    def write(self, data: Buffer) -> int:
        """Takes the next bytes of the stream, split anywhere; returns how many those are.

        Raises CopyError, and from then on the same error again.
        """

    def finish(self) -> CopyTable:
        """Checks that the stream ended with its trailer; returns the table itself.

        Raises CopyError (truncated) if it did not.
        """

    def columns(self) -> dict[str, memoryview]:
        """Name to read-only memoryview (int64, or int8 for bool), which keeps the table alive.

        Raises CopyError (unfinished) before finish().
        """

    @property
    def rows(self) -> int: ...
