# SPDX-License-Identifier: LGPL-3.0-only
# Each case must compile as it is, and must not with -DATS_WRONG.
file(GLOB SOURCES "${CASES}/*.cpp")
foreach(SOURCE IN LISTS SOURCES)
  foreach(WRONG IN ITEMS 0 1)
    set(FLAG "")
    if(WRONG)
      set(FLAG "-DATS_WRONG")
    endif()
    execute_process(COMMAND ${COMPILER} -std=c++20 -fsyntax-only -I${INCLUDE} ${FLAG} ${SOURCE}
                    RESULT_VARIABLE FAILED OUTPUT_QUIET ERROR_QUIET)
    if(WRONG AND NOT FAILED)
      message(FATAL_ERROR "${SOURCE} compiles although it must not")
    elseif(NOT WRONG AND FAILED)
      message(FATAL_ERROR "${SOURCE} does not compile")
    endif()
  endforeach()
endforeach()
