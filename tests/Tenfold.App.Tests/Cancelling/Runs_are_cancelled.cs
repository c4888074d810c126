using Tenfold.App.Cancelling;
using Tenfold.Core.Ledger;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;
using Tenfold.Sql;

namespace Tenfold.App.Tests.Cancelling;

public sealed class Runs_are_cancelled
{
    [Fact]
    public async Task A_group_that_waits_in_this_machines_queue_is_cancelled_at_once()
    {
        using var workspace = new Workspace();
        var group = await workspace.RecordAsync(request => request with { Repeat = 3 });
        var result = (await CancelAsync(workspace, group.Id[..4])).Value();
        result.Runs.Order().ShouldBe([$"{group.Id}-1", $"{group.Id}-2", $"{group.Id}-3"]);
        (result.Faults.Count, result.OtherControllers.Count, result.Studies.Count).ShouldBe((0, 0, 0));
        (await StatesAsync(workspace, group)).ShouldAllBe(state => state == RunState.Cancelled);
        workspace.Services.Queue.Waiting().ShouldBeEmpty();
    }

    [Fact]
    public async Task Only_the_named_run_is_cancelled_and_only_once()
    {
        using var workspace = new Workspace();
        var group = await workspace.RecordAsync(request => request with { Repeat = 3 });
        (await CancelAsync(workspace, $"{group.Id}-2", $"{group.Id}-2")).Value().Runs.ShouldBe([$"{group.Id}-2"]);
        (await StatesAsync(workspace, group)).ShouldBe([RunState.Queued, RunState.Cancelled, RunState.Queued]);
        (await CancelAsync(workspace, $"{group.Id}-2")).Value().Runs.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_unknown_id_is_refused_and_no_run_is_cancelled()
    {
        using var workspace = new Workspace();
        var group = await workspace.RecordAsync();
        (await CancelAsync(workspace, group.Id, "zz")).Refusal().ShouldBeNotFound("begins with 'zz'");
        (await StatesAsync(workspace, group)).ShouldBe([RunState.Queued]);
    }

    [Fact]
    public async Task Cancelling_a_study_ends_it_and_requests_the_end_of_its_runs()
    {
        using var workspace = new Workspace((options, folder) => options with { Ledger = folder["team.db"] });
        await SampleStudy.FillAsync(new SqlLedger(workspace.Services.Database));
        var result = (await CancelAsync(workspace, "kaaaaaaa")).Value();
        result.Studies.Select(study => study.State).ShouldBe([StudyState.Confirming]);
        result.Runs.Count.ShouldBe(14);
        (await workspace.Services.Studies.FindStudyAsync("kaaaaaaa", CancellationToken.None))!.State.ShouldBe(StudyState.Cancelled);
        result.OtherControllers.ShouldNotBeEmpty("no machine here has the study's target");
        var other = await workspace.Services.Ledger.ListRunsAsync("kaaaaaab", CancellationToken.None);
        other.ShouldAllBe(run => run.Run.CancelRequestedAt == null);
    }

    [Fact]
    public async Task A_cancelled_run_can_be_retried_and_a_waiting_run_can_not()
    {
        using var workspace = new Workspace();
        var group = await workspace.RecordAsync(request => request with { Repeat = 2 });
        var retrier = new RunRetrier(workspace.Services);
        (await retrier.RetryAsync([group.Id], CancellationToken.None)).Refusal().Message.ShouldContain("nothing to retry");
        await CancelAsync(workspace, $"{group.Id}-1");
        var result = (await retrier.RetryAsync([group.Id], CancellationToken.None)).Value();
        result.Runs.ShouldBe([$"{group.Id}-1"]);
        result.Groups.ShouldHaveSingleItem().WhyNotHere.ShouldBeNull();
        var run = (await workspace.Services.Ledger.ListRunsAsync(group.Id, CancellationToken.None))[0].Run;
        (run.State, run.Attempts).ShouldBe((RunState.Queued, 2));
    }

    [Fact]
    public async Task A_fault_of_this_machine_does_not_keep_a_cancel_or_a_retry_from_being_recorded()
    {
        using var workspace = new Workspace();
        var group = await workspace.RecordAsync();
        var queue = workspace.Services.Queue.Folder;
        Directory.Delete(queue, recursive: true);
        await File.WriteAllTextAsync(queue, "no folder");
        var result = (await CancelAsync(workspace, group.Id)).Value();
        result.Runs.ShouldBe([$"{group.Id}-1"]);
        (await workspace.Services.Ledger.ListRunsAsync(group.Id, CancellationToken.None)).ShouldHaveSingleItem()
            .Run.CancelRequestedAt.ShouldNotBeNull();
        (await new RunRetrier(workspace.Services).RetryAsync([group.Id], CancellationToken.None)).Value().Runs.ShouldBe([$"{group.Id}-1"]);
    }

    private static Task<Outcome<CancelResult>> CancelAsync(Workspace workspace, params string[] ids) =>
        new RunCanceller(workspace.Services).CancelAsync(ids, CancellationToken.None);

    private static async Task<IReadOnlyList<RunState>> StatesAsync(Workspace workspace, GroupRecord group) =>
        [.. (await workspace.Services.Ledger.ListRunsAsync(group.Id, CancellationToken.None)).Select(run => run.Run.State)];
}
