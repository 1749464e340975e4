#include "analysis/pictures/face_words.h"

#include <array>

#include "analysis/pictures/word_list.h"

namespace eyrie::analysis {
namespace {

constexpr double kMoreLikelyThanNot = 50;  // percent

// By bit. A name of several words is found by any of them.
constexpr std::array<std::string_view, 21> kNames = {
    "face faces person people human gesicht gesichter mensch menschen leute",
    "female woman women weiblich frau frauen",
    "male man men m\u00e4nnlich mann m\u00e4nner",
    "happy happiness gl\u00fccklich fr\u00f6hlich",
    "sad sadness traurig",
    "angry anger w\u00fctend zornig ver\u00e4rgert",
    "confused confusion verwirrt",
    "disgusted disgust angewidert",
    "surprised surprise \u00fcberrascht",
    "calm ruhig gelassen",
    "fear afraid fearful angst \u00e4ngstlich furcht",
    "smile smiles smiling l\u00e4cheln l\u00e4chelnd l\u00e4chelt",
    "glasses eyeglasses spectacles brille",
    "sunglasses sonnenbrille",
    "beard bearded bart vollbart",
    "mustache moustache schnurrbart schnauzbart",
    "child children kid kids kind kinder",
    "teenager teen teens jugendlich jugendliche jugendlicher",
    "adult adults erwachsen erwachsene erwachsener",
    "senior seniors elderly senioren",
    "closed eyes augen geschlossen",
};
enum Bit : std::size_t {
  kFace, kFemale, kMale, kHappy, kSad, kAngry, kConfused, kDisgusted, kSurprised, kCalm, kFear,
  kSmile, kGlasses, kSunglasses, kBeard, kMustache, kChild, kTeenager, kAdult, kSenior, kEyesClosed,
};
constexpr FaceTraits bit(Bit of) { return FaceTraits{1} << of; }

constexpr std::array<std::pair<std::string_view, Bit>, 8> kEmotions = {{{"HAPPY", kHappy},
                                                                         {"SAD", kSad},
                                                                         {"ANGRY", kAngry},
                                                                         {"CONFUSED", kConfused},
                                                                         {"DISGUSTED", kDisgusted},
                                                                         {"SURPRISED", kSurprised},
                                                                         {"CALM", kCalm},
                                                                         {"FEAR", kFear}}};
constexpr std::array<std::pair<std::string_view, Bit>, 5> kFlags = {
    {{"Smile", kSmile}, {"Eyeglasses", kGlasses}, {"Sunglasses", kSunglasses}, {"Beard", kBeard}, {"Mustache", kMustache}}};

const json::object* member(const json::object& of, std::string_view name) {
  const json::value* value = of.if_contains(name);
  return value != nullptr ? value->if_object() : nullptr;
}

double number_in(const json::object& of, std::string_view name, double otherwise) {
  const json::value* value = of.if_contains(name);
  return value != nullptr && value->is_number() ? value->to_number<double>() : otherwise;
}

bool likely(const json::object& trait) { return number_in(trait, "Confidence", 0) >= kMoreLikelyThanNot; }

FaceTraits gender_of(const json::object& face) {
  const json::object* gender = member(face, "Gender");
  if (gender == nullptr || !likely(*gender)) return 0;
  const std::string value = text_of(*gender, "Value");
  return value == "Female" ? bit(kFemale) : value == "Male" ? bit(kMale) : 0;
}

FaceTraits emotion_of(const json::object& face) {
  const json::value* all = face.if_contains("Emotions");
  if (all == nullptr || !all->is_array()) return 0;
  FaceTraits strongest = 0;
  double most = 0;
  for (const json::value& one : all->get_array()) {
    const json::object* emotion = one.if_object();
    const json::value* type = emotion != nullptr ? emotion->if_contains("Type") : nullptr;
    if (type == nullptr || !type->is_string()) continue;
    const double confidence = number_in(*emotion, "Confidence", 0);
    if (confidence <= most) continue;
    most = confidence;
    strongest = 0;
    for (const auto& [name, named] : kEmotions) {
      if (type->get_string() == name) strongest = bit(named);
    }
  }
  return strongest;
}

// The middle of the range says which.
FaceTraits age_of(const json::object& face) {
  const json::object* range = member(face, "AgeRange");
  if (range == nullptr) return 0;
  const double low = number_in(*range, "Low", -1), high = number_in(*range, "High", -1);
  if (low < 0 || high < low) return 0;
  const double age = (low + high) / 2;
  return bit(age < 13 ? kChild : age < 20 ? kTeenager : age < 65 ? kAdult : kSenior);
}

}  // namespace

FaceTraits face_traits(const json::object& face) {
  FaceTraits traits = bit(kFace) | gender_of(face) | emotion_of(face) | age_of(face);
  const auto flag = [&](std::string_view name, bool expected) {
    const json::object* trait = member(face, name);
    const json::value* value = trait != nullptr && likely(*trait) ? trait->if_contains("Value") : nullptr;
    return value != nullptr && value->is_bool() && value->get_bool() == expected;
  };
  for (const auto& [name, named] : kFlags) {
    if (flag(name, true)) traits |= bit(named);
  }
  if (flag("EyesOpen", false)) traits |= bit(kEyesClosed);
  return traits;
}

FaceTraits traits_called(std::string_view word) {
  FaceTraits called = 0;
  if (word.empty()) return called;
  for (std::size_t at = 0; at < kNames.size(); ++at) {
    if (begins_one(kNames[at], word)) called |= FaceTraits{1} << at;
  }
  return called;
}

}  // namespace eyrie::analysis
