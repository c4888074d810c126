using Tenfold.App.Comparing;
using Tenfold.Core.Ledger;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Results;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;
using Tenfold.Sql;

namespace Tenfold.App.Tests.Comparing;

public sealed class Groups_are_compared : IDisposable
{
    private static readonly double[] Values = [0.81, 0.84, 0.79, 0.83, 0.80, 0.82];
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Theory]
    [InlineData("accuracy:maximize", Verdict.Better)]
    [InlineData("accuracy:minimize", Verdict.Worse)]
    [InlineData(null, Verdict.Better)]
    public async Task A_steady_gain_is_judged_by_the_goal(string? metric, Verdict verdict)
    {
        var baseline = await RecordAsync(Values);
        var candidate = await RecordAsync([.. Values.Select((value, i) => value + 0.05 + (i * 0.001))]);
        var comparison = (await CompareAsync(metric, baseline, candidate)).Value();
        (comparison.Baseline.Group.Id, comparison.Metric.Name).ShouldBe((baseline, "accuracy"));
        var result = comparison.Comparisons.ShouldHaveSingleItem();
        (result.Verdict, result.PairsUsed).ShouldBe((verdict, Values.Length));
        result.Difference!.Value.ShouldBe(0.0525, 1e-9);
        comparison.MadeInProject.ShouldBe(1);
        var other = await RecordAsync([.. Values.Reverse()]);
        (await CompareAsync(metric, baseline, other)).Value().MadeInProject.ShouldBe(2);
    }

    [Fact]
    public async Task Several_candidates_keep_their_order_and_are_corrected()
    {
        var baseline = await RecordAsync(Values);
        var equal = await RecordAsync([.. Values.Reverse()]);
        var better = await RecordAsync([.. Values.Select((value, i) => value + 0.05 + (i * 0.001))]);
        var comparison = (await CompareAsync(null, baseline, equal, better)).Value();
        comparison.Candidates.Select(candidate => candidate.Measured.Group.Id).ShouldBe([equal, better]);
        comparison.Comparisons.Select(one => one.Verdict).ShouldBe([Verdict.NotShown, Verdict.Better]);
        comparison.Comparisons[1].AdjustedPValue!.Value.ShouldBe(2 * comparison.Comparisons[1].PValue!.Value, 1e-12);
    }

    [Fact]
    public async Task Groups_with_different_metrics_need_a_named_one()
    {
        var up = await RecordAsync(Values);
        var down = await RecordAsync(Values, "accuracy:minimize");
        (await CompareAsync(null, up, down)).Refusal().Message.ShouldBe(
            $"{up} is judged by accuracy (maximize), and {down} by accuracy (minimize); choose one: --metric accuracy:maximize");
        (await CompareAsync("accuracy:minimize", up, down)).Value().Metric.Goal.ShouldBe(MetricGoal.Minimize);
    }

    [Fact]
    public async Task A_metric_without_a_goal_is_refused_unless_the_groups_name_it()
    {
        var (first, second) = (await RecordAsync(Values), await RecordAsync(Values));
        (await CompareAsync("loss", first, second)).Refusal().Message.ShouldContain("loss:maximize or loss:minimize");
        (await CompareAsync("accuracy", first, second)).Value().Metric.Goal.ShouldBe(MetricGoal.Maximize);
    }

    [Fact]
    public async Task Ids_that_are_not_two_different_groups_are_refused()
    {
        var group = await RecordAsync(Values);
        (await CompareAsync(null, group, group[..6])).Refusal().Message.ShouldContain("named twice");
        (await CompareAsync(null, group, $"{group}-1")).Refusal().ShouldBeNotFound("is a run, not a group");
        (await CompareAsync(null, group, "zz")).Refusal().ShouldBeNotFound("begins with 'zz'");
    }

    [Fact]
    public async Task Without_any_metric_nothing_is_compared()
    {
        _workspace.Write("tenfold.yaml", "name: toy\ntrain:\n  command: sh train.sh\n");
        var (first, second) = (await RecordAsync(Values), await RecordAsync(Values));
        (await CompareAsync(null, first, second)).Refusal().Message.ShouldContain("names no metric to compare");
        (await CompareAsync("accuracy:maximize", first, second)).Value().Comparisons.Count.ShouldBe(1);
    }

    private Task<Outcome<GroupComparison>> CompareAsync(string? metric, params string[] ids) =>
        new GroupLoader(_workspace.Services).CompareAsync(ids, metric, new ComparisonOptions(), CancellationToken.None);

    // Records a group whose runs have succeeded with these values of accuracy.
    private async Task<string> RecordAsync(double[] values, string? metric = null)
    {
        var group = await _workspace.RecordAsync(request => request with { Repeat = values.Length, Metric = metric });
        var ledger = new SqlLedger(_workspace.Services.Database);
        foreach (var state in new[] { AttemptState.Queued, AttemptState.Running, AttemptState.Succeeded })
        {
            var changes = values.Select((value, i) => Change(RunNames.Attempt(RunNames.Run(group.Id, i + 1), 1), state, value));
            await ledger.ApplyAsync([.. changes], under: null, CancellationToken.None);
        }

        return group.Id;
    }

    internal static AttemptChange Change(string attempt, AttemptState state, double value)
    {
        var now = TimeProvider.System.GetUtcNow();
        return new AttemptChange
        {
            Attempt = attempt,
            At = now,
            State = state,
            StartedAt = state == AttemptState.Queued ? null : now,
            EndedAt = state.IsFinal() ? now : null,
            ExitCode = state.IsFinal() ? 0 : null,
            Metrics = state.IsFinal() ? [Accuracy(value)] : null,
        };
    }

    private static MetricSummary Accuracy(double value) => new()
    {
        Name = "accuracy",
        Count = 1,
        First = value,
        Last = value,
        Min = value,
        Max = value,
        LastStep = 0,
        Series = [new MetricPoint(0, value)],
    };
}
