// SPDX-License-Identifier: LGPL-3.0-only
#include "ats/error.h"

#include <array>
#include <utility>

namespace ats {
namespace {

#define ATS_ERROR_NAME(name, meaning) std::string_view(#name),
constexpr std::array kNames = {ATS_ERROR_CODES(ATS_ERROR_NAME)};
#undef ATS_ERROR_NAME

#define ATS_ERROR_MEANING(name, meaning) std::string_view(meaning),
constexpr std::array kMeanings = {ATS_ERROR_CODES(ATS_ERROR_MEANING)};
#undef ATS_ERROR_MEANING

}  // namespace

std::string_view error_name(ErrorCode code) { return kNames[static_cast<std::size_t>(code)]; }
std::string_view error_meaning(ErrorCode code) { return kMeanings[static_cast<std::size_t>(code)]; }

WorldError::WorldError(ErrorCode code, std::string pointer, const std::string& message)
    : std::invalid_argument(message), code_(code), pointer_(std::move(pointer)) {}

WorldError::WorldError(ErrorCode code, std::string pointer)
    : WorldError(code, std::move(pointer), std::string(error_meaning(code))) {}

}  // namespace ats
