// CIELAB, the space in which equal distances look about equally far apart.
//
// lightness 0..100, a (green to red) and b (blue to yellow) about -128..127; white is D65, as sRGB's.
// Sources: IEC 61966-2-1 (sRGB), CIE 15 (CIELAB), CIE 142 (CIEDE2000; in Sharma, Wu, Dalal 2005 with
// examples). Thread-safe; no errors.
#pragma once

namespace eyrie::vision {

struct Lab {
  float lightness = 0, a = 0, b = 0;
};

// Channels 0..255, gamma-encoded sRGB.
Lab to_lab(float red, float green, float blue);

// The plain distance: fast, good where colours are close.
inline float distance_squared(const Lab& one, const Lab& other) {
  const float l = one.lightness - other.lightness;
  const float a = one.a - other.a;
  const float b = one.b - other.b;
  return l * l + a * a + b * b;
}

// CIEDE2000: minds hue where the plain distance minds lightness, so that a dull brown is nearer to brown than
// to grey.
float color_difference(const Lab& one, const Lab& other);

}  // namespace eyrie::vision
