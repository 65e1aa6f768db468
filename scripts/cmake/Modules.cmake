# The vocabulary of the floor plan.

# pcx_names(FILE): sets `shared_names` and `local_names`, what a file defines or declares at its margin
# outside and inside of `namespace {`.
function(pcx_names file)
  file(STRINGS ${file} lines REGEX "^([A-Za-z].*[({=;]|}  // namespace$)")
  string(REGEX REPLACE "[][]" " " lines "${lines}")  # brackets would join elements of a list
  set(place shared)
  set(shared)
  set(local)
  foreach(line IN LISTS lines)
    if(line STREQUAL "namespace {")
      set(place local)
    elseif(line STREQUAL "}  // namespace")
      set(place shared)
    elseif(line MATCHES "^(struct|class|enum class|enum|using|namespace) ([A-Za-z0-9_]+)( final)?( =.*| [:{].*)$")
      list(APPEND ${place} ${CMAKE_MATCH_2})
    elseif(line MATCHES "^(inline constexpr|constexpr|const)[^=({]* (k[A-Z][A-Za-z0-9_]*)")
      list(APPEND ${place} ${CMAKE_MATCH_2})
    elseif(line MATCHES "^([^(=]*)[ &*]([A-Za-z0-9_]+)\\(")
      list(APPEND ${place} ${CMAKE_MATCH_2})
    endif()
  endforeach()
  set(shared_names "${shared}" PARENT_SCOPE)
  set(local_names "${local}" PARENT_SCOPE)
endfunction()

# pcx_batch(LIST NAME FOLDER...): with PCX_BATCH above 1, puts files in the place of LIST's that include
# up to so many of them each: half of a compiler's time here goes into reading headers. Files with a
# local name alike are kept apart, and one with a local name that a header in FOLDERs or lib/core has is
# compiled by itself: it would hide that one from the files after it. Batches name what they include
# from the project's root: they are the same in every clone, which ccache needs. Names are looked at when
# CMake configures; after "redefinition of" a name that is new, configure again.
function(pcx_batch list name)
  if(PCX_BATCH LESS 2)
    return()
  endif()
  set(public)
  foreach(folder IN LISTS ARGN ITEMS lib/core)
    file(GLOB headers CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.h)
    foreach(header IN LISTS headers)
      pcx_names(${header})
      list(APPEND public ${shared_names})
    endforeach()
  endforeach()
  set(alone)
  set(count 0)
  foreach(source IN LISTS ${list})
    pcx_names(${source})
    pcx_has_common(is_alone local_names public)
    if(is_alone)
      list(APPEND alone ${source})
      continue()
    endif()
    foreach(batch RANGE ${count})  # the last is a new one
      set(chosen ${batch})
      pcx_has_common(clashes local_names names_of_${batch})
      list(LENGTH paths_of_${batch} size)
      if(size LESS PCX_BATCH AND NOT clashes)
        break()
      endif()
    endforeach()
    file(RELATIVE_PATH path ${CMAKE_SOURCE_DIR} ${source})
    list(APPEND names_of_${chosen} ${local_names})
    list(APPEND paths_of_${chosen} ${path})
    if(chosen EQUAL count)
      math(EXPR count "${count} + 1")
    endif()
  endforeach()
  set(batches)
  set(batch 0)
  while(batch LESS count)
    list(TRANSFORM paths_of_${batch} REPLACE "(.+)" "#include \"\\1\"\n")
    list(JOIN paths_of_${batch} "" text)
    set(file ${CMAKE_CURRENT_BINARY_DIR}/batches/${name}_${batch}.cpp)
    file(CONFIGURE OUTPUT ${file} CONTENT "${text}" @ONLY)
    list(APPEND batches ${file})
    math(EXPR batch "${batch} + 1")
  endwhile()
  set(${list} ${batches} ${alone} PARENT_SCOPE)
endfunction()

function(pcx_has_common variable one other)
  set(rest ${${one}})
  list(REMOVE_ITEM rest ${${other}} "")
  string(COMPARE NOTEQUAL "${rest}" "${${one}}" differs)
  set(${variable} ${differs} PARENT_SCOPE)
endfunction()

# pcx_module(NAME [LINKS module...] [USES library...])
# A module is the folder of its name: all of its *.cpp, its sql/*.sql embedded when there are any.
# What it LINKS is what it may include; USES are outside libraries, private to the room.
function(pcx_module name)
  cmake_parse_arguments(arg "" "" "LINKS;USES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp)
  pcx_batch(sources ${name} lib/${name})
  add_library(pcx_${name} STATIC ${sources})
  target_include_directories(pcx_${name} PUBLIC ${CMAKE_SOURCE_DIR}/lib)
  list(TRANSFORM arg_LINKS PREPEND pcx_)
  target_link_libraries(pcx_${name} PUBLIC ${arg_LINKS}
                        PRIVATE pcx_flags pcx_coverage ${arg_USES})
  if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/sql)
    pcx_embed_sql(${name})
  endif()
  if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/schema)
    pcx_embed_schema(${name})
  endif()
endfunction()

# Writes <build>/lib/<module>/sql.h: one db::Statement for each lib/<module>/sql/*.sql, named after
# its file, and kStatements with all of them.
function(pcx_embed_sql name)
  pcx_embed(${name} sql ${CMAKE_BINARY_DIR}/lib/${name}/sql.h EmbedSql.cmake)
endfunction()

# Writes <build>/lib/<module>/schema_steps.h: kSchemaSteps with each lib/<module>/schema/NNN_*.sql.
function(pcx_embed_schema name)
  pcx_embed(${name} schema ${CMAKE_BINARY_DIR}/lib/${name}/schema_steps.h EmbedSchema.cmake)
endfunction()

# The files of lib/<module>/<folder>, made into `header` by `script`.
function(pcx_embed name folder header script)
  set(source ${CMAKE_CURRENT_SOURCE_DIR}/${name}/${folder})
  file(GLOB files CONFIGURE_DEPENDS ${source}/*.sql)
  add_custom_command(
    OUTPUT ${header}
    COMMAND ${CMAKE_COMMAND} -DMODULE=${name} -DFOLDER=${source} -DHEADER=${header}
            -DVERSION=${PROJECT_VERSION} -P ${CMAKE_SOURCE_DIR}/scripts/cmake/${script}
    DEPENDS ${files} ${CMAKE_SOURCE_DIR}/scripts/cmake/${script}
    COMMENT "Embedding lib/${name}/${folder}" VERBATIM)
  add_custom_target(pcx_${name}_${folder} DEPENDS ${header})
  add_dependencies(pcx_${name} pcx_${name}_${folder})
  target_sources(pcx_${name} PRIVATE ${header})
  target_include_directories(pcx_${name} PUBLIC ${CMAKE_BINARY_DIR}/lib)
endfunction()

# Writes <build>/lib/<module>/<folder>.cpp: pcx::<module>::<folder>_files(), every file below
# lib/<module>/<folder> with its path and bytes (declared in lib/<module>/<folder>_files.h). With TREES they
# are YAML, parsed now instead of in each run; a mistake in them ends the build.
function(pcx_embed_folder name folder)
  cmake_parse_arguments(arg "TREES" "" "" ${ARGN})
  set(root ${CMAKE_SOURCE_DIR}/lib/${name})
  set(source ${CMAKE_BINARY_DIR}/lib/${name}/${folder}.cpp)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS ${root}/${folder}/*)
  add_custom_command(
    OUTPUT ${source}
    COMMAND ${CMAKE_COMMAND} -DMODULE=${name} -DROOT=${root} -DFOLDER=${folder} -DSOURCE=${source}
            $<$<BOOL:${arg_TREES}>:-DTREE_WRITER=$<TARGET_FILE:pcx_tree_writer>>
            -P ${CMAKE_SOURCE_DIR}/scripts/cmake/EmbedFolder.cmake
    DEPENDS ${files} ${CMAKE_SOURCE_DIR}/scripts/cmake/EmbedFolder.cmake
            $<$<BOOL:${arg_TREES}>:pcx_tree_writer>
    COMMENT "Embedding lib/${name}/${folder}" VERBATIM COMMAND_EXPAND_LISTS)
  target_sources(pcx_${name} PRIVATE ${source})
endfunction()

# pcx_test_program(NAME [LINKS library...]): NAME_tests, of tests/NAME/*_test.cpp; ctest is not told.
function(pcx_test_program name)
  cmake_parse_arguments(arg "" "" "LINKS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*_test.cpp)
  pcx_batch(sources ${name} lib/${name} tests/${name} tests/support)
  add_executable(${name}_tests ${sources})
  target_include_directories(${name}_tests PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name}_tests PRIVATE pcx_flags ${arg_LINKS} pcx_test_support)
  # What is tested is as it is shipped; the tests themselves need not be quick, but quick to build.
  target_compile_options(${name}_tests PRIVATE $<$<CONFIG:Release>:-O1>)
endfunction()

# pcx_test(NAME [LINKS library...] [LABELS label...] [SHARDS N]): the tests in tests/NAME as one program;
# with SHARDS in so many processes, otherwise (without a server) in one for each.
function(pcx_test name)
  cmake_parse_arguments(arg "" "SHARDS" "LINKS;LABELS" ${ARGN})
  pcx_test_program(${name} LINKS ${arg_LINKS})
  if(arg_SHARDS)  # a process for many small tests, not one for each
    math(EXPR last "${arg_SHARDS} - 1")
    foreach(shard RANGE ${last})
      add_test(NAME ${name}.${shard} COMMAND ${name}_tests)
      set_tests_properties(${name}.${shard} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT 300
        ENVIRONMENT "GTEST_TOTAL_SHARDS=${arg_SHARDS};GTEST_SHARD_INDEX=${shard}")
    endforeach()
    return()
  endif()
  if("db" IN_LIST arg_LABELS)  # one server for all of them, not one for each
    add_test(NAME ${name} COMMAND ${name}_tests)
    set_tests_properties(${name} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT 600)
  else()
    gtest_discover_tests(${name}_tests DISCOVERY_MODE PRE_TEST TEST_PREFIX ${name}.
                         PROPERTIES LABELS "${arg_LABELS}" TIMEOUT 300)
  endif()
endfunction()

# pcx_fuzz(NAME LINKS library...): tests/fuzz/NAME_fuzz.cpp with libFuzzer's main.
function(pcx_fuzz name)
  cmake_parse_arguments(arg "" "" "LINKS" ${ARGN})
  add_executable(${name}_fuzz ${CMAKE_SOURCE_DIR}/tests/fuzz/${name}_fuzz.cpp)
  target_include_directories(${name}_fuzz PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name}_fuzz PRIVATE pcx_flags ${arg_LINKS})
  target_link_options(${name}_fuzz PRIVATE -fsanitize=fuzzer)
  add_dependencies(fuzzers ${name}_fuzz)
endfunction()
