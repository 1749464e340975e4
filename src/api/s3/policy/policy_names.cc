#include "api/s3/policy/policy_names.h"

#include <algorithm>
#include <array>

#include "base/encoding.h"

namespace eyrie::api::s3 {
namespace {

constexpr auto kObjectActions = std::to_array<std::string_view>({
    "AbortMultipartUpload", "BypassGovernanceRetention", "DeleteObject", "DeleteObjectAnnotation", "DeleteObjectTagging", "DeleteObjectVersion",
    "DeleteObjectVersionAnnotation", "DeleteObjectVersionTagging", "GetObject", "GetObjectAcl", "GetObjectAnnotation", "GetObjectAttributes",
    "GetObjectLegalHold", "GetObjectRetention", "GetObjectTagging", "GetObjectTorrent", "GetObjectVersion", "GetObjectVersionAcl",
    "GetObjectVersionAnnotation", "GetObjectVersionAnnotationForReplication", "GetObjectVersionAttributes", "GetObjectVersionForReplication",
    "GetObjectVersionTagging", "GetObjectVersionTorrent", "InitiateReplication", "ListMultipartUploadParts", "ListObjectAnnotations",
    "ListObjectVersionAnnotations", "ObjectOwnerOverrideToBucketOwner", "PutObject", "PutObjectAcl", "PutObjectAnnotation", "PutObjectLegalHold",
    "PutObjectRetention", "PutObjectTagging", "PutObjectVersionAcl", "PutObjectVersionAnnotation", "PutObjectVersionTagging", "ReplicateDelete",
    "ReplicateObject", "ReplicateObjectAnnotation", "ReplicateTags", "RestoreObject", "UpdateObjectEncryption"
});

constexpr auto kBucketActions = std::to_array<std::string_view>({
    "AllowVendedLogDeliveryForResource", "CreateBucket", "CreateBucketMetadataTableConfiguration", "DeleteBucket",
    "DeleteBucketMetadataTableConfiguration", "DeleteBucketPolicy", "DeleteBucketWebsite", "GetAccelerateConfiguration", "GetAnalyticsConfiguration",
    "GetBucketAbac", "GetBucketAcl", "GetBucketCORS", "GetBucketLocation", "GetBucketLogging", "GetBucketMetadataTableConfiguration",
    "GetBucketNotification", "GetBucketObjectLockConfiguration", "GetBucketOwnershipControls", "GetBucketPolicy", "GetBucketPolicyStatus",
    "GetBucketPublicAccessBlock", "GetBucketRequestPayment", "GetBucketTagging", "GetBucketVersioning", "GetBucketWebsite",
    "GetEncryptionConfiguration", "GetIntelligentTieringConfiguration", "GetInventoryConfiguration", "GetLifecycleConfiguration",
    "GetMetricsConfiguration", "GetReplicationConfiguration", "ListBucket", "ListBucketMultipartUploads", "ListBucketVersions", "ListTagsForResource",
    "PauseReplication", "PutAccelerateConfiguration", "PutAnalyticsConfiguration", "PutBucketAbac", "PutBucketAcl", "PutBucketCORS",
    "PutBucketLogging", "PutBucketNotification", "PutBucketObjectLockConfiguration", "PutBucketOwnershipControls", "PutBucketPolicy",
    "PutBucketPublicAccessBlock", "PutBucketRequestPayment", "PutBucketTagging", "PutBucketVersioning", "PutBucketWebsite",
    "PutEncryptionConfiguration", "PutIntelligentTieringConfiguration", "PutInventoryConfiguration", "PutLifecycleConfiguration",
    "PutMetricsConfiguration", "PutReplicationConfiguration", "TagResource", "UntagResource", "UpdateBucketMetadataAnnotationTableConfiguration",
    "UpdateBucketMetadataInventoryTableConfiguration", "UpdateBucketMetadataJournalTableConfiguration"
});

// On what no policy of a bucket speaks of: access points, jobs, the account.
constexpr auto kOtherActions = std::to_array<std::string_view>({
    "AssociateAccessGrantsIdentityCenter", "CreateAccessGrant", "CreateAccessGrantsInstance", "CreateAccessGrantsLocation", "CreateAccessPoint",
    "CreateAccessPointForObjectLambda", "CreateJob", "CreateMultiRegionAccessPoint", "CreateStorageLensGroup", "DeleteAccessGrant",
    "DeleteAccessGrantsInstance", "DeleteAccessGrantsInstanceResourcePolicy", "DeleteAccessGrantsLocation", "DeleteAccessPoint",
    "DeleteAccessPointForObjectLambda", "DeleteAccessPointPolicy", "DeleteAccessPointPolicyForObjectLambda", "DeleteJobTagging",
    "DeleteMultiRegionAccessPoint", "DeleteStorageLensConfiguration", "DeleteStorageLensConfigurationTagging", "DeleteStorageLensGroup",
    "DescribeJob", "DescribeMultiRegionAccessPointOperation", "DissociateAccessGrantsIdentityCenter", "GetAccessGrant", "GetAccessGrantsInstance",
    "GetAccessGrantsInstanceForPrefix", "GetAccessGrantsInstanceResourcePolicy", "GetAccessGrantsLocation", "GetAccessPoint",
    "GetAccessPointConfigurationForObjectLambda", "GetAccessPointForObjectLambda", "GetAccessPointPolicy", "GetAccessPointPolicyForObjectLambda",
    "GetAccessPointPolicyStatus", "GetAccessPointPolicyStatusForObjectLambda", "GetAccountPublicAccessBlock", "GetDataAccess", "GetJobTagging",
    "GetMultiRegionAccessPoint", "GetMultiRegionAccessPointPolicy", "GetMultiRegionAccessPointPolicyStatus", "GetMultiRegionAccessPointRoutes",
    "GetStorageLensConfiguration", "GetStorageLensConfigurationTagging", "GetStorageLensDashboard", "GetStorageLensGroup", "ListAccessGrants",
    "ListAccessGrantsInstances", "ListAccessGrantsLocations", "ListAccessPoints", "ListAccessPointsForObjectLambda", "ListAllMyBuckets",
    "ListCallerAccessGrants", "ListJobs", "ListMultiRegionAccessPoints", "ListStorageLensConfigurations", "ListStorageLensGroups",
    "PutAccessGrantsInstanceResourcePolicy", "PutAccessPointConfigurationForObjectLambda", "PutAccessPointPolicy",
    "PutAccessPointPolicyForObjectLambda", "PutAccessPointPublicAccessBlock", "PutAccountPublicAccessBlock", "PutJobTagging",
    "PutMultiRegionAccessPointPolicy", "PutStorageLensConfiguration", "PutStorageLensConfigurationTagging", "SubmitMultiRegionAccessPointRoutes",
    "UpdateAccessGrantsLocation", "UpdateJobPriority", "UpdateJobStatus", "UpdateStorageLensGroup"
});

// Keys that only some actions have. One that ends with '/' is all that begin so.
struct Narrow {
  std::string_view key;  // lower case, without "s3:"
  std::span<const std::string_view> actions;
};

constexpr std::string_view kListing[] = {"ListBucket", "ListBucketVersions"};
constexpr std::string_view kPut[] = {"BypassGovernanceRetention", "PutObject"};
constexpr std::string_view kPutTags[] = {"BypassGovernanceRetention", "PutObject", "PutObjectTagging", "PutObjectVersionTagging"};
constexpr std::string_view kPutEncrypted[] = {"BypassGovernanceRetention", "PutObject", "ReplicateObject", "UpdateObjectEncryption"};
constexpr std::string_view kPutClass[] = {"BypassGovernanceRetention", "PutObject", "PutObjectAcl", "PutObjectVersionAcl"};
constexpr std::string_view kPutAcl[] = {"BypassGovernanceRetention", "CreateAccessPoint", "CreateBucket", "PutBucketAcl", "PutObject", "PutObjectAcl", "PutObjectVersionAcl"};
constexpr std::string_view kCreateBucket[] = {"CreateAccessPoint", "CreateBucket"};
constexpr std::string_view kConditional[] = {"DeleteObject", "PutObject"};
constexpr std::string_view kRetention[] = {"PutObject", "PutObjectRetention", "ReplicateObject"};
constexpr std::string_view kLegalHold[] = {"PutObject", "PutObjectLegalHold"};
constexpr std::string_view kInventory[] = {"PutInventoryConfiguration"};
constexpr std::string_view kTagged[] = {"DeleteObjectAnnotation", "DeleteObjectTagging", "DeleteObjectVersionAnnotation", "DeleteObjectVersionTagging",
    "GetObject", "GetObjectAcl", "GetObjectAnnotation", "GetObjectAttributes", "GetObjectTagging", "GetObjectVersion", "GetObjectVersionAcl",
    "GetObjectVersionAnnotation", "GetObjectVersionAttributes", "GetObjectVersionTagging", "ListObjectAnnotations", "ListObjectVersionAnnotations",
    "PutObjectAcl", "PutObjectAnnotation", "PutObjectTagging", "PutObjectVersionAcl", "PutObjectVersionAnnotation", "PutObjectVersionTagging",
    "UpdateObjectEncryption"};
constexpr std::string_view kVersions[] = {"DeleteObjectVersion", "DeleteObjectVersionAnnotation", "DeleteObjectVersionTagging", "GetObjectVersion",
    "GetObjectVersionAcl", "GetObjectVersionAnnotation", "GetObjectVersionAttributes", "GetObjectVersionTagging", "GetObjectVersionTorrent",
    "ListObjectVersionAnnotations", "PutObjectVersionAcl", "PutObjectVersionAnnotation", "PutObjectVersionTagging"};

constexpr Narrow kNarrow[] = {
    {"prefix", kListing},
    {"delimiter", kListing},
    {"max-keys", kListing},
    {"existingobjecttag/", kTagged},
    {"requestobjecttag/", kPutTags},
    {"requestobjecttagkeys", kPutTags},
    {"versionid", kVersions},
    {"locationconstraint", kCreateBucket},
    {"if-match", kConditional},
    {"if-none-match", kPut},
    {"objectcreationoperation", kPut},
    {"inventoryaccessibleoptionalfields", kInventory},
    {"object-lock-event-hold", kRetention},
    {"object-lock-event-hold-duration-days", kRetention},
    {"object-lock-legal-hold", kLegalHold},
    {"object-lock-mode", kRetention},
    {"object-lock-remaining-retention-days", kRetention},
    {"object-lock-retain-until-date", kRetention},
    {"x-amz-acl", kPutAcl},
    {"x-amz-copy-source", kPut},
    {"x-amz-grant-full-control", kPutAcl},
    {"x-amz-grant-read", kPutAcl},
    {"x-amz-grant-read-acp", kPutAcl},
    {"x-amz-grant-write", kPutAcl},
    {"x-amz-grant-write-acp", kPutAcl},
    {"x-amz-metadata-directive", kPut},
    {"x-amz-object-annotation-directive", kPut},
    {"x-amz-object-ownership", kCreateBucket},
    {"x-amz-bucket-namespace", kCreateBucket},
    {"x-amz-server-side-encryption", kPutEncrypted},
    {"x-amz-server-side-encryption-aws-kms-key-id", kPutEncrypted},
    {"x-amz-server-side-encryption-customer-algorithm", kPutEncrypted},
    {"x-amz-storage-class", kPutClass},
    {"x-amz-website-redirect-location", kPut},
};

// Keys of many or all actions, or of ones that say nothing of objects in a bucket.
constexpr auto kBroad = std::to_array<std::string_view>({
    "accessgrantscope", "accessgrantsinstancearn", "accessgrantslocationscope", "accesspointnetworkorigin", "accesspointtag/", "annotation-prefix", "authtype", "buckettag/",
    "dataaccesspointaccount", "dataaccesspointarn", "deliverysourcearn", "destinationregion", "existingjoboperation", "existingjobpriority", "isreplicationpauserequest",
    "jobsuspendedcause", "logtype", "max-annotation-results", "requestjoboperation", "requestjobpriority", "resourceaccount", "resourcearnbeingauthorized", "signatureage",
    "signatureversion", "tlsversion", "x-amz-content-sha256", "x-amz-object-if-match",
});

bool is_key(std::string_view known, std::string_view key) {
  return known.ends_with('/') ? key.starts_with(known) && key.size() > known.size() : key == known;
}

}  // namespace

bool any_action(ActionOn on, const std::function<bool(std::string_view name)>& fits) {
  switch (on) {
    case ActionOn::kObject:
      return std::ranges::any_of(kObjectActions, fits);
    case ActionOn::kBucket:
      return std::ranges::any_of(kBucketActions, fits);
    case ActionOn::kOther:
      return std::ranges::any_of(kOtherActions, fits);
  }
  return false;
}

std::optional<std::span<const std::string_view>> actions_of_key(std::string_view key) {
  const std::string lower = lower_case(key);
  if (lower.starts_with("aws:")) return std::span<const std::string_view>();
  if (!lower.starts_with("s3:")) return std::nullopt;
  const std::string_view name = std::string_view(lower).substr(3);
  for (const Narrow& narrow : kNarrow) {
    if (is_key(narrow.key, name)) return narrow.actions;
  }
  if (std::ranges::any_of(kBroad, [&](std::string_view known) { return is_key(known, name); })) return std::span<const std::string_view>();
  return std::nullopt;
}

}  // namespace eyrie::api::s3
