using Tenfold.App.Comparing;
using Tenfold.App.Views;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Results;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;
using Tenfold.Sql;

namespace Tenfold.App.Tests.Comparing;

public sealed class Groups_are_compared_across_tasks : IDisposable
{
    private static readonly double[] Values = [0.81, 0.84, 0.79, 0.83, 0.80, 0.82];
    private readonly Workspace _workspace = new();

    public Groups_are_compared_across_tasks() => _workspace.Write(
        "tenfold.yaml",
        """
        name: toy
        train:
          command: sh train.sh
          params: { task: a, width: 1 }
          metric: { name: accuracy, goal: maximize }
        """);

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task Six_tasks_give_one_verdict()
    {
        var ids = new List<string>();
        foreach (var (i, task) in new[] { "a", "b", "c", "d", "e", "f" }.Index())
        {
            ids.Add(await RecordAsync(i * 0.02, $"task={task}", "width=1"));
            ids.Add(await RecordAsync(i * 0.02 + 0.05 + i * 0.002, $"task={task}", "width=2"));
        }

        var all = (await CompareAsync("task", ids)).Value();
        all.Tasks.Select(task => task.Name).ShouldBe(["a", "b", "c", "d", "e", "f"]);
        all.Result.Overall.Verdict.ShouldBe(Verdict.Better);
        all.Result.Overall.PairsUsed.ShouldBe(6);
        all.Result.Overall.Difference!.Value.ShouldBe(0.055275, 1e-9);
        all.Result.SignedRankPValue.ShouldBe(0.03125, 1e-12);
        all.Result.BetweenTasks!.Value.ShouldBeInRange(0, 0.005);
        all.Result.ChanceOnNextTask!.Value.ShouldBeGreaterThan(0.99);
        (await CompareAsync("task", [.. ids.Take(2)])).Refusal().Message.ShouldContain("two tasks are needed");
        (await CompareAsync("task", [.. ids.Take(3)])).Refusal().Message.ShouldContain("needs two groups of each task");
        (await CompareAsync("depth", ids)).Refusal().Message.ShouldContain("has no parameter depth");
        (await CompareAsync("data", ids)).Refusal().Message.ShouldContain("has no data channel");
        (await CompareAsync("task", [ids[0], ids[1], ids[3], ids[2]])).Refusal().Message
            .ShouldContain("the baselines of the tasks differ in width");
    }

    [Fact]
    public async Task Several_candidates_share_the_chance_of_an_error()
    {
        var ids = new List<string>();
        foreach (var (i, task) in new[] { "a", "b", "c", "d", "e" }.Index())
        {
            ids.Add(await RecordAsync(i * 0.02, $"task={task}", "width=1"));
            ids.Add(await RecordAsync(i * 0.02 + (i % 2 == 0 ? 0.001 : -0.001), $"task={task}", "width=2"));
            ids.Add(await RecordAsync(i * 0.02 + 0.05 + i * 0.002, $"task={task}", "width=3"));
        }

        var all = (await CompareAsync("task", ids)).Value();
        all.All.Select(one => one.Candidate).ShouldBe(["width=2", "width=3"]);
        all.All.Select(one => one.Result.Overall.Verdict).ShouldBe([Verdict.NotShown, Verdict.Better]);
        all.Friedman.ShouldNotBeNull().MeanRanks[2].ShouldBe(1);
        all.Friedman.PValue.ShouldBeLessThan(0.05);
        var view = AcrossView.Of(all);
        var better = view.Further.ShouldNotBeNull().ShouldHaveSingleItem();
        (view.Candidate, better.Candidate, better.Verdict).ShouldBe(("width=2", "width=3", "better"));
        // The smallest p-value is tested at half of α, and the other at α.
        (better.Level, view.Level).ShouldBe((0.025, 0.05));
        better.AdjustedPValue.ShouldBe(2 * better.PValue);
        view.AdjustedPValue.ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(view.PValue!.Value);
        (await CompareAsync("task", [.. ids.Take(5)])).Refusal().Message.ShouldContain("as many of each");
    }

    private Task<Outcome<GroupsAcrossTasks>> CompareAsync(string across, IReadOnlyList<string> ids) =>
        new AcrossComparer(_workspace.Services).CompareAsync(ids, null, across, new(), CancellationToken.None);

    private async Task<string> RecordAsync(double shift, params string[] parameters)
    {
        var group = await _workspace.RecordAsync(request => request with { Repeat = Values.Length, Parameters = parameters });
        var ledger = new SqlLedger(_workspace.Services.Database);
        foreach (var state in new[] { AttemptState.Queued, AttemptState.Running, AttemptState.Succeeded })
        {
            await ledger.ApplyAsync(
                [
                    .. Values.Select((value, i) => Groups_are_compared.Change(
                        RunNames.Attempt(RunNames.Run(group.Id, i + 1), 1), state, value + shift + i % 2 * shift * 0.01)),
                ],
                under: null, CancellationToken.None);
        }

        return group.Id;
    }
}
