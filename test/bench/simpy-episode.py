"""The published episode in SimPy, as one writes it there: a store of tasks, a process for each worker, one that emits.

Reads one line of JSON a batch from standard input: {"settings": ..., "episodes": [{"at", "service", "expected",
"deadline", "workers"}, ...]}, the tasks drawn and the pool sizes decided beforehand, so that nothing but the model is
timed. Answers with one line: {"seconds": processor time, "met": [tasks in time, one figure an episode]}.
"""

import json
import sys
import time

import simpy


class Farm:
    def __init__(self, env, settings, tasks):
        self.env = env
        self.settings = settings
        self.tasks = tasks
        self.line = simpy.Store(env)
        self.workers = []
        self.collected_at = []
        self.met_at = []

    def emit(self):
        pick_up = self.settings["pickUpSeconds"]
        for task, at in enumerate(self.tasks["at"]):
            yield self.env.timeout(at + pick_up - self.env.now)
            self.line.put(task)

    def start(self, delay_seconds):
        self.workers.append(Worker(self, delay_seconds))

    def collect(self, task):
        collected_at = self.env.now + self.settings["collectSeconds"]
        self.collected_at.append(collected_at)
        if collected_at <= self.tasks["deadline"][task] + 1e-9:
            self.met_at.append(collected_at)

    @property
    def is_done(self):
        return len(self.collected_at) == len(self.tasks["at"]) and self.collected_at[-1] <= self.env.now

    @property
    def met(self):
        return sum(1 for at in self.met_at if at <= self.env.now)

    def scale_to(self, wanted):
        serving = [worker for worker in self.workers if worker.state != "draining"]
        missing = wanted - len(serving)
        for worker in self.workers:
            if missing > 0 and worker.state == "draining":
                worker.state = "busy"
                missing -= 1
        for _ in range(missing):
            self.start(self.settings["startDelaySeconds"])
        serving.reverse()  # of equal ones the newest goes first
        serving.sort(key=lambda worker: worker.retirement)
        for worker in serving[: max(0, -missing)]:
            worker.retire()

    def run(self):
        """A decision each step, while steps and tasks last; then what is left is collected for a while."""
        steps = 0
        while steps < self.settings["steps"] and not self.is_done:
            self.scale_to(self.tasks["workers"][steps])
            steps += 1
            yield self.env.timeout(steps * self.settings["stepSeconds"] - self.env.now)
        yield self.env.timeout(self.settings["graceSeconds"])


class Worker:
    def __init__(self, farm, delay_seconds):
        self.farm = farm
        self.state = "starting"
        self.free_at = 0
        self.process = farm.env.process(self.serve(delay_seconds))

    @property
    def retirement(self):
        return {"starting": -2, "idle": -1}.get(self.state, self.free_at)

    def retire(self):
        if self.state == "busy":
            self.state = "draining"
            return
        self.farm.workers.remove(self)
        self.process.interrupt()

    def serve(self, delay_seconds):
        farm, env, tasks = self.farm, self.farm.env, self.farm.tasks
        get = None
        try:
            if delay_seconds > 0:
                yield env.timeout(delay_seconds)
            while True:
                self.state = "idle"
                get = farm.line.get()
                task = yield get
                self.state = "busy"
                self.free_at = env.now + tasks["expected"][task]
                yield env.timeout(tasks["service"][task])
                farm.collect(task)
                if self.state == "draining":
                    farm.workers.remove(self)
                    return
        except simpy.Interrupt:
            if get is not None:
                get.cancel()


def play(settings, tasks):
    env = simpy.Environment()
    farm = Farm(env, settings, tasks)
    for _ in range(settings["initialWorkers"]):
        farm.start(0)
    env.process(farm.emit())
    env.run(until=env.process(farm.run()))
    return farm.met


for line in sys.stdin:
    batch = json.loads(line)
    began = time.process_time()
    met = [play(batch["settings"], episode) for episode in batch["episodes"]]
    print(json.dumps({"seconds": time.process_time() - began, "met": met}), flush=True)
