# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""polars: joins and group_by, lazily planned, on all cores, as one writes it for tables of which nothing is known beforehand."""

import polars as pl

from . import shop as shops


def prepare(shop):
    """The shop's tables as data frames."""
    kinds, nodes, channels, fixed, percent = zip(*shops.RULES, strict=True)

    def maybe(values):
        return [None if value == shops.NONE else value for value in values]

    return {
        "locations": pl.DataFrame({"location": shop.location_id, "node": shop.location_node, "sellable": shop.location_sellable == 1}),
        "supply": pl.DataFrame({
            "product": shop.supply_product, "location": shop.supply_location,
            "quantity": shop.supply_quantity, "reserved": shop.supply_reserved}),
        "sources": pl.DataFrame({"channel": shop.source_channel, "node": shop.source_node}),
        "listings": pl.DataFrame({"listing": shop.listing_id, "product": shop.listing_product, "channel": shop.listing_channel}),
        "rules": pl.DataFrame(
            {"kind": kinds, "node": maybe(nodes), "channel": maybe(channels), "fixed": maybe(fixed), "percent": maybe(percent)},
            schema_overrides={"node": pl.Int64, "channel": pl.Int64, "fixed": pl.Int64, "percent": pl.Int64}),
    }


def _winners(rules, kind, target, targets):
    """For each target the fixed value and percentage of its rule: one that names it before one that names none."""
    of_kind = rules.filter(pl.col("kind") == kind)
    named = of_kind.filter(pl.col(target).is_not_null()).select(target, "fixed", "percent")
    general = of_kind.filter(pl.col(target).is_null()).select("fixed", "percent").head(1)
    rest = targets.join(named, on=target, how="anti").join(general, how="cross")
    return pl.concat([named, rest.select(target, "fixed", "percent")]).select(
        target, pl.col("fixed").alias(f"{kind}_fixed"), pl.col("percent").alias(f"{kind}_percent"))


def _kept_back(x, kind):
    part = -((-x * pl.col(f"{kind}_percent")) // shops.HUNDRED_PERCENT)
    part = -((-part) // shops.UNIT) * shops.UNIT
    return pl.min_horizontal(x, pl.coalesce(part, pl.col(f"{kind}_fixed"), pl.lit(0)))


def levels(frames):
    """Quantities in listing order, in millionths."""
    rules = frames["rules"]
    nodes, channels = frames["sources"].select("node").unique(), frames["sources"].select("channel").unique()
    base = pl.col("base").clip(lower_bound=0)
    free = (
        frames["supply"].lazy()
        .join(frames["locations"].lazy().filter("sellable"), on="location")
        .group_by("product", "node").agg((pl.col("quantity") - pl.col("reserved")).sum().alias("base"))
        .join(_winners(rules, "node_buffer", "node", nodes).lazy(), on="node", how="left")
        .select("product", "node", (base - _kept_back(base, "node_buffer")).alias("free"))
    )
    pools = free.join(frames["sources"].lazy(), on="node").group_by("product", "channel").agg(pl.col("free").sum().alias("x"))
    x = pl.col("x")
    answer = frames["listings"].lazy().join(pools, on=["product", "channel"], how="left").with_columns(x.fill_null(0))
    for kind in ("channel_buffer", "stop_sell", "cap"):
        answer = answer.join(_winners(rules, kind, "channel", channels).lazy(), on="channel", how="left")
    answer = (
        answer.with_columns(x - _kept_back(x, "channel_buffer"))
        .with_columns(x // shops.UNIT * shops.UNIT)
        .with_columns(pl.when(x <= pl.col("stop_sell_fixed")).then(0).otherwise(x).alias("x"))
        .with_columns(pl.min_horizontal(x, "cap_fixed"))
    )
    return answer.sort("listing").select("x").collect()["x"].to_numpy()
