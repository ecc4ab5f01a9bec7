# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Reads the facts of some products from Odoo's tables into the columns that the engine takes.

One statement for each subject, streamed by binary COPY: no Python object is made for a fact. All statements of one
reading run through one cursor, which has to be one snapshot (REPEATABLE READ): a hold that becomes a move between two
of them is seen as one of both. Quantities become whole millionths: supply is rounded down, reservations, demand and
holds up (ats-model M2), after noise of binary fractions beyond the ninth decimal place.
"""
from array import array
from dataclasses import dataclass, field

from ..clock import NO_JIT_SQL
from ..const import MILLION
from ..fact_sources import STOCK_ONLY, FactSources
from . import catalog, moves, selling, stock


@dataclass
class Scope:
    """Whose facts are read, and what that turned out to need."""

    company_id: int
    #: Ids of the products to compute.
    wanted: list
    sources: FactSources
    #: The moment, in unix seconds of the database's clock.
    now: int
    #: Ids of the wanted products and of all that they depend on.
    family: list = field(default_factory=list)
    #: Ids of the kits in the family that can be computed.
    kits: list = field(default_factory=list)
    #: Ids of the wanted products that have levels: not archived, tracked in stock or kits.
    offered: list = field(default_factory=list)
    #: {product id: (code, sentence)} of products of the family that cannot be computed.
    refused: dict = field(default_factory=dict)


@dataclass
class Facts:
    """What the engine needs to know about some products of one company at one moment."""

    company_id: int
    #: Ids of the products that were asked for, sorted.
    wanted: list
    #: Tables of the engine: {table: {column: memoryview or array}}.
    tables: dict
    #: The moment, in unix seconds of the database's clock.
    now: int
    #: Days ahead in which a demand has to be due to count, or None.
    horizon_days: int | None = None
    #: Ids of the products whose levels these facts give; the other wanted ones have none.
    offered: list = field(default_factory=list)
    #: {product id: (code, sentence)} of the wanted products that cannot be computed.
    refused: dict = field(default_factory=dict)

    @property
    def computed(self):
        """Ids of the wanted products whose levels these facts decide: all but those that cannot be computed."""
        return [product for product in self.wanted if product not in self.refused]

    def listed(self):
        """{listing id: (channel id, product id)} of the listings to compute."""
        rows = self.tables['listings']
        return {
            listing: (channel, product)
            for listing, channel, product in zip(rows['id'], rows['channel'], rows['product'], strict=True)
        }


def moment(cr):
    """The present in unix seconds of the database's clock. Rounded down: nothing counts before its moment has come."""
    cr.execute("SELECT floor(extract(epoch FROM clock_timestamp()))::bigint")
    return cr.fetchone()[0]


def read(cr, company_id, product_ids, sources=STOCK_ONLY, listing_ids=None, with_rules=True, now=None):
    """Read the facts of products.

    :param cr: cursor on one snapshot
    :param int company_id: whose nodes, channels, listings, rules and holds
    :param list product_ids: the products; those not tracked in stock are left out
    :param FactSources sources: what other modules know (ats.refresh._fact_sources)
    :param listing_ids: only these listings, or None for all active ones of the products
    :param with_rules: False leaves out rules, but not quotas
    :param now: the moment in unix seconds, or None for the present
    :return: Facts
    :raise ats_engine.CopyError: a quantity beyond the engine's numbers
    """
    # The cursor may be somebody's own (see clock.py for those of the refresh).
    cr.execute(NO_JIT_SQL)
    scope = Scope(company_id, sorted(product_ids), sources, moment(cr) if now is None else now)
    bills = catalog.family(cr, scope)
    scope.offered = catalog.offered(cr, scope)
    horizon_days = selling.demand_horizon(cr, scope)
    places = stock.places(cr, scope)
    channels = selling.channels(cr, scope)
    tables = {
        'nodes': selling.nodes(cr, scope),
        'locations': places['table'],
        'products': catalog.products(cr, scope),
        'kits': catalog.kits(scope, bills),
        'supply': stock.supply(cr, scope, places),
        'demand': moves.demand(cr, scope, places, horizon_days),
        'incoming': moves.incoming(cr, scope, places, selling.counted_kinds(channels)),
        'holds': selling.holds(cr, scope),
        'channels': channels,
        'rules': selling.rules(cr, scope, with_rules),
        'listings': selling.listings(cr, scope, listing_ids),
    }
    refused = {product: scope.refused[product] for product in scope.wanted if product in scope.refused}
    return Facts(company_id, scope.wanted, tables, scope.now, horizon_days, scope.offered, refused)


def offer_everything(facts, channel_id):
    """Replace the listings of facts by one of each product on one channel, told by node and with nothing held back.

    The listings' ids are the products' own. Used to ask what each node could ship.
    """
    rows = len(facts.offered)
    facts.tables['listings'] = {
        'id': array('q', facts.offered), 'channel': array('q', [channel_id] * rows), 'product': array('q', facts.offered)}
    channels = facts.tables['channels']
    channels['per_node'] = array('b', [1] * len(channels['id']))
    channels['share_percent'] = array('q', [100 * MILLION] * len(channels['id']))
