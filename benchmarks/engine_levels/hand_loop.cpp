// SPDX-License-Identifier: LGPL-3.0-only
//
// What one would write for this shop and no other: ids turned to positions by
// subtraction, one array of sums, no checks, no reasons, no overflow.
#include <algorithm>

#include "ats/rules.h"
#include "shop.h"

namespace bench {
namespace {

constexpr std::int64_t kUnit = 1'000'000;
constexpr std::int64_t kPercent = 100'000'000;

// The fixed value or percentage of one rule; both 0 for no rule.
struct Buffer final {
  std::int64_t fixed = 0;
  std::int64_t percent = 0;
};

[[nodiscard]] std::int64_t after(std::int64_t x, Buffer buffer) {
  std::int64_t kept = buffer.fixed;
  if (buffer.percent != 0) {
    const std::int64_t part = x * buffer.percent / kPercent + (x * buffer.percent % kPercent != 0 ? 1 : 0);
    kept = (part + kUnit - 1) / kUnit * kUnit;
  }
  return x - std::min(x, kept);
}

struct Rules final {
  explicit Rules(const Shop& shop)
      : node_buffer(Shop::kNodes),
        channel_buffer(Shop::kChannels),
        cap(Shop::kChannels, INT64_MAX),
        product_buffer(shop.product_id.size(), -1) {
    for (const bool named : {false, true}) {
      for (std::size_t i = 0; i < shop.rule_id.size(); ++i) read(shop, i, named);
    }
  }

  void read(const Shop& shop, std::size_t i, bool named) {
    const auto kind = static_cast<ats::RuleKind>(shop.rule_kind[i]);
    const bool is_named = shop.rule_node[i] != ats::kNone || shop.rule_channel[i] != ats::kNone;
    if (is_named != named) return;
    const Buffer buffer =
        shop.rule_percent[i] == ats::kNone ? Buffer{shop.rule_fixed[i], 0} : Buffer{0, shop.rule_percent[i]};
    if (shop.rule_product[i] != ats::kNone) {
      product_buffer[static_cast<std::size_t>(shop.rule_product[i] - shop.product_id[0])] = buffer.fixed;
    } else if (kind == ats::RuleKind::stop_sell) {
      stop_sell = buffer.fixed;
    } else if (kind == ats::RuleKind::node_buffer) {
      set(&node_buffer, named, shop.rule_node[i], shop.node_id[0], buffer);
    } else if (kind == ats::RuleKind::channel_buffer) {
      set(&channel_buffer, named, shop.rule_channel[i], shop.channel_id[0], buffer);
    } else {
      set(&cap, named, shop.rule_channel[i], shop.channel_id[0], buffer.fixed);
    }
  }

  template <class T>
  static void set(std::vector<T>* targets, bool named, std::int64_t id, std::int64_t first, T value) {
    if (named) {
      (*targets)[static_cast<std::size_t>(id - first)] = value;
    } else {
      std::fill(targets->begin(), targets->end(), value);
    }
  }

  std::vector<Buffer> node_buffer;
  std::vector<Buffer> channel_buffer;
  std::vector<std::int64_t> cap;
  std::vector<std::int64_t> product_buffer;  // -1: none of its own
  std::int64_t stop_sell = -1;
};

}  // namespace

Answer hand_loop(const Shop& shop) {
  const Rules rules(shop);
  const std::int64_t first_product = shop.product_id[0];
  const std::int64_t first_location = shop.location_id[0];
  const std::int64_t first_node = shop.node_id[0];
  const std::int64_t first_channel = shop.channel_id[0];
  std::vector<std::int64_t> free(shop.product_id.size() * Shop::kNodes, 0);

  for (std::size_t i = 0; i < shop.supply_product.size(); ++i) {
    const auto location = static_cast<std::size_t>(shop.supply_location[i] - first_location);
    if (shop.location_sellable[location] == 0) continue;
    const std::int64_t node = shop.location_node[location] - first_node;
    const auto at = static_cast<std::size_t>((shop.supply_product[i] - first_product) * Shop::kNodes + node);
    const bool expired = shop.supply_expires[i] != ats::kNone && shop.supply_expires[i] <= Shop::kNow;
    free[at] += (expired ? 0 : shop.supply_quantity[i]) - shop.supply_reserved[i];
  }
  for (std::size_t i = 0; i < shop.hold_id.size(); ++i) {
    if (shop.hold_expires[i] <= Shop::kNow) continue;
    const std::int64_t node = shop.hold_node[i] - first_node;
    free[static_cast<std::size_t>((shop.hold_product[i] - first_product) * Shop::kNodes + node)] -=
        shop.hold_quantity[i];
  }
  for (std::size_t i = 0; i < free.size(); ++i) {
    free[i] = free[i] <= 0 ? 0 : after(free[i], rules.node_buffer[i % Shop::kNodes]);
  }

  for (std::size_t kit = 0; kit < shop.kit_product.size(); ++kit) {
    const auto at = static_cast<std::size_t>(shop.kit_product[kit] - first_product) * Shop::kNodes;
    const auto component = [&](std::size_t line) {
      return static_cast<std::size_t>(shop.kit_line_product[kit * 2 + line] - first_product) * Shop::kNodes;
    };
    const std::int64_t first_quantity = shop.kit_line_quantity[kit * 2] / kUnit;
    const std::int64_t second_quantity = shop.kit_line_quantity[kit * 2 + 1] / kUnit;
    for (std::size_t node = 0; node < Shop::kNodes; ++node) {
      const std::int64_t x =
          std::min(free[component(0) + node] / first_quantity, free[component(1) + node] / second_quantity);
      free[at + node] = x / kUnit * kUnit;
    }
  }

  const std::size_t listings = shop.listing_id.size();
  Answer answer{Values(listings), Values(listings, ats::kNone), Values(listings)};
  for (std::size_t i = 0; i < listings; ++i) {
    const auto product = static_cast<std::size_t>(shop.listing_product[i] - first_product);
    const auto channel = static_cast<std::size_t>(shop.listing_channel[i] - first_channel);
    std::int64_t x = 0;
    const auto last = static_cast<std::size_t>(shop.channel_node_offsets[channel + 1]);
    for (auto n = static_cast<std::size_t>(shop.channel_node_offsets[channel]); n < last; ++n) {
      x += free[product * Shop::kNodes + static_cast<std::size_t>(shop.channel_nodes[n] - first_node)];
    }
    const std::int64_t own = rules.product_buffer[product];
    x = after(x, own < 0 ? rules.channel_buffer[channel] : Buffer{own, 0});
    x = x / kUnit * kUnit;
    if (x <= rules.stop_sell) x = 0;
    answer.listing[i] = shop.listing_id[i];
    answer.quantity[i] = std::min(x, rules.cap[channel]);
  }
  return answer;
}

}  // namespace bench
