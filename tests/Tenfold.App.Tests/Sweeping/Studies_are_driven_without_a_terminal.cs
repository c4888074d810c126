using Tenfold.App.Sweeping;
using Tenfold.Core.Ledger;
using Tenfold.Core.Studies;
using Tenfold.Sql;

namespace Tenfold.App.Tests.Sweeping;

/// <summary>As a server drives them.</summary>
public sealed class Studies_are_driven_without_a_terminal : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly Workspace _workspace = new();

    public Studies_are_driven_without_a_terminal()
    {
        _workspace.Configure("  params: { rate: 0.5 }");
        _workspace.Configure("sweep: { parameters: { rate: { min: 0.0, max: 1.0 } }, trials: 4, parallel: 2 }");
    }

    private IStudyLedger Studies => _workspace.Services.Studies;

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task An_own_study_gets_its_trials_and_a_study_of_another_home_gets_none()
    {
        var (own, other) = (await PlanAsync(), await PlanAsync());
        await Studies.AddStudyAsync(own, None);
        await new SqlLedger(_workspace.Services.Database, WorkKey.New()).AddStudyAsync(other, None);
        (await new StudyRounds(_workspace.Services).RunAsync(None)).ShouldBeEmpty();
        (await Studies.ListTrialsAsync(own.Id, None)).Count.ShouldBe(2);
        (await Studies.ListTrialsAsync(other.Id, None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_study_is_open_until_its_confirmation_has_ended()
    {
        var (confirming, ended) = (await PlanAsync(), await PlanAsync());
        foreach (var study in new[] { confirming, ended }) await Studies.AddStudyAsync(study, None);
        (await Studies.ChangeStudyAsync(confirming.Id, StudyState.Confirming, null, confirming.CreatedAt, None)).ShouldBeTrue();
        (await Studies.ChangeStudyAsync(ended.Id, StudyState.Cancelled, null, ended.CreatedAt, None)).ShouldBeTrue();
        (await Studies.ListOpenStudiesAsync(None)).ShouldBe([confirming.Id]);
        (await new StudyRounds(_workspace.Services).RunAsync(None)).ShouldBeEmpty();
    }

    private async Task<StudyRecord> PlanAsync() => (await new StudyPlanner(_workspace.Services)
        .PlanAsync(new SweepRequest { Folder = _workspace.Project }, None)).Value().Study;
}
