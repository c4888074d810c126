using Tenfold.Core.Attempts;
using Tenfold.Core.Runs;

namespace Tenfold.Agent.Tests.Nodes;

/// <summary>Values without a step are counted; those of a resumed attempt are counted on from what the checkpoint contains.</summary>
public sealed class Steps_continue_after_a_checkpoint : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    // Epochs from the checkpoint on, of which each lasts a moment. The first attempt fails after it has done one more than it saved.
    [Theory]
    [InlineData("print; save", "echo loss=$n; sleep 0.3; echo $n > $TENFOLD_CHECKPOINT_DIR/n")]
    [InlineData("save; print", "echo $n > $TENFOLD_CHECKPOINT_DIR/n; echo loss=$n")]
    [InlineData("JSON", """echo "{\"metric\":\"loss\",\"value\":$n}"; echo $n > $TENFOLD_CHECKPOINT_DIR/n""")]
    public async Task Steps_continue_whether_the_value_is_printed_before_or_after_the_checkpoint(string what, string epoch)
    {
        var command = "n=$(cat $TENFOLD_CHECKPOINT_DIR/n 2>/dev/null || echo -1); "
            + $"for i in 1 2 3; do n=$((n + 1)); {epoch}; sleep 1; done; "
            + "case $TENFOLD_ATTEMPT in *-1) echo loss=90; exit 1;; esac";
        foreach (var isLocal in new[] { false, true })
        {
            var repeat = isLocal ? 2 : 1;
            var spec = await _machine.SpecAsync(command) with
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
            first.Select(point => (point.Step, point.Value)).ShouldBe([(0, 0), (1, 1), (2, 2), (3, 90)], what);
            second.Select(point => (point.Step, point.Value)).ShouldBe([(3, 3), (4, 4), (5, 5)], what);
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
