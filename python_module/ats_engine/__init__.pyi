from ._core import (
    ERROR_CODES as ERROR_CODES,
    NONE as NONE,
    REASON_CODES as REASON_CODES,
    RULE_KINDS as RULE_KINDS,
    DeadlineExceeded as DeadlineExceeded,
    Levels as Levels,
    WorldError as WorldError,
    __version__ as __version__,
    compute as compute,
    compute_columns as compute_columns,
    explain as explain,
)
