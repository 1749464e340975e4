"""Clients at work on a server that is killed again and again.

    failures = storm(server, ("s3", "sqs"), [upload, receive], kills=6, randomly=random.Random(7))

Each of the steps is called in a thread of its own, again and again, with {service: client}, made anew after each start of the server. A call that is cut off
says nothing; what a step raises otherwise ends it and is among the failures.
"""

import threading
import time


class _Worker(threading.Thread):
    def __init__(self, storm, step):
        super().__init__(daemon=True)
        self.storm, self.step, self.failure = storm, step, None

    def run(self):
        import botocore.exceptions
        generation, clients = None, None
        while not self.storm.stopped.is_set():
            if not self.storm.up.wait(0.1):
                continue
            try:
                if generation != self.storm.generation:
                    generation = self.storm.generation
                    clients = {name: self.storm.server.client(name, read_timeout=30) for name in self.storm.services}
                self.step(clients)
            except AssertionError as error:
                self.failure = error
                return
            except botocore.exceptions.ClientError as error:
                if error.response["ResponseMetadata"]["HTTPStatusCode"] < 500:
                    self.failure = error
                    return
            except (botocore.exceptions.BotoCoreError, OSError):
                generation = None


class _Storm:
    def __init__(self, server, services):
        self.server, self.services = server, services
        self.stopped, self.up, self.generation = threading.Event(), threading.Event(), 0


def storm(server, services, steps, kills, randomly):
    raging = _Storm(server, services)
    workers = [_Worker(raging, step) for step in steps]
    for worker in workers:
        worker.start()
    for _ in range(kills):
        raging.up.set()
        time.sleep(randomly.uniform(0.3, 2))
        if server.process.poll() is not None:
            raise AssertionError(f"the server ended by itself\n{server.output_tail()}")
        raging.up.clear()
        server.kill()
        server.start()
        raging.generation += 1
    raging.stopped.set()
    for worker in workers:
        worker.join(60)
    return [worker.failure for worker in workers if worker.failure is not None]
