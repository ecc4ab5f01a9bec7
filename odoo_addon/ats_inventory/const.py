# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Every limit of this module: its name, its default, its unit. Nothing else in the module carries a number of its own."""

# --- refresh -----------------------------------------------------------------
#: Products computed under one lock. Keeps the product locks to about 200 ms.
BATCH_PRODUCTS_MAX = 200
#: Of these, products of a wide change: what is sold out meanwhile waits for one such batch at most.
BATCH_SCOPE_PRODUCTS_MAX = 50
#: Marks turned into work by one statement.
ABSORB_MARKS_MAX = 5000
#: Products that one slice of a wide change (a scope mark) turns into work.
SCOPE_SLICE_PRODUCTS_MAX = 1000
#: Products whose time has come (a rule starts, a lot expires) turned into work by one statement.
DUE_PRODUCTS_MAX = 1000
#: Seconds that one run of the scheduled action works before it asks for another.
RUN_BUDGET_S = 10.0
#: Seconds a claim is worth. Longer than the longest batch; an expired one may be claimed by anybody.
LEASE_S = 45
#: Claims after which a product is computed alone instead of in a batch (whoever claimed it never came back).
ATTEMPTS_BATCH_MAX = 3
#: Claims after which a product is parked.
ATTEMPTS_MAX = 4
#: Seconds before a batch that failed for a passing reason (lock, connection) is claimed again.
RETRY_DELAY_S = 2
#: Seconds ahead for which a process sets itself an alarm. Longer than the interval of the scheduled action.
ALARM_AHEAD_S = 90
#: Milliseconds a refresh waits for the lock of a product before it lets others go first.
PRODUCT_LOCK_TIMEOUT_MS = 5000
#: Milliseconds the engine may compute for one batch.
ENGINE_DEADLINE_MS = 20000
#: Products whose rows PostgreSQL sends as one while facts are read.
COPY_PRODUCTS_PER_SLICE = 64
#: Levels of kits in kits that are followed; a deeper bill of materials is refused.
KIT_DEPTH_MAX = 20
#: Threads of the engine for one batch: small batches gain nothing from more, and each thread counts in Odoo's memory limit.
ENGINE_THREADS = 1

# --- verification ------------------------------------------------------------
#: Products verified at once. Large, because each slice reads whole tables; memory and the time that others wait grow with it.
VERIFY_PRODUCTS_MAX = 20000
#: Seconds after which a run of the verification begins no new slice.
VERIFY_BUDGET_S = 20.0
#: Threads of the engine for one slice, however many cores there are: each counts some 68 MiB in Odoo's memory limit.
VERIFY_THREADS = 4
#: Differences that one run of the verification names.
DIFFERENCES_KEPT_MAX = 100

# --- lanes of work: the lower one goes first ---------------------------------
LANE_MARK = 0
LANE_DUE = 1
LANE_SCOPE = 2

# --- triggers ----------------------------------------------------------------
#: Milliseconds a change of the schema waits for its table. Below PostgreSQL's deadlock_timeout (1 s), so
#: that our change gives way before a deadlock check could choose a warehouse transaction as its victim.
DDL_LOCK_TIMEOUT_MS = 300
#: Tries for one such change during an uninstallation, and the pause between two of them in seconds.
DDL_TRIES_MAX = 200
#: Tries to make a trigger while a registry is loaded or a refresh begins; both try again later.
ENSURE_TRIES_MAX = 20
DDL_PAUSE_S = 0.15

# --- reading -----------------------------------------------------------------
#: Listings that one call of ats.level.fresh_levels may compute.
FRESH_LISTINGS_MAX = 20000
#: Listings that one comparison (what would this rule change?) may compute.
COMPARE_LISTINGS_MAX = 50000
#: Changed levels that a comparison shows; the search finds the others.
COMPARE_ROWS_MAX = 200
#: Milliseconds the engine may take for one comparison.
COMPARE_DEADLINE_MS = 10000
#: Rows of the small table that a step of a waterfall shows.
EXPLAIN_ROWS_MAX = 12
#: Characters of an error message kept on a parked product.
ERROR_MESSAGE_CHARS_MAX = 500
#: Listings made in one transaction whose products still go through the fast lane.
LISTINGS_FAST_MAX = 20

# --- holds -------------------------------------------------------------------
#: Days that a hold made by hand lasts unless somebody chooses.
HOLD_DAYS_DEFAULT = 7
#: Live holds of one product in one company. More point to a caller that never releases, and would slow the product down.
HOLDS_PER_PRODUCT_MAX = 10000
#: Products that one document may hold.
HOLD_LINES_MAX = 1000

# --- rules -------------------------------------------------------------------
#: Rules of a kind that the form of a rule compares with, and how many of them it shows.
RULES_COMPARED_MAX = 500
RULES_SHOWN_MAX = 20

# --- history -----------------------------------------------------------------
#: Seconds that the scheduled verification works before it lets others go first and asks for another run.
VERIFICATION_BUDGET_S = 10.0
#: Seconds after which a verification goes on that a passing fault (a lock, a lost connection) has stopped.
VERIFICATION_RETRY_S = 60
#: Days a verification is kept.
VERIFICATION_DAYS_KEPT = 90
#: Repaired levels that one verification lists; it counts them all.
VERIFICATION_LINES_MAX = 1000
#: Days an event is kept.
EVENT_DAYS_KEPT = 90
#: Days a hold is kept after it was released or has ended.
HOLD_DAYS_KEPT = 90
#: Rows that one statement of the daily clean-up deletes.
CLEANUP_ROWS_MAX = 50000

#: Kinds of incoming goods: the engine's numbers for them.
INCOMING_KINDS = {'purchase': 1, 'transfer': 2, 'production': 3, 'return': 4}

#: Units of one quantity inside the engine: millionths.
MILLION = 10 ** 6
