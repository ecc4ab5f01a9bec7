# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Runs random operations in real commits and compares after each batch."""

import random
from dataclasses import dataclass, field
from decimal import Decimal

import against_house
import against_moves
import against_orders
import psycopg2
from against_readings import Reading, differences, engine, kit_differences

#: Operations between two comparisons.
BATCH = 20
CONTEXT = {"tracking_disable": True, "mail_create_nolog": True, "mail_notrack": True, "mail_create_nosubscribe": True, "skip_sms": True}
LOCK_TIMEOUT = "2s"
OPERATIONS = against_moves.OPERATIONS | against_orders.OPERATIONS


class Differs(AssertionError):
    """The engine and Odoo disagree. Carries how many operations were done and what was found."""

    def __init__(self, done, found):
        super().__init__("\n".join(found))
        self.done, self.found = done, found


@dataclass
class Run:
    """One house, one seed. The operations depend on nothing but the seed, so a run can be repeated up to any of them."""

    registry: object
    seed: int
    log: list = field(default_factory=list)
    refused: int = 0
    compared: int = 0
    explained: dict = field(default_factory=dict)

    def __post_init__(self):
        self.rng = random.Random(self.seed)
        with self.registry.cursor() as cr:
            self.house = against_house.build(self.env(cr))

    def env(self, cr):
        from odoo import api  # noqa: PLC0415

        return api.Environment(cr, 1, CONTEXT)

    def play(self, operations, each_from=None):
        """Do operations until so many have succeeded; compare after every batch, and after each operation from number `each_from` on."""
        self.compare()
        while len(self.log) < operations:
            with self.registry.cursor() as cr:
                env = self.env(cr)
                for _attempt in range(BATCH):
                    before = len(self.log)
                    self._one(env)
                    if len(self.log) > before and each_from is not None and len(self.log) >= each_from:
                        break
            self.compare()

    def _one(self, env):
        """One operation, committed, or rolled back when Odoo refuses it."""
        from odoo.exceptions import UserError  # noqa: PLC0415
        from odoo.tools import mute_logger  # noqa: PLC0415

        operation = self.rng.choices(list(OPERATIONS), list(OPERATIONS.values()))[0]
        env.cr.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_TIMEOUT])
        try:
            with mute_logger("odoo.sql_db"):
                said = operation(env, self.house, self.rng)
                env.flush_all()
            env.cr.commit()
        except (UserError, psycopg2.errors.LockNotAvailable):
            env.cr.rollback()
            self.refused += 1
            return
        if said:
            self.log.append(f"{operation.__name__}: {said}")

    def compare(self):
        """Refresh from the marks, then compare engine, moves and Odoo. Raises Differs."""
        with self.registry.cursor() as cr:
            self.env(cr)["ats.refresh"]._run(budget_s=60)
        with self.registry.cursor() as cr:
            env = self.env(cr)
            found = self._stored_differences(env)
            reading, answers = Reading(env, self.house), engine(env, self.house)
            found += differences(reading, answers)
            wrong, explained = kit_differences(reading, answers)
            found += wrong
            for sentence in explained:
                self.explained.setdefault(sentence.split(":")[0], sentence)
        self.compared += 1
        if found:
            raise Differs(len(self.log), found)

    def _stored_differences(self, env):
        """Sentences on levels whose stored form is not what a fresh computation gives: a mark was missed."""
        fresh = {(row["listing_id"], row["node_id"]): (row["quantity"], row["reasons"]) for row in env["ats.refresh"]._fresh(self.house.company)}
        env.cr.execute("SELECT listing_id, node_id, quantity::text, reasons FROM ats_level WHERE company_id = %s", [self.house.company])
        stored = {(listing, node): (Decimal(quantity), reasons) for listing, node, quantity, reasons in env.cr.fetchall()}
        keys = sorted(fresh.keys() | stored.keys(), key=lambda key: (key[0], key[1] or 0))
        return [f"listing {key[0]} in node {key[1]} is stored as {stored.get(key)}, computed afresh {fresh.get(key)}"
                for key in keys if fresh.get(key) != stored.get(key)]

