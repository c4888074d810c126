using Tenfold.App.Costs;
using Tenfold.App.Fitting;
using Tenfold.App.Sweeping;
using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

namespace Tenfold.Server.Tests.Stories;

/// <summary>The published server drives a study whose machines cost a dollar a second, and is killed again and again.</summary>
public sealed class Dollars_a_day_hold_for_studies
{
    private const int Trials = 9, Usd = 25, Reserved = 10;

    // Each run counts itself in and out, and says when more of them run than what is reserved for each allows.
    private const string Counting =
        """
        : > PLACE/$TENFOLD_RUN
        if [ $(ls PLACE | wc -l) -gt 2 ]; then echo $TENFOLD_RUN >> PLACE.exceeded; fi
        sleep 2
        echo $TENFOLD_RUN >> PLACE.ran
        rm PLACE/$TENFOLD_RUN

        """;

    [Fact]
    public async Task No_trial_starts_beyond_them_when_the_server_is_killed_in_mid_sweep()
    {
        await using var scene = new TrainingScene();
        var place = Directory.CreateDirectory(scene.Outside("place")).FullName;
        WriteLimits(scene, Usd);
        var study = await RecordAsync(scene, place);
        await using var server = new ServerProgram(new Dictionary<string, string> { ["TENFOLD_HOME"] = scene.Services.Home });
        await server.StartAsync();
        foreach (var ran in new[] { 1, 3, 4 })
        {
            await Eventually.ShouldBeAsync(() => Ran(place).Length >= ran, $"{ran} trials have run");
            await server.KillAsync();
            await server.StartAsync();
        }

        // What the day has left is less than what a trial may cost.
        await UntilAsync(scene, study, async runs => runs.Any(run => run.State == RunState.Queued)
            && runs.All(run => run.State.IsFinal() || run.Reason is Reason.WaitsForDayLimit)
            && await SpentAsync(scene) > Usd - Reserved);
        (await SpentAsync(scene)).ShouldBeLessThanOrEqualTo(Usd);
        var before = Ran(place).Length;
        before.ShouldBeInRange(4, Trials - 1);
        File.Exists($"{place}.exceeded").ShouldBeFalse();

        await server.KillAsync();
        WriteLimits(scene, 1_000);
        await server.StartAsync();
        await Eventually.ShouldBeAsync(() => Ran(place).Length >= before + 1, "the study goes on once the limit is higher");
        await UntilAsync(scene, study, runs => Task.FromResult(runs.Count == Trials && runs.All(run => run.State.IsFinal())));
        (await scene.Services.Studies.ListStudyRunsAsync(study, CancellationToken.None))
            .Select(run => (run.State, run.Attempts)).ShouldBe(Enumerable.Repeat((RunState.Succeeded, 1), Trials));
        Ran(place).ShouldBeUnique();
    }

    private static async Task<string> RecordAsync(TrainingScene scene, string place)
    {
        var project = Directory.CreateDirectory(scene.Outside("project")).FullName;
        await File.WriteAllTextAsync(Path.Combine(project, "tenfold.yaml"),
            $$"""
            name: toy
            train:
              command: sh train.sh
              metric: { name: accuracy, goal: maximize }
              params: { x: 0.5 }
            resources: { cpus: 0.1, memory: 10 MB, max_runtime: {{Reserved}}s }
            sweep: { method: sobol, trials: {{Trials}}, parallel: 4, parameters: { x: { min: 0.0, max: 1.0 } } }

            """);
        await File.WriteAllTextAsync(Path.Combine(project, "train.sh"), Counting.Replace("PLACE", place) + TrainingScene.Script("0.9"));
        var request = new SweepRequest { Folder = project };
        var study = (await new StudyPlanner(scene.Services).PlanAsync(request, CancellationToken.None)).Value().Study;
        var spec = study.Spec;
        var priced = study with { Spec = spec with { Work = spec.Work! with { UsdPerHour = 3600 } } };
        return (await new Submitter(scene.Services).RecordAsync(priced, _ => { }, CancellationToken.None)).Value().Id;
    }

    private static void WriteLimits(TrainingScene scene, int usd) => File.WriteAllText(
        Path.Combine(scene.Services.Home, "server.yaml"),
        $"repositories: {{ {TrainingScene.Repository}: {{ secret: HOOK_SECRET, url: \"{scene.Origin.Url}\" }} }}\n"
        + $"limits: {{ dollars_per_day: {usd} }}\n");

    private static async Task<decimal> SpentAsync(TrainingScene scene) => (await new CostReader(scene.Services).ReadAsync(
        TimeProvider.System.GetUtcNow().AddDays(-1), CostKey.Project, CancellationToken.None)).ShouldHaveSingleItem().Usd;

    private static async Task UntilAsync(TrainingScene scene, string study, Func<IReadOnlyList<RunRecord>, Task<bool>> wanted)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!await wanted(await scene.Services.Studies.ListStudyRunsAsync(study, CancellationToken.None)))
        {
            TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(Eventually.Deadline);
            await Task.Delay(50);
        }
    }

    private static string[] Ran(string place) => File.Exists($"{place}.ran") ? File.ReadAllLines($"{place}.ran") : [];
}
