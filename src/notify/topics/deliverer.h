// Takes messages to their subscribers: http, https, mail, queues, functions; again and again as their policies say, then to the dead letters.
//
// An endpoint has taken a message where it answers 2xx within 15 seconds. 429, 5xx and whatever is no answer is tried again; other answers (a redirection
// among them) say that trying again cannot help. What fails for good, or once too often, goes to the queue of the subscription's RedrivePolicy, or is lost, which the log says.
// At most 10 deliveries to one subscription are on their way at once, and of each way (within this server, http, mail) so many in all; one that did not
// answer last gets one at a time, of places that are for such alone, until it answers again. So endpoints that are slow or down hold up nobody else's.
// A delivery that is on its way when the process dies is made again after the next start.
//
// Threads: one of its own, which start() begins; or step() is called instead, by a test. Thread safety: start(), stop() and what Topics::on_published()
// is given; step() is one thread's. Source: Amazon SNS developer guide, "Amazon SNS message delivery retries".
#pragma once

#include <array>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/time/settled_clock.h"
#include "monitor/metrics.h"
#include "net/client/http_client.h"
#include "notify/topics/topics.h"

namespace eyrie::notify::topics {

class Deliverer {
 public:
  struct Parts {
    Topics& topics;
    store::Outbox& outbox;
    const Targets& targets;
    net::HttpClient& client;
    const Signer& signer;
    monitor::Metrics& metrics;
    net::MailServer mail = {};
    const Clock& clock = SettledClock::system();
  };
  // All must outlive it. Tells the topics that it wants to hear of what is published.
  explicit Deliverer(const Parts& parts);
  ~Deliverer();  // stop()

  // `links`: how this server is reached. Takes up what waits from before.
  Status prepare(const Links& links);
  Status start(const Links& links);
  // Begins nothing new, and gives what is on its way a few seconds.
  void stop();

  // Settles what has ended and begins what is due. Answers how long nothing is to do unless something is published or ends.
  std::chrono::milliseconds step();

 private:
  // What has places of its own. kSilent: whatever goes by web or mail to those who did not answer last.
  enum Way : std::size_t { kInside, kWeb, kMail, kSilent, kWays };
  struct Job {
    store::Delivery delivery;  // without its content, which is the message
    Message message;
    SubscriptionPtr subscription;
    Way way = kInside;
    std::size_t bytes = 0;     // of the content
  };
  // How a delivery went: `again`, where it failed, says whether trying again can help; `silent` that there was no answer.
  struct Outcome {
    std::shared_ptr<const Job> job;
    Status status;
    bool again = false;
    bool silent = false;
  };
  // What other threads tell. Shared with what is on its way, which may end after the deliverer.
  struct Inbox {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<std::string> published;  // guarded by mutex
    std::vector<Outcome> outcomes;       // guarded by mutex
    bool stopping = false;               // guarded by mutex
    void add(Outcome outcome);
  };
  // Deliveries to one subscription.
  struct Lane {
    std::int64_t due_ms = 0;             // of the first that is not on its way
    std::vector<std::int64_t> on_way;
    double free_ms = 0;                  // not before: maxReceivesPerSecond
    std::optional<Way> way = {};         // by its protocol, once that is known
  };
  // Deliveries by one way.
  struct Traffic {
    std::size_t on_way = 0, bytes = 0;
    std::string last_lane;               // where the last round ended
  };
  struct Budget {
    std::size_t deliveries = 0, bytes = 0;
  };
  static const std::array<Budget, kWays> kBudgets;

  void run();
  void hear();
  // False where the store did not take it; the outcomes are kept.
  bool settle();
  store::Settlement settlement_of(const Outcome& outcome);
  store::Settlement give_up(const Outcome& outcome);
  void begin_due(const std::string& subscriber, Lane& lane);
  void begin(store::Delivery delivery, Lane& lane, Way way);
  Way way_of(const std::string& subscriber, Lane& lane) const;
  // How many deliveries may be begun now.
  std::size_t room_for(const std::string& subscriber, Lane& lane) const;
  std::size_t on_way() const;
  void send(const std::shared_ptr<const Job>& job, const TopicPtr& topic);
  void refresh(const std::string& subscriber);
  // What is due is told anew where the clock did not go on as time did.
  void follow_clock(std::int64_t now_ms);
  Rendering rendering(const Topic& topic) const;
  EffectivePolicy policy_of(const Subscription& subscription) const;
  void count(const Outcome& outcome, const char* how);

  const Parts parts_;
  Links links_;
  const std::shared_ptr<Inbox> inbox_ = std::make_shared<Inbox>();
  std::map<std::string, Lane> lanes_;
  std::array<Traffic, kWays> traffic_;
  std::set<std::string> silent_;    // subscribers that did not answer last
  std::vector<Outcome> ended_;      // not settled yet
  std::int64_t forgot_ms_ = 0;      // when expired subscriptions were last looked for
  std::int64_t last_ms_ = 0;        // the last step's time, by both clocks
  std::chrono::steady_clock::time_point last_step_;
  std::thread thread_;
};

}  // namespace eyrie::notify::topics
