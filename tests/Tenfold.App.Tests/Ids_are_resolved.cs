using Tenfold.Sql;

namespace Tenfold.App.Tests;

/// <summary>Which study, group or run the beginning of an id means.</summary>
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
    public async Task Any_unique_beginning_of_an_id_is_enough(string prefix, string id)
    {
        await SampleStudy.FillAsync(_ledger);
        (await _ids.AnyAsync(prefix, CancellationToken.None)).Value().ShouldBe(id);
    }

    [Theory]
    [InlineData("ka", "'ka' fits 2: kaaaaaaa, kaaaaaab;")]
    [InlineData("kaaaaaaa-t", "fits 12: kaaaaaaa-t1, kaaaaaaa-t2,")]
    [InlineData("kaaaaaaa-c2-", "fits 2: kaaaaaaa-c2-1, kaaaaaaa-c2-2;")]
    [InlineData("z", "no study, group or run begins with 'z'")]
    public async Task An_ambiguous_or_unknown_id_is_refused(string prefix, string words)
    {
        await SampleStudy.FillAsync(_ledger);
        (await _ids.AnyAsync(prefix, CancellationToken.None)).Refusal().Message.ShouldContain(words);
    }

    [Fact]
    public async Task A_study_is_found_where_a_study_is_wanted()
    {
        await SampleStudy.FillAsync(_ledger);
        (await _ids.StudyAsync("kaaaaaaa", CancellationToken.None)).Value().Id.ShouldBe("kaaaaaaa");
        (await _ids.StudyAsync("kaaaaaab", CancellationToken.None)).Refusal()
            .ShouldBeNotFound("kaaaaaab is a group, and a study is wanted here");
        (await _ids.StudyAsync("kaaaaaaa-t3", CancellationToken.None)).Refusal()
            .ShouldBeNotFound("kaaaaaaa-t3 is a group, and a study is wanted here: its study is kaaaaaaa");
        (await _ids.StudyAsync("kaaaaaaa-t3-1", CancellationToken.None)).Refusal()
            .ShouldBeNotFound("kaaaaaaa-t3-1 is a run, and a study is wanted here: its study is kaaaaaaa");
    }

    [Fact]
    public async Task A_study_where_a_group_or_run_is_wanted_is_refused_with_a_hint()
    {
        await SampleStudy.FillAsync(_ledger);
        (await _ids.GroupAsync("kaaaaaaa", CancellationToken.None)).Refusal()
            .ShouldBeNotFound("kaaaaaaa is a study, and a group is wanted here; `tenfold show kaaaaaaa` lists its trials: kaaaaaaa-t1");
        (await _ids.RunAsync("kaaaaaaa", CancellationToken.None)).Refusal()
            .ShouldBeNotFound("kaaaaaaa is a study, and one run is wanted here");
        (await _ids.GroupOrRunAsync("kaaaaaaa", CancellationToken.None)).Refusal()
            .ShouldBeNotFound("kaaaaaaa is a study, and a group or a run is wanted here");
        (await _ids.GroupAsync("kaaaaaaa-t3-1", CancellationToken.None)).Refusal().ShouldBeNotFound("its group is kaaaaaaa-t3");
        (await _ids.GroupAsync("kaaaaaaa-t3", CancellationToken.None)).Value().Id.ShouldBe("kaaaaaaa-t3");
        (await _ids.RunAsync("kaaaaaaa-t3", CancellationToken.None)).Value().Id.ShouldBe("kaaaaaaa-t3-1");
        (await _ids.RunAsync("kaaaaaaa-c2", CancellationToken.None)).Refusal().ShouldBeNotFound("kaaaaaaa-c2 is a group of 2 runs");
    }

    [Fact]
    public async Task A_studys_runs_are_those_of_its_trials_and_confirmations()
    {
        await SampleStudy.FillAsync(_ledger);
        var runs = (await _ids.RunsAsync("kaaaaaaa", CancellationToken.None)).Value();
        runs.Select(run => run.Id).ShouldBe([.. Enumerable.Range(1, 12).Select(i => $"kaaaaaaa-t{i}-1"), "kaaaaaaa-c2-1", "kaaaaaaa-c2-2"]);
        (await _ids.RunsAsync("kaaaaaaa-t1", CancellationToken.None)).Value().Select(run => run.Id).ShouldBe(["kaaaaaaa-t1-1"]);
        (await _ids.RunsAsync("kaaaaaab-2", CancellationToken.None)).Value().Select(run => run.Id).ShouldBe(["kaaaaaab-2"]);
    }
}
