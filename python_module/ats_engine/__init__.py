# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Computes available-to-sell quantities per product, node and channel.

The engine is native and pure: it reads no clock, keeps nothing between calls
and does no input or output. Use :func:`compute` for documents of the exchange
format and :func:`compute_columns` for flat columns; :func:`compare` and :func:`compare_columns`
show what other rules would change. :class:`CopyTable` reads columns from PostgreSQL.
"""

from ._core import (
    COPY_ERROR_CODES,
    ERROR_CODES,
    NONE,
    REASON_CODES,
    RULE_KINDS,
    Changes,
    Comparison,
    CopyError,
    CopyTable,
    DeadlineExceeded,
    Levels,
    WorldError,
    __version__,
    affected,
    changes,
    compare,
    compare_columns,
    compute,
    compute_columns,
    explain,
)

__all__ = [
    "COPY_ERROR_CODES",
    "ERROR_CODES",
    "NONE",
    "REASON_CODES",
    "RULE_KINDS",
    "Changes",
    "Comparison",
    "CopyError",
    "CopyTable",
    "DeadlineExceeded",
    "Levels",
    "WorldError",
    "__version__",
    "affected",
    "changes",
    "compare",
    "compare_columns",
    "compute",
    "compute_columns",
    "explain",
]
