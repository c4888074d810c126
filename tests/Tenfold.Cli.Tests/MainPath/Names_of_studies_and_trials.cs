using System.Text.Json;
using Tenfold.App;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Statistics;
using Tenfold.Reports.Groups;
using Tenfold.Sql;

namespace Tenfold.Cli.Tests.MainPath;

/// <summary>A study <c>kaaaaaaa</c> with twelve trials of one run and a confirmation of two runs, and a group <c>kaaaaaab</c> of two, which no machine here has.</summary>
public sealed class Names_of_studies_and_trials : IAsyncDisposable
{
    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    private readonly Sandbox _place = new();
    private readonly SqlLedger _ledger;
    private readonly IdResolver _ids;

    public Names_of_studies_and_trials()
    {
        _ledger = new SqlLedger(new SqliteDatabase(_place.Ledger));
        _ids = new IdResolver(_ledger, _ledger);
    }

    public ValueTask DisposeAsync() => _place.DisposeAsync();

    [Theory]
    [InlineData("kaaaaaaa", "kaaaaaaa")]
    [InlineData(" KAAAAAAA ", "kaaaaaaa")]
    [InlineData("kaaaaaab", "kaaaaaab")]
    [InlineData("kaaaaaaa-t1", "kaaaaaaa-t1")]
    [InlineData("kaaaaaaa-t1-1", "kaaaaaaa-t1-1")]
    [InlineData("kaaaaaaa-t1-", "kaaaaaaa-t1-1")]
    [InlineData("kaaaaaaa-t9", "kaaaaaaa-t9")]
    [InlineData("kaaaaaaa-c", "kaaaaaaa-c2")]
    [InlineData("kaaaaaaa-c2-2", "kaaaaaaa-c2-2")]
    public async Task A_unique_beginning_will_do(string prefix, string id)
    {
        await FillAsync();
        (await _ids.AnyAsync(prefix, CancellationToken.None)).ShouldBe(id);
    }

    [Theory]
    [InlineData("ka", "'ka' fits 2: kaaaaaaa, kaaaaaab;")]
    [InlineData("kaaaaaaa-t", "fits 12: kaaaaaaa-t1, kaaaaaaa-t2,")]
    [InlineData("kaaaaaaa-c2-", "fits 2: kaaaaaaa-c2-1, kaaaaaaa-c2-2;")]
    [InlineData("z", "no study, group or run begins with 'z'")]
    public async Task What_is_not_unique_or_not_there_is_told(string prefix, string words)
    {
        await FillAsync();
        (await Should.ThrowAsync<CommandException>(() => _ids.AnyAsync(prefix, CancellationToken.None))).Message.ShouldContain(words);
    }

    [Fact]
    public async Task A_study_is_found_where_one_is_wanted()
    {
        await FillAsync();
        (await _ids.StudyAsync("kaaaaaaa", CancellationToken.None)).Id.ShouldBe("kaaaaaaa");
        await RefusedAsync(_ids.StudyAsync("kaaaaaab", CancellationToken.None), "kaaaaaab is a group, and a study is wanted here");
        await RefusedAsync(_ids.StudyAsync("kaaaaaaa-t3", CancellationToken.None), "kaaaaaaa-t3 is a group, and a study is wanted here: its study is kaaaaaaa");
        await RefusedAsync(_ids.StudyAsync("kaaaaaaa-t3-1", CancellationToken.None), "kaaaaaaa-t3-1 is a run, and a study is wanted here: its study is kaaaaaaa");
    }

    [Fact]
    public async Task A_study_is_no_group_and_no_run_and_says_what_to_do()
    {
        await FillAsync();
        await RefusedAsync(_ids.GroupAsync("kaaaaaaa", CancellationToken.None), "kaaaaaaa is a study, and a group is wanted here; `tenfold show kaaaaaaa` lists its trials: kaaaaaaa-t1");
        await RefusedAsync(_ids.RunAsync("kaaaaaaa", CancellationToken.None), "kaaaaaaa is a study, and one run is wanted here");
        await RefusedAsync(_ids.GroupOrRunAsync("kaaaaaaa", CancellationToken.None), "kaaaaaaa is a study, and a group or a run is wanted here");
        await RefusedAsync(_ids.GroupAsync("kaaaaaaa-t3-1", CancellationToken.None), "its group is kaaaaaaa-t3");
        (await _ids.GroupAsync("kaaaaaaa-t3", CancellationToken.None)).Id.ShouldBe("kaaaaaaa-t3");
        (await _ids.RunAsync("kaaaaaaa-t3", CancellationToken.None)).Id.ShouldBe("kaaaaaaa-t3-1");
        await RefusedAsync(_ids.RunAsync("kaaaaaaa-c2", CancellationToken.None), "kaaaaaaa-c2 is a group of 2 runs");
    }

    [Fact]
    public async Task The_runs_of_a_study_are_those_of_its_trials_and_confirmations()
    {
        await FillAsync();
        var runs = await _ids.RunsAsync("kaaaaaaa", CancellationToken.None);
        runs.Select(run => run.Id).ShouldBe([.. Enumerable.Range(1, 12).Select(i => $"kaaaaaaa-t{i}-1"), "kaaaaaaa-c2-1", "kaaaaaaa-c2-2"]);
        (await _ids.RunsAsync("kaaaaaaa-t1", CancellationToken.None)).Select(run => run.Id).ShouldBe(["kaaaaaaa-t1-1"]);
        (await _ids.RunsAsync("kaaaaaab-2", CancellationToken.None)).Select(run => run.Id).ShouldBe(["kaaaaaab-2"]);
    }

    [Fact]
    public async Task Cancel_takes_a_study_and_retry_does_not()
    {
        await FillAsync();
        (await _place.Json("cancel", "--json", "kaaaaaaa")).Texts("runs").Count.ShouldBe(14);
        (await _place.Run("retry", "kaaaaaaa")).With(ExitCodes.NotFound).Saying("is a study");
        (await _place.Run("fit", "--like", "kaaaaaaa")).With(ExitCodes.NotFound).Saying("is a study");
        (await _ledger.RunsOfAsync("kaaaaaab", CancellationToken.None)).ShouldAllBe(run => run.Run.CancelRequestedAt == null);
    }

    [Fact]
    public async Task A_list_of_runs_says_how_many_it_leaves_out_and_leaves_none_out_of_json()
    {
        await FillAsync();
        (await _place.Run("runs", "-n", "10")).With(0).Saying("and 6 more runs: tenfold runs -n 16");
        (await _place.Run("runs", "-n", "5", "--page", "2")).With(0).Saying("and 6 more runs: tenfold runs -n 5 --page 3");
        (await _place.Run("runs", "-n", "16")).With(0).Error.ShouldNotContain("more");
        await _ledger.AddGroupAsync(Planned("kaaaaaac", 30).Group, Planned("kaaaaaac", 30).Runs, CancellationToken.None);
        (await _place.Run("runs")).With(0).Saying("and 26 more runs: tenfold runs -n 46");
        (await _place.Json("runs", "--json")).GetArrayLength().ShouldBe(46);
        (await _place.Json("runs", "--json", "-n", "7")).GetArrayLength().ShouldBe(7);
        (await _place.Json("runs", "--json", "--page", "3")).GetArrayLength().ShouldBe(6);
        (await _place.Run("runs", "--groups", "-n", "1")).With(0).Saying("and more groups: tenfold runs --groups -n 2");
    }

    [Fact]
    public async Task Trials_are_suggested_once_their_studys_name_is_there()
    {
        await FillAsync();
        (await SuggestedAsync("tenfold show k")).ShouldBe(["kaaaaaaa", "kaaaaaab", "kaaaaaab-1", "kaaaaaab-2"], ignoreOrder: true);
        (await SuggestedAsync("tenfold cancel kaaaaaaa-t1")).ShouldBe(
            [.. new[] { 1, 10, 11, 12 }.SelectMany(i => new[] { $"kaaaaaaa-t{i}", $"kaaaaaaa-t{i}-1" })], ignoreOrder: true);
    }

    private static async Task RefusedAsync(Task task, string words)
    {
        var refused = await Should.ThrowAsync<CommandException>(task);
        refused.ExitCode.ShouldBe(ExitCodes.NotFound);
        refused.Message.ShouldContain(words);
    }

    private async Task<string[]> SuggestedAsync(string line) =>
        (await _place.Run($"[suggest:{line.Length}]", line)).With(0).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private async Task FillAsync()
    {
        var spec = new StudySpec { Project = "p", Metric = new MetricSpec("loss", MetricGoal.Minimize), Space = JsonElement.Parse("{}") };
        await _ledger.AddStudyAsync(
            new StudyRecord { Id = "kaaaaaaa", Root = "/p", Target = "elsewhere", CreatedAt = Start, Host = "h", Version = "1", Spec = spec }, CancellationToken.None);
        var planned = Planned("kaaaaaab", 2);
        await _ledger.AddGroupAsync(planned.Group, planned.Runs, CancellationToken.None);
        for (var number = 1; number <= 12; number++)
        {
            planned = Planned(RunNames.Trial("kaaaaaaa", number), 1);
            var trial = new TrialRecord
            {
                Study = "kaaaaaaa",
                Number = number,
                Parameters = JsonElement.Parse("{}"),
                Method = "random",
                Reason = "",
                Seed = number,
                AskedAt = Start,
                Group = planned.Group.Id,
            };
            (await _ledger.AddTrialAsync(trial, planned.Group, planned.Runs, CancellationToken.None)).ShouldBeTrue();
            await _ledger.TellAsync(new TrialTell(trial.Study, number, TrialState.Completed, [0.5], null, Start), CancellationToken.None);
        }

        (await _ledger.AddConfirmationsAsync("kaaaaaaa", [Planned("kaaaaaaa-c2", 2)], Start, CancellationToken.None)).ShouldBeTrue();
    }

    private static PlannedGroup Planned(string group, int repeat) => new(
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
            Spec = new WorkSpec { Project = "p", Snapshot = "0", Environment = new EnvironmentSpec("system"), Parameters = JsonElement.Parse("{}") },
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
