// SPDX-License-Identifier: LGPL-3.0-only
#include "ats/compare.h"
#include "json_world.h"

namespace ats {
namespace {

constexpr std::string_view kRulesAfter = "/rules_after";

void read_rules_after(std::string_view document, internal::Book* book) {
  try {
    internal::replace_rules(document, book);
  } catch (const WorldError& error) {
    throw WorldError(error.code(), std::string(kRulesAfter) + error.pointer(), error.what());
  }
}

void append_change(std::string* out, const Comparison& comparison, std::size_t i) {
  *out += "{\"listing\": " + std::to_string(comparison.listing[i]) + ", \"node\": ";
  *out += comparison.node[i] == kNone ? "null" : std::to_string(comparison.node[i]);
  *out += ", \"before\": \"" + format_decimal(comparison.before[i]) + "\", \"after\": \"" +
          format_decimal(comparison.after[i]) + "\"}";
}

}  // namespace

std::string compare_document(std::string_view document, std::string_view rules_after, const Options& options) {
  internal::Book book = internal::read_world(document);
  const internal::Columns before = book.columns();
  read_rules_after(rules_after, &book);
  const internal::Columns after = book.columns();
  return to_json(compare(before.world, after.world.rules, options));
}

std::string to_json(const Comparison& comparison) {
  std::string out = "{\"format\": \"ats-comparison/1\"";
  const auto count = [&](std::string_view name, std::size_t value) {
    out += ", \"" + std::string(name) + "\": " + std::to_string(value);
  };
  count("levels", comparison.levels);
  count("changed", comparison.changed);
  count("to_zero", comparison.to_zero);
  count("from_zero", comparison.from_zero);
  count("listings_changed", comparison.listings_changed);
  count("listings_to_zero", comparison.listings_to_zero);
  count("listings_from_zero", comparison.listings_from_zero);
  out += ",\n \"changes\": [";
  for (std::size_t i = 0; i < comparison.listing.size(); ++i) {
    out += i == 0 ? "" : ",\n             ";
    append_change(&out, comparison, i);
  }
  out += "]}\n";
  return out;
}

}  // namespace ats
