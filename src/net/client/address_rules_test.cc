#include "net/client/address_rules.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

namespace eyrie::net {
namespace {

bool may(const std::string& text, Reach reach, std::uint16_t port = 80, std::uint16_t own_port = 4566) {
  sockaddr_storage storage{};
  if (text.contains(':')) {
    auto& address = reinterpret_cast<sockaddr_in6&>(storage);
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(port);
    EXPECT_EQ(inet_pton(AF_INET6, text.c_str(), &address.sin6_addr), 1) << text;
  } else {
    auto& address = reinterpret_cast<sockaddr_in&>(storage);
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    EXPECT_EQ(inet_pton(AF_INET, text.c_str(), &address.sin_addr), 1) << text;
  }
  const auto& address = reinterpret_cast<const sockaddr&>(storage);
  EXPECT_EQ(address_text(address), text);
  return may_connect(address, reach, own_port);
}

TEST(AddressRules, Reaches) {
  struct Case {
    const char* address;
    bool any, lan, is_public;
  };
  for (const Case& c : {Case{"93.184.216.34", true, true, true},
                        {"2606:2800:220:1::1", true, true, true},
                        {"10.1.2.3", true, true, false},
                        {"172.31.255.255", true, true, false},
                        {"172.32.0.1", true, true, true},
                        {"192.168.1.1", true, true, false},
                        {"100.64.0.1", true, true, false},
                        {"fd12:3456::1", true, true, false},
                        {"127.0.0.1", true, false, false},
                        {"127.9.9.9", true, false, false},
                        {"::1", true, false, false},
                        {"::ffff:127.0.0.1", true, false, false},
                        {"::ffff:10.0.0.1", true, true, false},
                        {"64:ff9b::a00:1", true, true, false},
                        {"2002:7f00:1::", true, false, false}}) {
    EXPECT_EQ(may(c.address, Reach::kAny), c.any) << c.address;
    EXPECT_EQ(may(c.address, Reach::kLan), c.lan) << c.address;
    EXPECT_EQ(may(c.address, Reach::kPublic), c.is_public) << c.address;
  }
}

TEST(AddressRules, WhatNobodyReaches) {
  for (const char* address : {"169.254.169.254", "169.254.0.1", "fe80::1", "febf::1", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::", "::169.254.169.254", "fd00:ec2::254",
                              "100.100.100.200", "168.63.129.16", "192.0.0.192", "0.0.0.0", "0.1.2.3", "::", "224.0.0.1", "239.255.255.255", "255.255.255.255", "ff02::1"})
    EXPECT_FALSE(may(address, Reach::kAny)) << address;
}

TEST(AddressRules, TheServersOwnPort) {
  EXPECT_TRUE(may("127.0.0.1", Reach::kAny, 4567));
  EXPECT_FALSE(may("127.0.0.1", Reach::kAny, 4566));
  EXPECT_FALSE(may("127.0.0.2", Reach::kAny, 4566));
  EXPECT_FALSE(may("::1", Reach::kAny, 4566));
  EXPECT_FALSE(may("::ffff:127.0.0.1", Reach::kAny, 4566));
  EXPECT_TRUE(may("93.184.216.34", Reach::kAny, 4566)) << "another machine's";
}

TEST(AddressRules, OtherFamiliesAreRefused) {
  sockaddr address{};
  address.sa_family = AF_UNIX;
  EXPECT_FALSE(may_connect(address, Reach::kAny, 0));
}

TEST(AddressRules, Names) {
  EXPECT_EQ(reach_of("any"), Reach::kAny);
  EXPECT_EQ(reach_of("lan"), Reach::kLan);
  EXPECT_EQ(reach_of("public"), Reach::kPublic);
  EXPECT_FALSE(reach_of("all"));
  EXPECT_FALSE(reach_of(""));
}

}  // namespace
}  // namespace eyrie::net
