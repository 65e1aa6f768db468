#include "audit/leaf.h"

#include <string>

#include <gtest/gtest.h>

#include "crypto/encoding.h"

namespace pcx::audit {
namespace {

struct Known {
  LeafSource source;
  std::string record;
  const char* hash;
};

// Python 3: hashlib.sha256(b"\0pcx1" + source + record).hexdigest()
TEST(Leaf, IsTheKnownAnswer) {
  const Known answers[] = {
      {LeafSource::application, "",
       "17d4e30e3fa161bd4814596055d166c04732604c49293309149bf3f48ca266b4"},
      {LeafSource::change, "", "d145396a088fe0f928760c68f5b9b18c31c1b60dbdf2398c213365a7135ced4a"},
      {LeafSource::meta, "", "a55ebdce854da8427b8d9df41ad38f8e2c6423cfb44fba031318d87f93502f91"},
      {LeafSource::application, std::string("\0\1\xff", 3),
       "eac7c8bcf9fbddac60bea915dbf515475170a8e6bed9fab357fecd3ed5f984fe"},
      {LeafSource::change, std::string(450, 'r'),
       "fbb58af320c4642f280a50e91d4d056e4b4c536deda8065177f7ac18ff1cdeb9"},
  };
  LeafHasher hasher;
  for (const Known& known : answers) {
    const Hash hash = hasher.hash(known.source, crypto::bytes_of(known.record));
    EXPECT_EQ(crypto::to_hex(hash), known.hash) << static_cast<char>(known.source);
  }
}

// A leaf in the sense of RFC 6962, so that any tool can check a proof of it.
TEST(Leaf, IsTheLeafOfItsFramedRecord) {
  LeafHasher hasher;
  TreeHasher tree;
  EXPECT_EQ(hasher.hash(LeafSource::meta, crypto::bytes_of("record")),
            tree.leaf(crypto::bytes_of("pcx1Mrecord")));
}

TEST(Leaf, HasOneSourceForEachLetter) {
  EXPECT_EQ(leaf_source_of('A'), LeafSource::application);
  EXPECT_EQ(leaf_source_of('C'), LeafSource::change);
  EXPECT_EQ(leaf_source_of('M'), LeafSource::meta);
  int sources = 0;
  for (int letter = 0; letter < 256; ++letter) {
    if (leaf_source_of(static_cast<char>(letter))) ++sources;
  }
  EXPECT_EQ(sources, 3);
}

}  // namespace
}  // namespace pcx::audit
