// SPDX-License-Identifier: LGPL-3.0-only
//
// Streams of binary COPY as PostgreSQL sent them (tests/python/copy_streams.json).
#include "ats/copy.h"

#include <algorithm>
#include <array>
#include <catch2/catch_test_macros.hpp>

#include "ats/types.h"
#include "files.h"
#include "json_cursor.h"

using namespace ats;  // a test reads better so
using internal::Cursor;

namespace {

constexpr std::array<std::string_view, 7> kTypes = {"int", "bool", "floor", "ceil", "exact", "time", "length"};

[[nodiscard]] std::vector<CopyColumn> columns_of(const Cursor& list) {
  std::vector<CopyColumn> columns;
  for (std::size_t i = 0; i < list.size(); ++i) {
    std::string_view type = list.item(i).item(1).text();
    const bool array = type.ends_with("[]");
    if (array) type.remove_suffix(2);
    const auto found = std::find(kTypes.begin(), kTypes.end(), type);
    columns.push_back({list.item(i).item(0).text(), static_cast<CopyType>(found - kTypes.begin()), array});
  }
  return columns;
}

[[nodiscard]] std::string bytes_of(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

// Reads a stream in pieces; returns the code of its refusal, "" if it has none.
[[nodiscard]] std::string read(CopyTable* table, std::string_view stream, std::size_t piece) {
  try {
    for (std::size_t at = 0; at < stream.size(); at += piece) table->write(stream.substr(at, piece));
    table->finish();
    return "";
  } catch (const CopyError& error) {
    return std::string(copy_error_name(error.code()));
  }
}

void check_columns(const CopyTable& table, const Cursor& expected) {
  for (std::size_t i = 0; i < table.columns().size(); ++i) {
    const CopyColumn& column = table.columns()[i];
    std::vector<std::int64_t> found;
    if (column.type == CopyType::flag) {
      found.assign(table.narrow(i).begin(), table.narrow(i).end());
    } else {
      found.assign(table.wide(i).begin(), table.wide(i).end());
    }
    const Cursor values = expected.required(column.name);
    REQUIRE(found.size() == values.size());
    for (std::size_t row = 0; row < found.size(); ++row) {
      CHECK(found[row] == (values.item(row).is_null() ? kNone : values.item(row).integer()));
    }
  }
}

}  // namespace

TEST_CASE("recorded streams are read, or refused by name, however they are split", "[copy]") {
  const internal::Value cases = testing::read_json(testing::tests_folder() / "python/copy_streams.json");
  const Cursor list(cases);
  REQUIRE(list.size() > 100);
  for (std::size_t i = 0; i < list.size(); ++i) {
    const Cursor one = list.item(i);
    const std::string stream = bytes_of(one.required("hex").text());
    INFO(one.required("sql").text());
    for (const std::size_t piece : {stream.size(), std::size_t{1}, std::size_t{7}}) {
      CopyTable table(columns_of(one.required("columns")));
      const auto error = one.optional("error");
      CHECK(read(&table, stream, piece) == (error ? error->text() : ""));
      if (!error) check_columns(table, one.required("expect"));
    }
  }
}

TEST_CASE("a stream that ends anywhere is truncated", "[copy]") {
  const std::string header("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
  const std::string stream = header + std::string("\0\1\0\0\0\2\0\5\377\377", 10);
  for (std::size_t size = 0; size < stream.size(); ++size) {
    CopyTable table({{"a", CopyType::integer}});
    CHECK(read(&table, stream.substr(0, size), 3) == "truncated");
  }
  CopyTable table({{"a", CopyType::integer}});
  CHECK(read(&table, stream, 3).empty());
  CHECK(table.rows() == 1);
  CHECK(table.wide(0)[0] == 5);
}
