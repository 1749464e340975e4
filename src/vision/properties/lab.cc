#include "vision/properties/lab.h"

#include <cmath>
#include <numbers>

namespace eyrie::vision {
namespace {

float radians(float degrees) {
  return degrees * std::numbers::pi_v<float> / 180;
}

// Degrees, 0..360.
float hue_of(float a, float b) {
  if (a == 0 && b == 0) return 0;
  const float hue = std::atan2(b, a) * 180 / std::numbers::pi_v<float>;
  return hue < 0 ? hue + 360 : hue;
}

// How grey a chroma is, 0..1: the formula's C^7 / (C^7 + 25^7), under a root.
float seventh(float chroma) {
  const float power = std::pow(chroma, 7.0F);
  return std::sqrt(power / (power + 6103515625.0F));
}

}  // namespace

Lab to_lab(float red, float green, float blue) {
  const auto linear = [](float channel) {
    const float value = channel / 255;
    return value <= 0.04045F ? value / 12.92F : std::pow((value + 0.055F) / 1.055F, 2.4F);
  };
  const auto root = [](float t) {
    return t > 216.0F / 24389 ? std::cbrt(t) : (24389.0F / 27 * t + 16) / 116;
  };
  const float r = linear(red);
  const float g = linear(green);
  const float b = linear(blue);
  const float x = root((0.4124564F * r + 0.3575761F * g + 0.1804375F * b) / 0.95047F);
  const float y = root(0.2126729F * r + 0.7151522F * g + 0.0721750F * b);
  const float z = root((0.0193339F * r + 0.1191920F * g + 0.9503041F * b) / 1.08883F);
  return {.lightness = 116 * y - 16, .a = 500 * (x - y), .b = 200 * (y - z)};
}

float color_difference(const Lab& one, const Lab& other) {
  const float stretch = 1.5F - 0.5F * seventh((std::hypot(one.a, one.b) + std::hypot(other.a, other.b)) / 2);
  const float chroma_1 = std::hypot(one.a * stretch, one.b);
  const float chroma_2 = std::hypot(other.a * stretch, other.b);
  const float hue_1 = hue_of(one.a * stretch, one.b);
  const float hue_2 = hue_of(other.a * stretch, other.b);
  const bool hueless = chroma_1 * chroma_2 == 0;

  float turn = hueless ? 0 : hue_2 - hue_1;
  if (turn > 180) turn -= 360;
  if (turn < -180) turn += 360;
  float hue = hueless ? hue_1 + hue_2 : (hue_1 + hue_2) / 2;
  if (!hueless && std::abs(hue_1 - hue_2) > 180) hue += hue < 180 ? 180 : -180;
  const float chroma = (chroma_1 + chroma_2) / 2;
  const float middle = (one.lightness + other.lightness) / 2 - 50;

  const float t = 1 - 0.17F * std::cos(radians(hue - 30)) + 0.24F * std::cos(radians(2 * hue)) +
                  0.32F * std::cos(radians(3 * hue + 6)) - 0.20F * std::cos(radians(4 * hue - 63));
  const float of_lightness =
      (other.lightness - one.lightness) / (1 + 0.015F * middle * middle / std::sqrt(20 + middle * middle));
  const float of_chroma = (chroma_2 - chroma_1) / (1 + 0.045F * chroma);
  const float of_hue =
      2 * std::sqrt(chroma_1 * chroma_2) * std::sin(radians(turn / 2)) / (1 + 0.015F * chroma * t);
  const float around_blue = (hue - 275) / 25;
  const float rotation = -2 * seventh(chroma) * std::sin(radians(60 * std::exp(-around_blue * around_blue)));
  return std::sqrt(of_lightness * of_lightness + of_chroma * of_chroma + of_hue * of_hue +
                   rotation * of_chroma * of_hue);
}

}  // namespace eyrie::vision
