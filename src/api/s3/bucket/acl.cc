#include "api/s3/bucket/acl.h"

#include <algorithm>

#include "api/s3/bucket/access.h"
#include "api/s3/request_xml.h"
#include "api/s3/xml.h"
#include "base/encoding.h"

namespace eyrie::api::s3 {
namespace {

constexpr const char* kCanned = "x-amz-acl";
constexpr std::string_view kGrants[] = {"x-amz-grant-full-control", "x-amz-grant-read", "x-amz-grant-read-acp", "x-amz-grant-write", "x-amz-grant-write-acp"};
constexpr std::string_view kEveryone[] = {"http://acs.amazonaws.com/groups/global/AllUsers",
                                          "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"};

constexpr ElementRule kAclRules[] = {{"AccessControlPolicy", "Owner AccessControlList"},
                                  {"Owner", "ID DisplayName"},
                                  {"AccessControlList", "Grant*"},
                                  {"Grant", "Grantee Permission"},
                                  {"Grantee", "ID DisplayName EmailAddress URI"}};

struct Canned {
  std::string_view name;
  Grantees grantees;
  bool of_object = true;
};
// S3 ignores what is for objects where a bucket is made.
constexpr Canned kCannedLists[] = {{"private", Grantees::kNobody},
                                   {"public-read", Grantees::kEverybody},
                                   {"public-read-write", Grantees::kEverybody},
                                   {"authenticated-read", Grantees::kEverybody},
                                   {"aws-exec-read", Grantees::kOthers},
                                   {"bucket-owner-read", Grantees::kNobody},
                                   {"bucket-owner-full-control", Grantees::kNobody},
                                   {"log-delivery-write", Grantees::kOthers, false}};

aws::WireError not_supported() { return {400, "AccessControlListNotSupported", "The bucket does not allow ACLs"}; }

aws::WireError lets_in_others() {
  return {501, "NotImplemented", "Access lists that let in others than the owner are not implemented; use bucket policies"};
}

aws::WireError no_email() {
  return {405, "MethodNotAllowed", "Email grantee access control lists (ACLs) are no longer supported."};
}

Grantees of_group(std::string_view uri) {
  return std::ranges::find(kEveryone, uri) == std::end(kEveryone) ? Grantees::kOthers : Grantees::kEverybody;
}

Grantees of_account(std::string_view id) { return id == kAccount ? Grantees::kNobody : Grantees::kOthers; }

bool has_grants(const net::Headers& headers) {
  return std::ranges::any_of(kGrants, [&](std::string_view one) { return headers.has(one); });
}

// The list that the headers tell; one that lets in nobody where they tell none.
std::expected<Grantees, aws::WireError> told_list(const net::Headers& headers, bool of_object) {
  const std::string* canned = headers.find(kCanned);
  if (canned != nullptr && has_grants(headers)) {
    return std::unexpected(aws::s3::invalid_request("Specifying both Canned ACLs and Header Grants is not allowed"));
  }
  if (canned != nullptr) {
    const auto known = std::ranges::find(kCannedLists, *canned, &Canned::name);
    const bool applies = known != std::end(kCannedLists) && (!of_object || known->of_object);
    if (!applies) return std::unexpected(aws::s3::invalid_argument("The canned ACL is not known", kCanned, *canned));
    return known->grantees;
  }
  Grantees all = Grantees::kNobody;
  for (const std::string_view name : kGrants) {
    const std::string* value = headers.find(name);
    if (value == nullptr) continue;
    const auto grantees = parse_grantees(name, *value);
    if (!grantees) return grantees;
    all = std::max(all, *grantees);
  }
  return all;
}

// Whether a list may be that of the request's bucket or of an object in it.
std::optional<aws::WireError> check_list(Backend& backend, const Request& request, Grantees grantees) {
  if (grantees == Grantees::kNobody) return std::nullopt;
  const auto ownership = ownership_of(backend, request);
  if (!ownership) return ownership.error();
  if (*ownership == kOwnerEnforced) return not_supported();
  const auto blocked = blocks_public(backend, request, PublicBlock::kAcls);
  if (!blocked) return blocked.error();
  if (grantees == Grantees::kEverybody && *blocked) {
    const bool of_object = !request.key.empty();
    return aws::WireError{403, "AccessDenied",
                          "User: " + request.context->caller->principal().arn + " is not authorized to perform: s3:" +
                              (of_object ? "PutObjectAcl" : "PutBucketAcl") + " on resource: \"" +
                              (of_object ? iam::object_arn(request.bucket, request.key) : iam::bucket_arn(request.bucket)) +
                              "\" because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access."};
  }
  return lets_in_others();
}

}  // namespace

std::expected<Grantees, aws::WireError> parse_grantees(std::string_view name, std::string_view value) {
  const auto malformed = [&] { return std::unexpected(aws::s3::invalid_argument("Argument format not recognized", name, value)); };
  Grantees all = Grantees::kNobody;
  for (std::string_view rest = value;;) {
    const std::size_t comma = rest.find(',');
    const std::string_view one = trimmed(rest.substr(0, comma));
    const std::size_t equals = one.find('=');
    if (equals == std::string_view::npos) return malformed();
    const std::string_view kind = trimmed(one.substr(0, equals));
    std::string_view who = trimmed(one.substr(equals + 1));
    if (who.size() >= 2 && who.front() == '"' && who.back() == '"') who = who.substr(1, who.size() - 2);
    if (who.empty()) return malformed();
    if (net::equals_ignore_case(kind, "emailAddress")) return std::unexpected(no_email());
    const bool is_group = net::equals_ignore_case(kind, "uri");
    if (!is_group && !net::equals_ignore_case(kind, "id")) return malformed();
    all = std::max(all, is_group ? of_group(who) : of_account(who));
    if (comma == std::string_view::npos) return all;
    rest = rest.substr(comma + 1);
  }
}

std::expected<Grantees, aws::WireError> parse_policy_xml(ByteView xml) {
  const auto malformed = [] {
    return std::unexpected(aws::WireError{
        400, "MalformedACLError", "The XML you provided was not well-formed or did not validate against our published schema"});
  };
  const auto document = load_root(xml, kAclRules);
  if (!document) return malformed();
  const pugi::xml_node policy = document->document_element();
  if (!policy.child("Owner") || !policy.child("AccessControlList")) return malformed();
  static constexpr std::string_view kPermissions[] = {"FULL_CONTROL", "READ", "READ_ACP", "WRITE", "WRITE_ACP"};
  Grantees all = of_account(policy.child("Owner").child_value("ID"));
  for (const pugi::xml_node grant : policy.child("AccessControlList").children("Grant")) {
    const pugi::xml_node grantee = grant.child("Grantee");
    const std::string_view id = grantee.child_value("ID"), uri = grantee.child_value("URI");
    if (grantee.child("EmailAddress")) return std::unexpected(no_email());
    const bool known = std::ranges::find(kPermissions, std::string_view(grant.child_value("Permission"))) != std::end(kPermissions);
    if (!known || id.empty() == uri.empty()) return malformed();
    all = std::max(all, id.empty() ? of_group(uri) : of_account(id));
  }
  return all;
}

std::optional<aws::WireError> check_object_acl(Backend& backend, const Request& request) {
  const auto grantees = told_list(request.headers(), true);
  if (!grantees) return grantees.error();
  return check_list(backend, request, *grantees);
}

std::optional<aws::WireError> check_new_bucket_acl(const Request& request, std::string_view ownership) {
  const auto grantees = told_list(request.headers(), false);
  if (!grantees) return grantees.error();
  if (*grantees == Grantees::kNobody) return std::nullopt;
  if (ownership == kOwnerEnforced) {
    return aws::WireError{400,
                          "InvalidBucketAclWithObjectOwnership",
                          "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
                          {{"BucketName", request.bucket}}};
  }
  if (*grantees == Grantees::kEverybody) {
    return aws::WireError{400,
                          "InvalidBucketAclWithBlockPublicAccessError",
                          "Bucket cannot have public ACLs set with BlockPublicAccess enabled",
                          {{"BucketName", request.bucket}}};
  }
  return lets_in_others();
}

bool tells_acl(const net::Headers& headers) {
  const std::string_view canned = headers.get(kCanned);
  return has_grants(headers) || (!canned.empty() && canned != "private");
}

OperationResult get_acl(Backend& backend, const Request& request, const Bytes&) {
  if (auto wrong = missing(backend, request)) return std::unexpected(*wrong);
  Xml xml("AccessControlPolicy");
  xml.open("Owner").text("ID", kAccount).text("DisplayName", "eyrie").close("Owner");
  xml.open("AccessControlList").open("Grant");
  xml.open("Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"CanonicalUser\"");
  xml.text("ID", kAccount).text("DisplayName", "eyrie").close("Grantee");
  xml.text("Permission", "FULL_CONTROL").close("Grant").close("AccessControlList");
  return xml_response(*request.context, xml.finish());
}

OperationResult put_acl(Backend& backend, const Request& request, const Bytes& body) {
  if (auto wrong = missing(backend, request)) return std::unexpected(*wrong);
  const bool by_headers = request.headers().has(kCanned) || has_grants(request.headers());
  if (by_headers && !body.empty())
    return std::unexpected(aws::WireError{400, "UnexpectedContent", "This request does not support content"});
  if (!by_headers && body.empty())
    return std::unexpected(aws::WireError{400, "MissingSecurityHeader", "Your request was missing a required header"});
  const auto grantees = by_headers ? told_list(request.headers(), !request.key.empty()) : parse_policy_xml(body);
  if (!grantees) return std::unexpected(grantees.error());
  if (auto wrong = check_list(backend, request, *grantees)) return std::unexpected(*wrong);
  return empty_response(*request.context, 200);
}

}  // namespace eyrie::api::s3
