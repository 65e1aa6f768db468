// Other key-encryption keys for the same data keys. No value is touched: the data keys are wrapped
// anew, all in one transaction, and every new wrap is opened again before it commits.
#pragma once

#include <filesystem>
#include <vector>

#include "keyring/change.h"

namespace pcx::keyring {

struct KekChange {
  KekRow kek;                                // that came or went
  std::size_t keys = 0;                      // wrapped anew
  std::vector<std::filesystem::path> files;  // that were made now
};

// One more. Its file is made when there is none, once the keyring is locked and nothing else is in
// the way; it stays when nothing comes of it, see MadeFiles. Throws Error{conflict} with reason
// "kek_exists" when the keyring has this one, and as make_kek() and change_keyring().
KekChange add_kek(const ChangeTools& tools, const KekSource& source, const KekTools& kek_tools);
// A new pair; its private half goes to the new file. Throws Error{cannot_create} with reason
// "exists" when there is such a file.
KekChange add_recovery_key(const ChangeTools& tools, const std::filesystem::path& file);

// One in the place of another that is no recovery key, which then opens nothing any more but older
// backups. Throws Error{not_found} when there is none with that id, Error{usage} for a recovery
// key, and as add_kek().
KekChange rotate_kek(const ChangeTools& tools, KekId old, const KekSource& source,
                     const KekTools& kek_tools);

// Throws Error{not_found}, and Error{conflict} with reason "too_few_keks" when fewer than two would
// be left, or none but recovery keys.
KekChange remove_kek(const ChangeTools& tools, KekId id);
void require_removable(const Rows& rows, KekId id);

// The only one that is no recovery key. Throws Error{usage} when there are several.
KekId only_kek(const Rows& rows);

}  // namespace pcx::keyring
