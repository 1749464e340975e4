#include "iam/console/testing.h"

namespace eyrie::iam::console::testing {
namespace {

class ConsoleUsersTest : public ConsoleTest {};

TEST_F(ConsoleUsersTest, KeptOverARestart) {
  const ConsoleUser made = add("Ann", Role::kAdmin);
  EXPECT_EQ(made.registered_ms, clock_.now_ms());
  clock_.advance_ms(1000);
  ASSERT_TRUE(users_->update(made.id, {.email = "ann@example.org", .phone = "+43 (1) 23-45/6"}));
  open();
  const auto kept = users_->named("aNN");
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->id, made.id);
  EXPECT_EQ(kept->name, "Ann");
  EXPECT_EQ(kept->email, "ann@example.org");
  EXPECT_EQ(kept->phone, "+43 (1) 23-45/6");
  EXPECT_EQ(kept->password, made.password);
  EXPECT_EQ(kept->registered_ms, made.registered_ms);
  EXPECT_EQ(kept->role, Role::kAdmin);
  EXPECT_FALSE(kept->disabled);
}

TEST_F(ConsoleUsersTest, NothingOfAPasswordIsOnDisk) {
  add("ann");
  store_->objects();
  for (const auto& file : store::testing::files_below(directory_.path())) {
    std::ostringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    EXPECT_FALSE(text.str().contains("argon2id")) << file;
    EXPECT_FALSE(text.str().contains("ann@example.com")) << file;
  }
}

TEST_F(ConsoleUsersTest, NamesAreUniqueWhateverTheirCase) {
  const std::string ann = add("ann").id, bob = add("bob").id;
  EXPECT_EQ(users_->create({.name = "ANN", .password = "kept"}).error().code, Code::kAlreadyExists);
  EXPECT_EQ(users_->update(bob, {.name = "Ann"}).error().code, Code::kAlreadyExists);
  EXPECT_TRUE(users_->update(ann, {.name = "Ann"}));
  EXPECT_EQ(users_->users().size(), 2U);
  EXPECT_EQ(users_->users()[0].name, "Ann");
}

TEST_F(ConsoleUsersTest, WhatIsNoUser) {
  for (const ConsoleUsers::NewUser& user :
       {ConsoleUsers::NewUser{.name = ""}, {.name = "Owner"}, {.name = "a b"}, {.name = "a/b"}, {.name = std::string(65, 'a')}, {.name = "a", .email = "x"},
        {.name = "a", .email = "@x"}, {.name = "a", .email = "x@"}, {.name = "a", .email = "x@y@z"}, {.name = "a", .email = "a b@c"},
        {.name = "a", .email = std::string(254, 'x') + "@y"}, {.name = "a", .phone = "call me"}, {.name = "a", .phone = std::string(33, '1')}, {.name = "no-password"}})
    EXPECT_EQ(users_->create(user).error().code, Code::kInvalidArgument) << user.name << user.email << user.phone;
  EXPECT_EQ(users_->user("none").error().code, Code::kNotFound);
  EXPECT_EQ(users_->update("none", {}).error().code, Code::kNotFound);
  EXPECT_EQ(users_->remove("none").error().code, Code::kNotFound);
  EXPECT_EQ(users_->set_password("none", "x").error().code, Code::kNotFound);
}

TEST_F(ConsoleUsersTest, TheLastAdminStays) {
  const std::string ann = add("ann", Role::kAdmin).id, bob = add("bob", Role::kAnalyst).id;
  EXPECT_EQ(users_->remove(ann).error().code, Code::kFailedPrecondition);
  EXPECT_EQ(users_->update(ann, {.role = Role::kAnalyst}).error().code, Code::kFailedPrecondition);
  EXPECT_EQ(users_->update(ann, {.disabled = true}).error().code, Code::kFailedPrecondition);
  EXPECT_TRUE(users_->update(ann, {.email = "new@example.com"}));
  ASSERT_TRUE(users_->update(bob, {.role = Role::kAdmin}));
  EXPECT_TRUE(users_->update(ann, {.disabled = true}));
  EXPECT_EQ(users_->remove(bob).error().code, Code::kFailedPrecondition) << "the other is disabled";
  EXPECT_TRUE(users_->remove(ann));
  open();
  EXPECT_EQ(users_->users().size(), 1U);
}

TEST_F(ConsoleUsersTest, WhatEndsSessionsShowsInTheGeneration) {
  add("root", Role::kAdmin);
  const ConsoleUser ann = add("ann");
  EXPECT_EQ(users_->update(ann.id, {.name = "anna", .email = ""})->generation, 0);
  EXPECT_EQ(users_->update(ann.id, {.role = Role::kUploader})->generation, 1);
  EXPECT_EQ(users_->update(ann.id, {.role = Role::kUploader})->generation, 1);
  EXPECT_EQ(users_->update(ann.id, {.disabled = true})->generation, 2);
  EXPECT_EQ(users_->set_password(ann.id, "new")->generation, 3);
  ASSERT_TRUE(users_->rekeep_password(ann.id, "new", "newer"));
  ASSERT_TRUE(users_->rekeep_password(ann.id, "new", "lost"));
  EXPECT_EQ(users_->user(ann.id)->password, "newer");
  EXPECT_EQ(users_->user(ann.id)->generation, 3);
}

}  // namespace
}  // namespace eyrie::iam::console::testing
