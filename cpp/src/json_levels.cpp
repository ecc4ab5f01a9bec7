// SPDX-License-Identifier: LGPL-3.0-only
#include "ats/json.h"

namespace ats {
namespace {

void append_detail(std::string* out, std::string_view name, std::int64_t id) {
  if (id == kNone) return;
  *out += ", \"";
  *out += name;
  *out += "\": " + std::to_string(id);
}

// Which component limits a kit, node by node.
void append_components(std::string* out, const Levels& levels, std::size_t reason) {
  const auto first = static_cast<std::size_t>(levels.detail_offsets[reason]);
  const auto last = static_cast<std::size_t>(levels.detail_offsets[reason + 1]);
  if (first == last) return;
  *out += ", \"components\": [";
  for (std::size_t i = first; i < last; ++i) {
    *out += i == first ? "{\"node\": " : ", {\"node\": ";
    *out += std::to_string(levels.detail_node[i]);
    *out += ", \"component\": " + std::to_string(levels.detail_component[i]);
    *out += ", \"quantity\": \"" + format_decimal(levels.detail_quantity[i]) + "\"}";
  }
  *out += ']';
}

void append_reason(std::string* out, const Levels& levels, std::size_t i) {
  *out += "{\"code\": \"";
  *out += kReasonCodeNames[static_cast<std::size_t>(levels.reason_code[i])];
  *out += "\", \"quantity\": \"" + format_decimal(levels.reason_quantity[i]) + '"';
  append_detail(out, "rule", levels.reason_rule[i]);
  append_detail(out, "node", levels.reason_node[i]);
  append_detail(out, "component", levels.reason_component[i]);
  if (levels.reason_shortage[i] != kNone) {
    *out += ", \"shortage\": \"" + format_decimal(levels.reason_shortage[i]) + '"';
  }
  append_components(out, levels, i);
  *out += '}';
}

void append_level(std::string* out, const Levels& levels, std::size_t i) {
  *out += "{\"listing\": " + std::to_string(levels.listing[i]) + ", \"node\": ";
  *out += levels.node[i] == kNone ? "null" : std::to_string(levels.node[i]);
  *out += ", \"quantity\": \"" + format_decimal(levels.quantity[i]) + "\", \"reasons\": [";
  if (!levels.reason_offsets.empty()) {
    const auto first = static_cast<std::size_t>(levels.reason_offsets[i]);
    const auto last = static_cast<std::size_t>(levels.reason_offsets[i + 1]);
    for (std::size_t reason = first; reason < last; ++reason) {
      if (reason > first) *out += ", ";
      append_reason(out, levels, reason);
    }
  }
  *out += "]}";
}

}  // namespace

std::string to_json(const Levels& levels) {
  std::string out = "{\"format\": \"ats-levels/1\", \"next_change\": ";
  out += levels.next_change.present() ? '"' + format_time(levels.next_change) + '"' : "null";
  out += ",\n \"levels\": [";
  for (std::size_t i = 0; i < levels.listing.size(); ++i) {
    out += i == 0 ? "" : ",\n            ";
    append_level(&out, levels, i);
  }
  out += "]}\n";
  return out;
}

}  // namespace ats
