# The vocabulary of the floor plan.

# pcx_module(NAME [LINKS module...] [USES library...])
# A module is the folder of its name: all of its *.cpp, its sql/*.sql embedded when there are any.
# What it LINKS is what it may include; USES are outside libraries, private to the room.
function(pcx_module name)
  cmake_parse_arguments(arg "" "" "LINKS;USES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp)
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
# lib/<module>/<folder> with its path and bytes (declared in lib/<module>/<folder>_files.h).
function(pcx_embed_folder name folder)
  set(root ${CMAKE_SOURCE_DIR}/lib/${name})
  set(source ${CMAKE_BINARY_DIR}/lib/${name}/${folder}.cpp)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS ${root}/${folder}/*)
  add_custom_command(
    OUTPUT ${source}
    COMMAND ${CMAKE_COMMAND} -DMODULE=${name} -DROOT=${root} -DFOLDER=${folder} -DSOURCE=${source}
            -P ${CMAKE_SOURCE_DIR}/scripts/cmake/EmbedFolder.cmake
    DEPENDS ${files} ${CMAKE_SOURCE_DIR}/scripts/cmake/EmbedFolder.cmake
    COMMENT "Embedding lib/${name}/${folder}" VERBATIM)
  target_sources(pcx_${name} PRIVATE ${source})
endfunction()

# pcx_test_program(NAME [LINKS library...]): NAME_tests, of tests/NAME/*_test.cpp; ctest is not told.
function(pcx_test_program name)
  cmake_parse_arguments(arg "" "" "LINKS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*_test.cpp)
  add_executable(${name}_tests ${sources})
  target_include_directories(${name}_tests PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name}_tests PRIVATE pcx_flags ${arg_LINKS} pcx_test_support)
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
endfunction()
