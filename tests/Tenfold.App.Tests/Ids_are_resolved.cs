using Tenfold.Sql;

namespace Tenfold.App.Tests;

/// <summary>A prefix of an id resolves to a study, a group or a run.</summary>
public sealed class Ids_are_resolved : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SqlLedger _ledger;
    private readonly IdResolver _ids;

    public Ids_are_resolved()
    {
        _ledger = new SqlLedger(new SqliteDatabase(Path.Combine(_folder.Path, "ledger.db")));
        _ids = new IdResolver(_ledger, _ledger);
    }

    public void Dispose() => _folder.Dispose();

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
    public async Task Any_unique_prefix_of_an_id_is_enough(string prefix, string id)
    {
        await SampleStudy.FillAsync(_ledger);
        (await _ids.ResolveAsync(prefix, CancellationToken.None)).Value().ShouldBe(id);
    }

    [Theory]
    [InlineData("ka", "'ka' matches 2 ids: kaaaaaaa, kaaaaaab;")]
    [InlineData("kaaaaaaa-t", "matches 12 ids: kaaaaaaa-t1, kaaaaaaa-t2,")]
    [InlineData("kaaaaaaa-c2-", "matches 2 ids: kaaaaaaa-c2-1, kaaaaaaa-c2-2;")]
    [InlineData("z", "no study, group or run begins with 'z'")]
    public async Task An_ambiguous_or_unknown_id_is_refused(string prefix, string words)
    {
        await SampleStudy.FillAsync(_ledger);
        (await _ids.ResolveAsync(prefix, CancellationToken.None)).Refusal().Message.ShouldContain(words);
    }

    [Fact]
    public async Task A_studys_id_resolves_to_the_study()
    {
        await SampleStudy.FillAsync(_ledger);
        (await _ids.ResolveStudyAsync("kaaaaaaa", CancellationToken.None)).Value().Id.ShouldBe("kaaaaaaa");
        (await _ids.ResolveStudyAsync("kaaaaaab", CancellationToken.None)).Refusal()
            .ShouldBeNotFound("kaaaaaab is a group, not a study");
        (await _ids.ResolveStudyAsync("kaaaaaaa-t3", CancellationToken.None)).Refusal()
            .ShouldBeNotFound("kaaaaaaa-t3 is a group, not a study; its study is kaaaaaaa");
        (await _ids.ResolveStudyAsync("kaaaaaaa-t3-1", CancellationToken.None)).Refusal()
            .ShouldBeNotFound("kaaaaaaa-t3-1 is a run, not a study; its study is kaaaaaaa");
    }

    [Fact]
    public async Task A_study_is_refused_as_a_group_or_run_with_a_hint()
    {
        await SampleStudy.FillAsync(_ledger);
        (await _ids.ResolveGroupAsync("kaaaaaaa", CancellationToken.None)).Refusal()
            .ShouldBeNotFound("kaaaaaaa is a study, not a group; `tenfold show kaaaaaaa` lists its trials: kaaaaaaa-t1");
        (await _ids.ResolveRunAsync("kaaaaaaa", CancellationToken.None)).Refusal()
            .ShouldBeNotFound("kaaaaaaa is a study, not a run");
        (await _ids.ResolveGroupOrRunAsync("kaaaaaaa", CancellationToken.None)).Refusal()
            .ShouldBeNotFound("kaaaaaaa is a study, not a group or a run");
        (await _ids.ResolveGroupAsync("kaaaaaaa-t3-1", CancellationToken.None)).Refusal().ShouldBeNotFound("its group is kaaaaaaa-t3");
        (await _ids.ResolveGroupAsync("kaaaaaaa-t3", CancellationToken.None)).Value().Id.ShouldBe("kaaaaaaa-t3");
        (await _ids.ResolveRunAsync("kaaaaaaa-t3", CancellationToken.None)).Value().Id.ShouldBe("kaaaaaaa-t3-1");
        (await _ids.ResolveRunAsync("kaaaaaaa-c2", CancellationToken.None)).Refusal().ShouldBeNotFound("kaaaaaaa-c2 is a group of 2 runs");
    }

    [Fact]
    public async Task A_studys_runs_are_those_of_its_trials_and_confirmations()
    {
        await SampleStudy.FillAsync(_ledger);
        var runs = (await _ids.ResolveRunsAsync("kaaaaaaa", CancellationToken.None)).Value();
        runs.Select(run => run.Id).ShouldBe([.. Enumerable.Range(1, 12).Select(i => $"kaaaaaaa-t{i}-1"), "kaaaaaaa-c2-1", "kaaaaaaa-c2-2"]);
        (await _ids.ResolveRunsAsync("kaaaaaaa-t1", CancellationToken.None)).Value().Select(run => run.Id).ShouldBe(["kaaaaaaa-t1-1"]);
        (await _ids.ResolveRunsAsync("kaaaaaab-2", CancellationToken.None)).Value().Select(run => run.Id).ShouldBe(["kaaaaaab-2"]);
    }
}
