using Tenfold.Core.Attempts;
using Tenfold.Core.Runs;

namespace Tenfold.Agent.Tests.Nodes;

/// <summary>Values without a step are counted; those of a resumed attempt are counted on from what the checkpoint contains.</summary>
public sealed class Steps_continue_after_a_checkpoint : IDisposable
{
    // Epochs from the checkpoint on. The first attempt fails after it has done one more than it saved.
    // A value counts as saved if it comes within half the usual time between two values after the checkpoint. So the script measures how
    // long the agent takes for a value, makes its epochs many times as long, and goes on until the last one was so in fact.
    private const string Script =
        """
        import json, os, sys, time
        order, store = sys.argv[1:]
        checkpoint = os.path.join(os.environ["TENFOLD_CHECKPOINT_DIR"], "n")
        summaries = os.path.join(store, "attempts", os.environ["TENFOLD_ATTEMPT"], "metrics.json")
        began = time.time()
        first = n = int(open(checkpoint).read()) + 1 if os.path.exists(checkpoint) else 0
        def is_recorded(count): return os.path.exists(summaries) and json.load(open(summaries))[0]["count"] >= count
        def save():
            with open(checkpoint + ".tmp", "w") as file: file.write(str(n))
            os.replace(checkpoint + ".tmp", checkpoint)
        def show():
            print(json.dumps({"metric": "loss", "value": n}) if order == "JSON" else f"loss={n}", flush=True)
            while not is_recorded(n - first + 1): time.sleep(0.01)
        since, recorded = [], []
        while True:
            since.append(time.time())
            for step in [save, show] if order == "save; print" else [show, save]: step()
            recorded.append(time.time())
            n += 1
            delay = recorded[-1] - since[-1]
            if len(since) > 2 and delay < 1 and 2 * delay < (since[-2] - recorded[0]) / (len(since) - 2): break
            time.sleep(8 * delay)
        if not os.environ["TENFOLD_ATTEMPT"].endswith("-1"): sys.exit(0)
        time.sleep(time.time() - began)
        print("loss=90")
        sys.exit(1)
        """;

    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Theory]
    [InlineData("print; save")]
    [InlineData("save; print")]
    [InlineData("JSON")]
    public async Task Steps_continue_whether_the_value_is_printed_before_or_after_the_checkpoint(string order)
    {
        _machine.Write("train.py", Script);
        foreach (var isLocal in new[] { false, true })
        {
            var repeat = isLocal ? 2 : 1;
            var spec = await _machine.SpecAsync($"/usr/bin/python3 train.py '{order}' {_machine.Folder["store"]}") with
            {
                MetricPatterns = new Dictionary<string, string> { ["loss"] = @"loss=(\d+)" },
            };
            for (var number = 1; number <= 2; number++)
            {
                var assignment = _machine.Assign(spec, repeat)[repeat - 1] with { Number = number };
                if (isLocal) await RunLocallyAsync(assignment);
                else await RunOnNodeAsync(assignment);
            }

            var (first, second) = (await SeriesAsync(1, repeat), await SeriesAsync(2, repeat));
            var saved = first.Count - 1;
            saved.ShouldBeGreaterThanOrEqualTo(3);
            second.Count.ShouldBeGreaterThanOrEqualTo(3);
            first.Select(point => (point.Step, point.Value)).ShouldBe(
                [.. Enumerable.Range(0, saved).Select(n => ((long)n, (double)n)), (saved, 90)], order);
            second.Select(point => (point.Step, point.Value)).ShouldBe(
                Enumerable.Range(saved, second.Count).Select(n => ((long)n, (double)n)), order);
            (await _machine.ReportAsync(_machine.Attempt(2, repeat))).IsResumed.ShouldBe(true);
            (await _machine.ReportAsync(_machine.Attempt(1, repeat))).IsResumed.ShouldBeNull();
        }
    }

    [Fact]
    public async Task Steps_begin_at_0_without_a_checkpoint()
    {
        var spec = await _machine.SpecAsync("echo loss=1; case $TENFOLD_ATTEMPT in *-1) exit 1;; esac") with
        {
            MetricPatterns = new Dictionary<string, string> { ["loss"] = @"loss=(\d+)" },
        };
        for (var number = 1; number <= 2; number++) await RunOnNodeAsync(_machine.Assign(spec)[0] with { Number = number });
        (await SeriesAsync(2, 1)).ShouldHaveSingleItem().Step.ShouldBe(0);
        (await _machine.ReportAsync(_machine.Attempt(2))).IsResumed.ShouldBe(false);
    }

    private async Task<IReadOnlyList<MetricPoint>> SeriesAsync(int number, int repeat) =>
        (await _machine.MetricsAsync(_machine.Attempt(number, repeat)))["loss"].Series;

    private async Task RunOnNodeAsync(Assignment assignment)
    {
        await Node.SubmitAsync(_machine.Store, assignment);
        using var node = new Node(_machine.Store);
        (await node.RunAsync(assignment.Attempt)).ShouldBeTrue(string.Join('\n', node.Said));
    }

    private async Task RunLocallyAsync(Assignment assignment)
    {
        _machine.Queue.Add([assignment]);
        (await _machine.ServeAsync()).ShouldBeTrue();
    }
}
