from ._core import (
    COPY_ERROR_CODES as COPY_ERROR_CODES,
)
from ._core import (
    ERROR_CODES as ERROR_CODES,
)
from ._core import (
    NONE as NONE,
)
from ._core import (
    REASON_CODES as REASON_CODES,
)
from ._core import (
    RULE_KINDS as RULE_KINDS,
)
from ._core import (
    Changes as Changes,
)
from ._core import (
    Comparison as Comparison,
)
from ._core import (
    CopyError as CopyError,
)
from ._core import (
    CopyTable as CopyTable,
)
from ._core import (
    DeadlineExceeded as DeadlineExceeded,
)
from ._core import (
    Levels as Levels,
)
from ._core import (
    WorldError as WorldError,
)
from ._core import (
    __version__ as __version__,
)
from ._core import (
    affected as affected,
)
from ._core import (
    changes as changes,
)
from ._core import (
    compare as compare,
)
from ._core import (
    compare_columns as compare_columns,
)
from ._core import (
    compute as compute,
)
from ._core import (
    compute_columns as compute_columns,
)
from ._core import (
    explain as explain,
)
