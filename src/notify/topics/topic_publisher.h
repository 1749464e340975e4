// Topics as other services publish to them: S3's notifications. Thread safety: all of it.
#pragma once

#include "notify/publisher.h"
#include "notify/topics/topics.h"

namespace eyrie::notify::topics {

class TopicPublisher final : public Publisher {
 public:
  explicit TopicPublisher(Topics& topics) : topics_(topics) {}  // which must outlive it

  bool takes(std::string_view arn) const override;
  Status may_send(const std::string& arn, const ServiceCall& call) const override;
  Status publish(const std::string& arn, const notify::Publication& publication, const ServiceCall& call) override;

 private:
  Topics& topics_;
};

}  // namespace eyrie::notify::topics
