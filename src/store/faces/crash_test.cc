// kill -9 in the middle of indexing: every face that was acknowledged is there and found, every picture has
// all its faces or none, and what is counted is what is there.
#include <gtest/gtest.h>
#include <unistd.h>

#include <map>
#include <set>
#include <sstream>
#include <thread>

#include "base/killing.h"
#include "store/faces/testing.h"

namespace eyrie::store {
namespace {

constexpr int kWriters = 4;
constexpr unsigned kFacesOfAPicture = 3;

unsigned person_of(int round, int writer, int picture, unsigned face) {
  return static_cast<unsigned>(((round * kWriters + writer) * 5000 + picture) * 4) + face + 1;
}

PictureFaces picture_of(int round, int writer, int number) {
  std::vector<std::vector<float>> embeddings;
  for (unsigned face = 0; face < kFacesOfAPicture; ++face) {
    embeddings.push_back(testing::embedding(person_of(round, writer, number, face)));
  }
  return testing::picture(std::to_string(person_of(round, writer, number, 0)), embeddings);
}

// The child: says "PERSON FACE-ID" on the pipe for each acknowledged face. Some are removed and said to be
// with a minus.
[[noreturn]] void index_until_killed(const std::filesystem::path& directory, int round, int pipe) {
  auto store = EmbeddedStore::open({.directory = directory});
  if (!store) ::_exit(1);
  FaceStore& faces = (*store)->faces();
  std::vector<std::thread> writers;
  for (int w = 0; w < kWriters; ++w) {
    writers.emplace_back([&, w] {
      for (int number = 0;; ++number) {
        const auto added = faces.add_faces("c", picture_of(round, w, number));
        if (!added) ::_exit(2);
        std::ostringstream lines;
        for (unsigned face = 0; face < kFacesOfAPicture; ++face) {
          lines << person_of(round, w, number, face) << " " << added->at(face).id << "\n";
        }
        if (::write(pipe, lines.str().data(), lines.str().size()) < 0) ::_exit(3);
        if (number % 5 != 4) continue;
        const std::string line = "removing " + added->at(0).image_id + "\n";
        if (::write(pipe, line.data(), line.size()) < 0) ::_exit(3);
        std::vector<std::string> ids;
        for (const StoredFace& face : *added) ids.push_back(face.id);
        if (!faces.remove_faces("c", ids)) ::_exit(4);
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  ::_exit(5);
}

struct Acknowledged {
  std::map<unsigned, std::string> faces;  // person to face id
  std::set<std::string> removing;         // image ids
};

void add_lines(const std::string& text, Acknowledged& into) {
  std::istringstream lines(text);
  for (std::string first, second; lines >> first >> second;) {
    if (first == "removing") {
      into.removing.insert(second);
    } else {
      into.faces[static_cast<unsigned>(std::stoul(first))] = second;
    }
  }
}

class FaceCrashTest : public ::testing::Test {
 protected:
  testing::TemporaryDirectory directory_;
};

void check(FaceStore& faces, const Acknowledged& acknowledged) {
  std::map<std::string, unsigned> of_image;
  std::map<std::string, std::string> image_of;  // by face id
  std::int64_t after = 0;
  do {
    const auto page = faces.faces("c", {}, after, 1000);
    ASSERT_TRUE(page);
    for (const StoredFace& face : page->entries) {
      ++of_image[face.image_id];
      image_of[face.id] = face.image_id;
      const auto vector = faces.face_vector("c", face.id);
      ASSERT_TRUE(vector && *vector) << "a face without its vector";
    }
    after = page->next;
  } while (after != 0);
  for (const auto& [image, count] : of_image) ASSERT_EQ(count, kFacesOfAPicture) << "half a picture";
  ASSERT_EQ(faces.collection("c")->faces, image_of.size());
  for (const auto& [person, id] : acknowledged.faces) {
    const auto found =
        faces.nearest_faces("c", *faces.vector("c", "1.0", testing::embedding(person)), 1, 0.999);
    ASSERT_TRUE(found);
    if (found->empty()) {
      ASSERT_FALSE(image_of.contains(id)) << "listed but not found";
      continue;  // removed, as is checked below
    }
    ASSERT_EQ(found->front().entry.id, id) << person;
  }
  std::size_t missing = 0;
  for (const auto& [person, id] : acknowledged.faces) missing += image_of.contains(id) ? 0 : 1;
  ASSERT_LE(missing, acknowledged.removing.size() * kFacesOfAPicture) << "only what was asked to go is gone";
}

TEST_F(FaceCrashTest, KilledAtRandomMoments) {
  ASSERT_TRUE(
      (*EmbeddedStore::open({.directory = directory_.path()}))->faces().create_collection("c", "1.0", {}));
  Killings killings({.rounds = 15, .least = std::chrono::milliseconds(20), .most = std::chrono::milliseconds(270), .enough = 60});
  Acknowledged acknowledged;
  while (killings.more()) {
    add_lines(killings.run([&](int pipe) { index_until_killed(directory_.path(), killings.round(), pipe); }), acknowledged);
    auto store = EmbeddedStore::open({.directory = directory_.path()});
    ASSERT_TRUE(store) << store.error().message;
    ASSERT_NO_FATAL_FAILURE(check((*store)->faces(), acknowledged));
  }
  EXPECT_TRUE(killings.enough()) << "too few to have shown anything";
}

}  // namespace
}  // namespace eyrie::store
