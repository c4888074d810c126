using System.Text.Json;
using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Statistics;
using Tenfold.Sql;

namespace Tenfold.App.Tests;

/// <summary>
/// A study <c>kaaaaaaa</c> with twelve trials of one run and a confirmation of two runs, and a group <c>kaaaaaab</c> of two runs, on a
/// target that no machine here has.
/// </summary>
internal static class SampleStudy
{
    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    /// <summary>Records the study and the group.</summary>
    public static async Task FillAsync(SqlLedger ledger)
    {
        var spec = new StudySpec { Project = "p", Metric = new MetricSpec("loss", MetricGoal.Minimize), Space = JsonElement.Parse("{}") };
        await ledger.AddStudyAsync(
            new StudyRecord
            {
                Id = "kaaaaaaa",
                Root = "/p",
                Target = "elsewhere",
                CreatedAt = Start,
                Host = "h",
                Version = "1",
                Spec = spec,
            },
            CancellationToken.None);
        var planned = Planned("kaaaaaab", 2);
        await ledger.AddGroupAsync(planned.Group, planned.Runs, CancellationToken.None);
        for (var number = 1; number <= 12; number++)
        {
            planned = Planned(RunNames.Trial("kaaaaaaa", number), 1);
            var trial = new TrialRecord
            {
                Study = "kaaaaaaa",
                Number = number,
                Parameters = JsonElement.Parse("{}"),
                Method = "random",
                Reason = new Reason.RandomPoint(),
                Seed = number,
                AskedAt = Start,
                Group = planned.Group.Id,
            };
            (await ledger.AddTrialAsync(trial, planned.Group, planned.Runs, CancellationToken.None)).ShouldBeTrue();
            await ledger.TellAsync(new TrialTell(trial.Study, number, TrialState.Completed, [0.5], null, Start), CancellationToken.None);
        }

        (await ledger.AddConfirmationsAsync("kaaaaaaa", [Planned("kaaaaaaa-c2", 2)], Start, CancellationToken.None)).ShouldBeTrue();
    }

    /// <summary>A group on a target that no machine here has.</summary>
    public static PlannedGroup Planned(string group, int repeat) => new(
        new GroupRecord
        {
            Id = group,
            Root = "/p",
            Target = "elsewhere",
            CreatedAt = Start,
            Host = "h",
            Version = "1",
            BaseSeed = 0,
            Repeat = repeat,
            Spec = new WorkSpec
            {
                Project = "p",
                Snapshot = "0",
                Environment = new EnvironmentSpec("system"),
                Parameters = JsonElement.Parse("{}"),
            },
        },
        [
            .. Enumerable.Range(1, repeat).Select(i => new RunRecord
            {
                Id = RunNames.Run(group, i),
                Group = group,
                Repeat = i,
                Seed = i,
                State = RunState.Queued,
                CreatedAt = Start,
                Attempts = 1,
            }),
        ]);
}
