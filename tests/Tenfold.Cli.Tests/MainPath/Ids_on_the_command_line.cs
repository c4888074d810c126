using Tenfold.App.Tests;
using Tenfold.Sql;

namespace Tenfold.Cli.Tests.MainPath;

/// <summary>Commands on the sample study, whose target no machine here has.</summary>
public sealed class Ids_on_the_command_line : IAsyncDisposable
{
    private readonly Sandbox _place = new();
    private readonly SqlLedger _ledger;

    public Ids_on_the_command_line() => _ledger = new SqlLedger(new SqliteDatabase(_place.Ledger));

    public ValueTask DisposeAsync() => _place.DisposeAsync();

    [Fact]
    public async Task Cancel_accepts_a_study_and_retry_refuses_it()
    {
        await SampleStudy.FillAsync(_ledger);
        (await _place.Json("cancel", "--json", "kaaaaaaa")).Texts("runs").Count.ShouldBe(14);
        (await _place.Run("retry", "kaaaaaaa")).With(ExitCodes.NotFound).Saying("is a study");
        (await _place.Run("fit", "--like", "kaaaaaaa")).With(ExitCodes.NotFound).Saying("is a study");
        (await _ledger.ListRunsAsync("kaaaaaab", CancellationToken.None)).ShouldAllBe(run => run.Run.CancelRequestedAt == null);
    }

    [Fact]
    public async Task A_listing_says_how_many_runs_it_omits_and_json_omits_none()
    {
        await SampleStudy.FillAsync(_ledger);
        (await _place.Run("runs", "-n", "10")).With(0).Saying("and 6 more runs: tenfold runs -n 16");
        (await _place.Run("runs", "-n", "5", "--page", "2")).With(0).Saying("and 6 more runs: tenfold runs -n 5 --page 3");
        (await _place.Run("runs", "-n", "16")).With(0).Error.ShouldNotContain("more");
        var more = SampleStudy.Planned("kaaaaaac", 30);
        await _ledger.AddGroupAsync(more.Group, more.Runs, CancellationToken.None);
        (await _place.Run("runs")).With(0).Saying("and 26 more runs: tenfold runs -n 46");
        (await _place.Json("runs", "--json")).GetArrayLength().ShouldBe(46);
        (await _place.Json("runs", "--json", "-n", "7")).GetArrayLength().ShouldBe(7);
        (await _place.Json("runs", "--json", "--page", "3")).GetArrayLength().ShouldBe(6);
        (await _place.Run("runs", "--groups", "-n", "1")).With(0).Saying("and more groups: tenfold runs --groups -n 2");
    }

    [Fact]
    public async Task Trials_are_completed_only_after_their_studys_id()
    {
        await SampleStudy.FillAsync(_ledger);
        (await SuggestedAsync("tenfold show k")).ShouldBe(["kaaaaaaa", "kaaaaaab", "kaaaaaab-1", "kaaaaaab-2"], ignoreOrder: true);
        (await SuggestedAsync("tenfold cancel kaaaaaaa-t1")).ShouldBe(
            [.. new[] { 1, 10, 11, 12 }.SelectMany(i => new[] { $"kaaaaaaa-t{i}", $"kaaaaaaa-t{i}-1" })], ignoreOrder: true);
    }

    private async Task<string[]> SuggestedAsync(string line) =>
        (await _place.Run($"[suggest:{line.Length}]", line)).With(0).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
