# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Every limit of this module: name, unit, value. At a limit there is a clear error or a parked row, never a cut."""

# --- calls to channels (http.py) ---
CALL_DEADLINE_S = 10.0  # one call from first byte to last, name resolution included
CONNECT_TIMEOUT_S = 4.0  # resolving the name and opening the connection, each
RESPONSE_BYTES_MAX = 1024 * 1024  # a longer answer is an error
ANSWER_EXCERPT_CHARS = 1024  # of an answer kept on the send, masked
PUBLIC_PORTS = (443, 8443)  # other ports only for allow-listed hosts
ALLOWED_HOSTS_PARAMETER = "ats_channel.allowed_hosts"  # comma separated: host, host:port or IP address

# --- publishing ---
LEASE_S = 45  # longer than the longest legal call; after it the same send is made again
BATCH_ROWS_MAX = 100  # rows in a send, unless the adapter says less
BODY_BYTES_MAX = 1024 * 1024  # of one send
PUBLISH_BUDGET_S = 8.0  # a publisher starts no call later than this after its start
CLAIM_PAUSE_S = 0.05  # between two claims when what is due is locked by a refresh
CLAIM_POLL_S = 0.25  # between two looks for work while a short back-off is waited for
BACKOFF_BASE_S = 1.0  # first pause of a channel that failed, doubled with each failure
WRONG_ADDRESS_PATIENCE = 9  # answers 404, 405 or a redirect in a row that pause a channel: after about eight minutes
BACKOFF_WAIT_S = 20.0  # a back-off up to this is waited for, over several runs; a longer one ends with a later poll
BACKOFF_CAP_S = 15 * 60.0  # also caps Retry-After
SERVER_ERRORS_BEFORE_SPLIT = 5  # answers 5xx to the same bytes, after which the batch is halved
PARKED_RETRY_S = 15 * 60  # a parked row with a newer value is tried again after this
PUBLISHERS = 3  # scheduled actions publish 1..3

# --- inbox ---
INBOX_BYTES_MAX = 1024 * 1024  # of one inbound body; more is answered 413
INBOX_HEADER_CHARS_MAX = 256  # of an external id or a header that is kept
INBOX_CLAIM_ROWS = 10  # orders claimed at once by an importer
IMPORT_BUDGET_S = 5.0  # an importer starts no order later than this after its start
IMPORT_ATTEMPTS_MAX = 5  # claims of one inbox row, after which it is parked
IMPORT_RETRIES_MAX = 5  # repetitions of one import on a serialization failure
IMPORTERS = 2  # scheduled actions import 1..2

# --- history ---
SEND_HISTORY_DAYS = 30  # finished sends are deleted after this
INBOX_BODY_DAYS = 30  # the body of an imported order is erased after this; parked rows keep theirs
VACUUM_ROWS = 10_000  # at most per run and table

# --- JSON from outside ---
JSON_DEPTH_MAX = 64
MESSAGE_CHARS_MAX = 500  # of an error message kept on a row

# States in which a channel is sent to.
SENDING_STATES = ("test", "live")
