// SPDX-License-Identifier: LGPL-3.0-only
#include "explain.h"

namespace ats::internal {
namespace {

constexpr std::size_t kCodeWidth = 20;
constexpr std::size_t kQuantityWidth = 20;

[[nodiscard]] std::string line(std::string_view name, std::int64_t quantity, const std::string& detail) {
  const std::string number = format_decimal(quantity);
  std::string text = "  " + std::string(name);
  text.append(name.size() < kCodeWidth ? kCodeWidth - name.size() : 1, ' ');
  text.append(number.size() < kQuantityWidth ? kQuantityWidth - number.size() : 1, ' ');
  return text + number + detail + '\n';
}

[[nodiscard]] std::string detail_of(const Levels& levels, std::size_t reason) {
  std::string detail;
  const auto add = [&](std::string_view name, std::int64_t id) {
    if (id == kNone) return;
    detail += (detail.empty() ? "  (" : ", ") + std::string(name) + ' ' + std::to_string(id);
  };
  add("rule", levels.reason_rule[reason]);
  add("node", levels.reason_node[reason]);
  add("component", levels.reason_component[reason]);
  if (levels.reason_shortage[reason] != kNone) {
    detail +=
        (detail.empty() ? "  (" : ", ") + std::string("missing ") + format_decimal(levels.reason_shortage[reason]);
  }
  return detail.empty() ? detail : detail + ')';
}

// Which component limits a kit, a line for each node.
[[nodiscard]] std::string components_of(const Levels& levels, std::size_t reason) {
  std::string text;
  const auto last = static_cast<std::size_t>(levels.detail_offsets[reason + 1]);
  for (auto i = static_cast<std::size_t>(levels.detail_offsets[reason]); i < last; ++i) {
    text += line("    node " + std::to_string(levels.detail_node[i]), levels.detail_quantity[i],
                 "  (component " + std::to_string(levels.detail_component[i]) + ')');
  }
  return text;
}

[[nodiscard]] std::string place_of(const Book& book, const ListingRow& listing, std::int64_t node) {
  if (node != kNone) return "node " + std::to_string(node);
  const ChannelRow* channel = book.channel(listing.channel);
  std::string text = "nodes together:";
  for (const std::int64_t id : channel->nodes) text += ' ' + std::to_string(id);
  return channel->nodes.empty() ? "no nodes" : text;
}

}  // namespace

std::string explain_text(const Book& book, const ListingRow& listing, const Levels& levels) {
  std::string text = "Listing " + std::to_string(listing.id.value()) + ": product " +
                     std::to_string(listing.product.value()) + " on channel " +
                     std::to_string(listing.channel.value()) + '\n';
  bool any = false;
  for (std::size_t i = 0; i < levels.listing.size(); ++i) {
    if (levels.listing[i] != listing.id.value()) continue;
    any = true;
    text += place_of(book, listing, levels.node[i]) + '\n';
    const auto last = static_cast<std::size_t>(levels.reason_offsets[i + 1]);
    for (auto reason = static_cast<std::size_t>(levels.reason_offsets[i]); reason < last; ++reason) {
      text += line(kReasonCodeNames[static_cast<std::size_t>(levels.reason_code[reason])],
                   levels.reason_quantity[reason], detail_of(levels, reason));
      text += components_of(levels, reason);
    }
    text += line("= level", levels.quantity[i], "");
  }
  if (!any) text += "no level: the channel stocks by location and has no nodes\n";
  if (levels.next_change.present()) text += "changes by time not before " + format_time(levels.next_change) + '\n';
  return text;
}

}  // namespace ats::internal
