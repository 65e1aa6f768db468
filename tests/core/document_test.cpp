#include "core/document.h"

#include <gtest/gtest.h>

namespace pcx {
namespace {

TEST(Document, IsNullAtFirst) {
  EXPECT_TRUE(Document{}.is_null());
  EXPECT_TRUE(Document{}.is_scalar());
  EXPECT_FALSE(Document{false}.is_null());
  EXPECT_FALSE(Document::array().is_null());
}

TEST(Document, BecomesAListOrAMapWhenAddedTo) {
  Document list;
  list.add(1).add("x");
  ASSERT_TRUE(list.is_array());
  EXPECT_EQ(list.items().size(), 2u);
  Document map;
  map.set("b", 1).set("a", 2);
  ASSERT_TRUE(map.is_object());
  EXPECT_EQ(map.members()[0].first, "b");
  EXPECT_THROW(list.set("a", 1), std::bad_variant_access);
  EXPECT_THROW(map.add(1), std::bad_variant_access);
}

TEST(Document, FindsMembers) {
  const Document map = Document::object().set("a", 1).set("b", "text");
  EXPECT_EQ(*map.find("a"), Document{1});
  EXPECT_EQ(map.find("c"), nullptr);
  EXPECT_EQ(Document{1}.find("a"), nullptr);
  EXPECT_EQ(Document::array().find("a"), nullptr);
  EXPECT_EQ(*map.find("b")->text(), "text");
  EXPECT_EQ(map.find("a")->text(), nullptr);
  EXPECT_EQ(map.text(), nullptr);
}

TEST(Document, ComparesByTypeAndValue) {
  EXPECT_EQ(Document{1}, Document{std::int64_t{1}});
  EXPECT_NE(Document{1}, Document{1.0});
  EXPECT_NE(Document{"1"}, Document{1});
  EXPECT_EQ(Document::array().add(1), Document{Document::Array{1}});
  EXPECT_NE(Document::object().set("a", 1).set("b", 2), Document::object().set("b", 2).set("a", 1));
}

}  // namespace
}  // namespace pcx
