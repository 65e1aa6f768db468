#include "cli/commands/key_adapter.h"

#include "cli/commands/adapter_tools.h"
#include "cli/context.h"
#include "keyring/adapter_files.h"

namespace pcx::cli {

namespace {

Outcome run_adapter(Context&, const Values& values) {
  return print_module(keyring::adapter_files(), values);
}

}  // namespace

Cmd key_adapter_command() {
  return {
      .path = "key adapter",
      .summary = "Print the module that gives the application these keys",
      .detail =
          "One TypeScript file without dependencies, a query extension for Prisma 5 to 7. It reads "
          "enc:v1, the guide's JSON and enc:v2, and writes what the keyfile's write key says. The "
          "keyfile is the one of 'pcx key keyfile', named by PCX_KEYFILE in the application's "
          "environment; the host that has it holds the keys as plain text.\n\n"
          "Deploy the module first: it goes on writing enc:v1 until a key of the new format is "
          "active. Which fields are encrypted is a list at its top; what it refuses, and why, is "
          "in the comment above.",
      .options = {language_option()},
      .examples = {{"pcx key adapter --output src/utils/sealed-fields.ts",
                    "written whole or not at all"}},
      .run = run_adapter};
}

}  // namespace pcx::cli
