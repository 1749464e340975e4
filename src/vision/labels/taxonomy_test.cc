#include "vision/labels/taxonomy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "base/encoding.h"
#include "vision/networks/model_set.h"
#include "vision/networks/testing.h"

namespace eyrie::vision {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view kHeading = "# label\tparents\taliases\tcategories\tflags\n";

std::string labels(std::string_view rows) {
  return std::string(kHeading) + std::string(rows);
}

// The kinds of things that the tests are about; Pug and Corgi meet again in Thing.
const std::string kThings = labels(
    "Thing\t\t\tOther\t\n"
    "Animal\tThing\t\tAnimals\t\n"
    "Pet\tThing\t\tAnimals\t\n"
    "Dog\tAnimal;Pet\tHound;canine\tAnimals\tinstances\n"
    "Pug\tDog\tpug-dog\tAnimals\t\n"
    "Crane Bird\tAnimal\tcrane\tAnimals\treserved;instances\n"
    "Crane Machine\tThing\tcrane;Dog\tMachines\treserved\n");

Taxonomy things(std::string_view detector = "", std::string_view tagger = "") {
  auto parsed =
      Taxonomy::parse({.labels = kThings, .classes = {{Role::kDetector, detector}, {Role::kTagger, tagger}}});
  EXPECT_TRUE(parsed) << parsed.error().message;
  return std::move(parsed).value();
}

std::vector<std::string> names(const std::vector<const TaxonomyLabel*>& found) {
  std::vector<std::string> all;
  for (const TaxonomyLabel* label : found) all.push_back(label != nullptr ? label->name : "-");
  return all;
}

// ---- reading

TEST(Taxonomy, ALabelHasAllItsAncestorsNearestFirst) {
  const Taxonomy taxonomy = things();
  EXPECT_EQ(taxonomy.labels().size(), 7U);
  const TaxonomyLabel* pug = taxonomy.find("Pug");
  ASSERT_NE(pug, nullptr);
  EXPECT_THAT(names(pug->ancestors), ElementsAre("Dog", "Animal", "Pet", "Thing"));
  EXPECT_THAT(names(taxonomy.find("Thing")->ancestors), IsEmpty());
  EXPECT_THAT(pug->aliases, ElementsAre("pug-dog"));
  EXPECT_THAT(pug->categories, ElementsAre("Animals"));
  EXPECT_FALSE(pug->boxed);
  EXPECT_TRUE(taxonomy.find("Dog")->boxed);
  EXPECT_TRUE(taxonomy.find("Crane Bird")->boxed);
  EXPECT_FALSE(taxonomy.find("Crane Machine")->boxed);
  EXPECT_EQ(taxonomy.find("Dog")->ancestors.front(), taxonomy.find("Animal"));
}

// Twice in the list, it would count twice where shares of classes are added up.
TEST(Taxonomy, AParentNamedTwiceIsOneAncestor) {
  const auto taxonomy = Taxonomy::parse({.labels = labels("A\t\t\tC\t\nB\tA;A\t\tC\t\n")});
  ASSERT_TRUE(taxonomy);
  EXPECT_THAT(names(taxonomy->find("B")->ancestors), ElementsAre("A"));
}

TEST(Taxonomy, ParentsMayComeLater) {
  const auto taxonomy =
      Taxonomy::parse({.labels = labels("A\tB\t\tC\t\nB\t\t\tC\t")});  // nor a last line end
  ASSERT_TRUE(taxonomy) << taxonomy.error().message;
  EXPECT_THAT(names(taxonomy->find("A")->ancestors), ElementsAre("B"));
}

TEST(Taxonomy, StaysWholeWhenMoved) {
  Taxonomy first = things("# h\n0\tdog\tDog\n");
  const Taxonomy second = std::move(first);
  ASSERT_NE(second.find("Dog"), nullptr);
  EXPECT_EQ(second.find_loosely("HOUND"), second.find("Dog"));
  EXPECT_EQ(second.find_class(Role::kDetector, 0, "dog"), second.find("Dog"));
}

TEST(Taxonomy, WhatDoesNotFollowTheFormatIsRefusedByFileAndLine) {
  struct Case {
    std::string labels, classes, where, why;
  };
  const Case cases[] = {
      {labels("A\t\t\tC\n"), "", "labels.tsv, line 2", "5 cells"},
      {labels("A\t\t\tC\t\t\n"), "", "labels.tsv, line 2", "5 cells"},
      {labels("\t\t\tC\t\n"), "", "labels.tsv, line 2", "no name"},
      {labels("A\t\t\tC\t\n\nB\t\t\tC\t\nA\t\t\tC\t\n"), "", "labels.tsv, line 5", "twice"},
      {labels("A\t\t\tC\t\nB\tA;X\t\tC\t\n"), "", "labels.tsv, line 3", "\"X\""},
      {labels("A\ta\t\tC\t\n"), "", "labels.tsv, line 2", "\"a\""},
      {labels("A\t;\t\tC\t\n"), "", "labels.tsv, line 2", "\"\""},
      {labels("A\tA\t\tC\t\n"), "", "labels.tsv, line 2", "its own ancestor"},
      {labels("X\t\t\tC\t\nA\tB\t\tC\t\nB\tD;X\t\tC\t\nD\tA\t\tC\t\n"), "", "labels.tsv, line 3",
       "its own ancestor"},
      {kThings, "# h\n0\tdog\n", "classes/tagger.tsv, line 2", "3 cells"},
      {kThings, "# h\n0\tdog\tDog\nx\tdog\tDog\n", "classes/tagger.tsv, line 3", "no index"},
      {kThings, "# h\n\tdog\tDog\n", "classes/tagger.tsv, line 2", "no index"},
      {kThings, "# h\n-1\tdog\tDog\n", "classes/tagger.tsv, line 2", "no index"},
      {kThings, "# h\n1x\tdog\tDog\n", "classes/tagger.tsv, line 2", "no index"},
      {kThings, "# h\n99999999999999999999\tdog\tDog\n", "classes/tagger.tsv, line 2", "no index"},
      {kThings, "# h\n0\tdog\tdog\n", "classes/tagger.tsv, line 2", "\"dog\" is no label"},
      {kThings, "# h\n0\tdog\t\n", "classes/tagger.tsv, line 2", "\"\" is no label"},
  };
  for (const Case& c : cases) {
    const auto taxonomy = Taxonomy::parse({.labels = c.labels, .classes = {{Role::kTagger, c.classes}}});
    ASSERT_FALSE(taxonomy) << c.why;
    EXPECT_EQ(taxonomy.error().code, Code::kCorrupt);
    EXPECT_THAT(taxonomy.error().message, HasSubstr(c.where));
    EXPECT_THAT(taxonomy.error().message, HasSubstr(c.why));
  }
  EXPECT_TRUE(Taxonomy::parse({}));
}

// ---- finding

TEST(Taxonomy, FindIsExactFindLooselyIsNot) {
  const Taxonomy taxonomy = things();
  EXPECT_EQ(taxonomy.find("dog"), nullptr);
  EXPECT_EQ(taxonomy.find("Hound"), nullptr);
  EXPECT_EQ(taxonomy.find(""), nullptr);
  const TaxonomyLabel* dog = taxonomy.find("Dog");
  for (const char* name : {"Dog", "dog", "DOG", "hound", "Canine"})
    EXPECT_EQ(taxonomy.find_loosely(name), dog) << name;
  EXPECT_EQ(taxonomy.find_loosely("crane bird"), taxonomy.find("Crane Bird"));
  EXPECT_EQ(taxonomy.find_loosely("crane"), nullptr);  // of two labels
  EXPECT_EQ(taxonomy.find_loosely("cat"), nullptr);
}

TEST(Taxonomy, AClassIsFoundByIndexAndNameElseByName) {
  const Taxonomy taxonomy =
      things("# h\n0\tdog\tDog\n", "# h\n5\tcrane\tCrane Bird\n9\tcrane\tCrane Machine\n");
  EXPECT_EQ(taxonomy.find_class(Role::kTagger, 9, "crane"), taxonomy.find("Crane Machine"));
  EXPECT_EQ(taxonomy.find_class(Role::kTagger, 5, "crane"), taxonomy.find("Crane Bird"));
  EXPECT_EQ(taxonomy.find_class(Role::kTagger, 7, "crane"), taxonomy.find("Crane Bird"));  // the first
  EXPECT_EQ(taxonomy.find_class(Role::kTagger, 5, "dog"), nullptr);
  EXPECT_EQ(taxonomy.find_class(Role::kDetector, 3, "dog"), taxonomy.find("Dog"));
  EXPECT_EQ(taxonomy.find_class(Role::kPlants, 0, "dog"), nullptr);
}

// ---- the labels of a pack

std::vector<std::string> labels_of(const Taxonomy& taxonomy, Role role,
                                   const std::vector<std::string>& classes) {
  Pack pack;
  pack.role = role;
  pack.classes = classes;
  const ClassLabels found(taxonomy, pack);
  std::vector<std::string> all;
  for (std::size_t i = 0; i < found.size(); ++i) all.push_back(found[i] != nullptr ? found[i]->name : "-");
  return all;
}

TEST(ClassLabels, OfTheTaxonomyWhereItKnowsTheClass) {
  const Taxonomy taxonomy = things("", "# h\n0\tcrane\tCrane Bird\n3\tcrane\tCrane Machine\n");
  EXPECT_THAT(labels_of(taxonomy, Role::kTagger, {"crane", "", "hound", "crane", "PUG"}),
              ElementsAre("Crane Bird", "-", "Dog", "Crane Machine", "Pug"));
}

TEST(ClassLabels, AnUnknownClassIsALabelOfItsOwn) {
  const Taxonomy taxonomy = things();
  Pack pack;
  pack.task = Task::kDetect;
  pack.role = Role::kDetector;
  pack.classes = {"blue widget", "Blue Widget", "blue_widget", "\xC3\xA4pfel", "7up can"};
  const ClassLabels found(taxonomy, pack);
  EXPECT_EQ(found[0]->name, "Blue Widget");
  EXPECT_THAT(found[0]->aliases, ElementsAre("blue widget"));
  EXPECT_THAT(found[0]->ancestors, IsEmpty());
  EXPECT_THAT(found[0]->categories, IsEmpty());
  EXPECT_TRUE(found[0]->boxed);
  EXPECT_EQ(found[1], found[0]);
  EXPECT_EQ(found[2], found[0]);
  EXPECT_EQ(found[3]->name, "\xC3\xA4pfel");
  EXPECT_EQ(found[4]->name, "7up Can");
  pack.task = Task::kTag;
  const ClassLabels tags(taxonomy, pack);
  EXPECT_FALSE(tags[0]->boxed);
}

// Else one answer would hold two labels of one name.
TEST(ClassLabels, UnderscoresHideNoLabelOfTheTaxonomy) {
  const Taxonomy taxonomy = things();
  EXPECT_THAT(labels_of(taxonomy, Role::kDetector, {"crane_bird", "crane_machine"}),
              ElementsAre("Crane Bird", "Crane Machine"));
  Pack pack;
  pack.role = Role::kDetector;
  pack.classes = {"crane_bird"};
  const ClassLabels found(taxonomy, pack);
  EXPECT_EQ(found[0], taxonomy.find("Crane Bird"));
}

// ---- the taxonomy in the binary

TEST(BuiltinTaxonomy, EveryLabelIsWhole) {
  std::set<std::string> categories;
  std::ifstream file("models/taxonomy/categories.txt");
  for (std::string line; std::getline(file, line);) categories.insert(line);
  ASSERT_FALSE(categories.empty()) << "tests run in the repository's root";
  const Taxonomy& taxonomy = Taxonomy::builtin();
  std::set<std::string> seen;
  for (const auto& label : taxonomy.labels()) {
    SCOPED_TRACE(label->name);
    EXPECT_TRUE(seen.insert(lower_case(label->name)).second) << "twice";
    EXPECT_EQ(taxonomy.find(label->name), label.get());
    EXPECT_EQ(taxonomy.find_loosely(label->name), label.get());
    ASSERT_EQ(label->categories.size(), 1U);
    EXPECT_TRUE(categories.contains(label->categories[0])) << label->categories[0];
    std::set<const TaxonomyLabel*> ancestors;
    for (const TaxonomyLabel* ancestor : label->ancestors) {
      EXPECT_NE(ancestor, label.get());
      EXPECT_EQ(taxonomy.find(ancestor->name), ancestor);
      EXPECT_TRUE(ancestors.insert(ancestor).second) << ancestor->name << " twice";
    }
    for (const TaxonomyLabel* ancestor : label->ancestors) {  // theirs are its own
      for (const TaxonomyLabel* farther : ancestor->ancestors)
        EXPECT_TRUE(ancestors.contains(farther)) << farther->name;
    }
    EXPECT_EQ(std::ranges::count(label->aliases, label->name), 0);
    EXPECT_EQ(std::ranges::count(label->aliases, ""), 0);
  }
  EXPECT_GT(seen.size(), 3000U);
}

TEST(BuiltinTaxonomy, HasWhatTheCodeAsksForByName) {
  for (const char* name : {"Person", "Plant", "Food"})
    EXPECT_NE(Taxonomy::builtin().find(name), nullptr) << name;
}

TEST(BuiltinTaxonomy, KnowsSomeOfRekognitionsLabels) {
  const Taxonomy& taxonomy = Taxonomy::builtin();
  const auto ancestors = [&](const char* name) { return names(taxonomy.find(name)->ancestors); };
  EXPECT_EQ(taxonomy.find_loosely("cell phone"), taxonomy.find("Mobile Phone"));
  EXPECT_THAT(ancestors("Banana"), ::testing::IsSupersetOf({"Fruit", "Food", "Plant"}));
  EXPECT_EQ(taxonomy.find_class(Role::kDetector, 0, "person"), taxonomy.find("Person"));
  EXPECT_TRUE(taxonomy.find("Person")->boxed);
  EXPECT_EQ(taxonomy.find_class(Role::kTagger, 134, "crane"), taxonomy.find("Crane Bird"));
  EXPECT_NE(taxonomy.find_class(Role::kTagger, 517, "crane"), taxonomy.find("Crane Bird"));
}

// A class of a model in the catalogue that became a label of its own would have neither parents nor a
// category.
TEST(BuiltinTaxonomy, EveryClassOfAnInstalledModelHasALabelInIt) {
  const auto models = read_models(testing::installed_models());
  if (!models) GTEST_SKIP() << models.error().message;
  const Taxonomy& taxonomy = Taxonomy::builtin();
  for (const Pack& pack : models->packs) {
    if ((pack.task != Task::kDetect && pack.task != Task::kTag) || pack.set == "always") continue;
    SCOPED_TRACE(pack.id);
    const ClassLabels found(taxonomy, pack);
    ASSERT_EQ(found.size(), pack.classes.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (pack.classes[i].empty()) {
        EXPECT_EQ(found[i], nullptr);
        continue;
      }
      ASSERT_NE(found[i], nullptr) << pack.classes[i];
      EXPECT_EQ(taxonomy.find_class(pack.role, i, pack.classes[i]), found[i]) << pack.classes[i];
      EXPECT_TRUE(pack.task != Task::kDetect || found[i]->boxed) << found[i]->name;
    }
  }
}

}  // namespace
}  // namespace eyrie::vision
