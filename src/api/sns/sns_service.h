// Amazon SNS over Topics. Which operations: the table in the source and docs/compatibility.md.
// Source: AWS service description `sns`, 2010-03-31. Thread safety: begin() from many threads.
#pragma once

#include "api/common/query_service.h"
#include "notify/topics/topics.h"

namespace eyrie::api::sns {

class SnsService final : public QueryService {
 public:
  // All must outlive the service.
  SnsService(notify::topics::Topics& topics, const Door& door, net::MemoryBudget& budget);
};

// What the links in messages open, without a signature: GET /_eyrie/sns/?Action=ConfirmSubscription or Unsubscribe, and the certificate that
// messages are signed with.
class LinkPages {
 public:
  // Both must outlive it.
  LinkPages(notify::topics::Topics& topics, const notify::topics::Signer& signer) : topics_(topics), signer_(signer) {}

  net::Response answer(const net::RequestHead& head) const;

 private:
  notify::topics::Topics& topics_;
  const notify::topics::Signer& signer_;
};

}  // namespace eyrie::api::sns
