using Tenfold.Core.Attempts;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Agent.Tests.Nodes;

/// <summary>A resumed attempt counts the evaluations without an improvement over the run's whole curve.</summary>
public sealed class Early_stopping_goes_on_after_a_checkpoint : IDisposable
{
    // Each attempt prints the values that it gets, from the checkpoint's step on, and fails after them. A checkpoint follows once the agent
    // has recorded the value before it, so that its time tells which values it covers, on a slow machine too. A value of 90 comes after
    // the last checkpoint, and by more than the usual time between two values.
    // After the value at which the last attempt has to be stopped, it waits for that: a slow agent must not read one more.
    private const string Script =
        """
        import json, os, sys, time
        began = time.time()
        path = os.path.join(os.environ["TENFOLD_CHECKPOINT_DIR"], "step")
        summaries = os.path.join(sys.argv[4], "attempts", os.environ["TENFOLD_ATTEMPT"], "metrics.json")
        step = int(open(path).read()) if os.path.exists(path) else 0
        attempts = [[float(value) for value in values.split(",")] for values in sys.argv[2].split("/")]
        number, last = int(os.environ["TENFOLD_ATTEMPT"].rsplit("-", 1)[1]), int(sys.argv[3])
        def is_recorded(count): return os.path.exists(summaries) and json.load(open(summaries))[0]["count"] >= count
        for count, value in enumerate(attempts[number - 1], 1):
            if value >= 90:
                written = os.path.getmtime(path)
                while time.time() - written <= written - began: time.sleep(0.01)
            print({"step": json.dumps({"metric": "loss", "value": value, "step": step}), "json": json.dumps({"metric": "loss", "value": value}),
                   "pattern": f"loss={value}"}[sys.argv[1]], flush=True)
            if number == len(attempts) and count == last: time.sleep(600)
            while not is_recorded(count): time.sleep(0.01)
            step += 1
            if value < 90:
                with open(path + ".tmp", "w") as file: file.write(str(step))
                os.replace(path + ".tmp", path)
        sys.exit(1)
        """;

    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Theory]
    // Two evaluations without an improvement come before the checkpoint, so the third one is the resumed attempt's first.
    [InlineData("5,4,4.5,4.5/4.5,4.5,4.5", 1)]
    // Values after the checkpoint are lost with the work, and don't count.
    [InlineData("5,4,4.5,90/4.5,4.5,4.5,4.5", 2)]
    // The best value so far is an earlier attempt's.
    [InlineData("5,1,2/3,2.5,2.4,2.3", 2)]
    [InlineData("5,4,4.5/3,3.5,3.5,3.5,3.5", 4)]
    [InlineData("5,4/4.5/4.5/4.5,4.5,4.5", 1)]
    public async Task So_it_stops_after_as_many_values_as_without_a_break(string values, int stopsAfter)
    {
        _machine.Write("train.py", Script);
        var (repeat, store) = (0, _machine.Folder["store"]);
        foreach (var how in new[] { "step", "json", "pattern" })
        {
            foreach (var isLocal in new[] { false, true })
            {
                repeat++;
                var spec = await _machine.SpecAsync($"/usr/bin/python3 train.py {how} {values} {stopsAfter} {store}") with
                {
                    MetricPatterns = new Dictionary<string, string> { ["loss"] = @"loss=([\d.]+)" },
                    EarlyStopping = new EarlyStoppingSpec("loss", MetricGoal.Minimize, 3),
                };
                var attempts = values.Split('/').Length;
                for (var number = 1; number <= attempts; number++)
                    await RunAsync(_machine.Assign(spec, repeat)[repeat - 1] with { Number = number }, isLocal);
                var last = _machine.Attempt(attempts, repeat);
                var report = await _machine.ReportAsync(last);
                report.Ending.ShouldBe(Ending.EarlyStopped, $"{how}, local: {isLocal}: {report.Reason}");
                (await _machine.MetricsAsync(last))["loss"].Count.ShouldBe(stopsAfter, $"{how}, local: {isLocal}");
                report.CheckpointAt.ShouldNotBeNull();
            }
        }
    }

    private async Task RunAsync(Assignment assignment, bool isLocal)
    {
        if (isLocal)
        {
            _machine.Queue.Add([assignment]);
            (await _machine.ServeAsync()).ShouldBeTrue();
            return;
        }

        await Node.SubmitAsync(_machine.Store, assignment);
        using var node = new Node(_machine.Store);
        (await node.RunAsync(assignment.Attempt)).ShouldBeTrue(string.Join('\n', node.Said));
    }
}
