// SPDX-License-Identifier: LGPL-3.0-only
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "json_value.h"

namespace ats::testing {

inline std::filesystem::path tests_folder() { return ATS_TESTS_DIR; }

inline internal::Value read_json(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  return internal::parse_json(std::string(std::istreambuf_iterator<char>(file), {}));
}

// The value of a key, null if the object does not have it.
inline const internal::Value* find(const internal::Value& object, std::string_view key) {
  for (std::size_t i = 0; i < object.keys.size(); ++i) {
    if (object.keys[i] == key) return &object.items[i];
  }
  return nullptr;
}

inline const internal::Value& get(const internal::Value& object, std::string_view key) {
  const internal::Value* value = find(object, key);
  if (value == nullptr) throw std::runtime_error("no key " + std::string(key));
  return *value;
}

}  // namespace ats::testing
