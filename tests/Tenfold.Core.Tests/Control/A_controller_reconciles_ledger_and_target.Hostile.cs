using System.Text;
using Tenfold.Core.Attempts;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;

namespace Tenfold.Core.Tests.Control;

/// <content>Reports that no agent writes.</content>
public sealed partial class A_controller_reconciles_ledger_and_target
{
    // What somebody with write access to the store can write there.
    [Theory]
    [InlineData("state", "{\"state\":99}")]
    [InlineData("state", "{\"state\":\"Succeeded\",\"ending\":99}")]
    [InlineData("state", "{\"state\":\"Running\",\"cpuSeconds\":1e300}")]
    [InlineData("state", "{\"state\":\"Running\",\"cpuSeconds\":\"NaN\"}")]
    [InlineData("state", "{\"state\":\"Running\",\"startedAt\":\"9999-12-31T00:00:00Z\"}")]
    [InlineData("state", "{\"state\":\"Running\",\"startedAt\":\"0001-01-01T00:00:00Z\"}")]
    [InlineData("state", "{\"state\":\"Failed\",\"endedAt\":\"9999-12-31T00:00:00Z\"}")]
    [InlineData("state", "{\"state\":\"Running\",\"cautions\":[null]}")]
    [InlineData("state", "{\"state\":\"Running\",\"warnings\":[null]}")]
    [InlineData("metrics", "[null]")]
    [InlineData("metrics", "[{\"name\":null,\"count\":1,\"first\":1,\"last\":1,\"min\":1,\"max\":1}]")]
    [InlineData("metrics", "[{\"name\":\"a\",\"count\":9223372036854775807,\"first\":1,\"last\":1,\"min\":1,\"max\":1}]")]
    [InlineData("metrics", "[{\"name\":\"a\",\"count\":-5,\"first\":1,\"last\":1,\"min\":1,\"max\":1}]")]
    public async Task A_hostile_report_harms_no_other_attempt_and_no_record(string file, string json)
    {
        await AddAsync(runs: 2);
        await ReconcileAsync();
        foreach (var attempt in new[] { First, "k7m2xqab-2-1" }) _target.Has[attempt] = new BackendState(BackendKind.Running);
        await ReportAsync(First, new AttemptReport { State = AttemptState.Running });
        await _store.WriteAsync(
            file == "state" ? AttemptKeys.State(First) : AttemptKeys.Metrics(First), Encoding.UTF8.GetBytes(json), CancellationToken.None);
        await ReportAsync("k7m2xqab-2-1", new AttemptReport { State = AttemptState.Succeeded, ExitCode = 0 });
        (await ReconcileAsync()).ShouldBe(2);
        (await RunAsync(2)).State.ShouldBe(RunState.Succeeded);
        (await RunAsync()).State.ShouldBe(RunState.Queued);
        _target.Has.Clear();
        (await ReconcileAsync()).ShouldBe(1);
        (await RunAsync()).State.ShouldBe(RunState.Failed, "it is gone, and its report is damaged");
    }
}
