// pcx apikey adapter: prints the middleware.
#include "apikey/adapter_files.h"
#include "cli/commands/adapter_tools.h"
#include "cli/commands/apikey_tools.h"

namespace pcx::cli {

namespace {

Outcome run_adapter(Context&, const Values& values) {
  return print_module(apikey::adapter_files(), values);
}

Cmd adapter_command() {
  return {
      .path = "apikey adapter",
      .summary = "Print the module that lets the application take API keys",
      .detail =
          "One TypeScript file without dependencies, a middleware for Express 4 and 5. It takes "
          "the key from the header x-api-key, refuses with 401 what is missing, invalid, revoked "
          "or expired and with 403 what comes from elsewhere or may not do that, and gives the "
          "application req.apiKey with the guide's names. Keys that api_keys still holds in plain "
          "count, too, unless it is given plain: false.\n\n"
          "It needs the peppers, in the keyfile of 'pcx key keyfile --purpose pepper' that "
          "PCX_KEYFILE names in the application's environment, and some rights of the "
          "application's role: those, and all options, are in the comment at its top.",
      .options = {language_option()},
      .examples = {{"pcx apikey adapter --output src/middleware/api-keys.ts",
                    "written whole or not at all"}},
      .run = run_adapter};
}

}  // namespace

std::vector<Cmd> apikey_adapter_commands() { return {adapter_command()}; }

}  // namespace pcx::cli
