using System.Text.Json.Nodes;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Targets.Slurm;
using Tenfold.Targets.Slurm.Jobs;
using Tenfold.Targets.Slurm.Observe;
using Tenfold.Targets.Slurm.Rest;
using Tenfold.Targets.Slurm.Submit;
using Tenfold.Targets.Tests.Conformance;

namespace Tenfold.Targets.Tests.Slurm.Rest;

public sealed class Newer_versions_of_slurmrestd_are_used
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<int> Versions => [40, 41, 42, 43, 44, 45];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task An_array_is_submitted_listed_and_cancelled_in_each_version(int version)
    {
        using var bench = new RestBench(version);
        (await bench.Slurm.SubmitAsync(RestBench.Full, Cancel)).ShouldBe(new SubmitAnswer(SubmitKind.Accepted));
        var sent = bench.Server.Submitted!["job"]!;
        ((string?)sent["script"]).ShouldBe(RestBench.Full.Script);
        sent["environment"]!.AsArray().Select(variable => (string?)variable).ShouldBe(["PATH=/usr/bin", "SECRET=a=b"]);
        ((int)sent["time_limit"]!["number"]!, (int)sent["memory_per_node"]!["number"]!, (bool)sent["memory_per_node"]!["set"]!).ShouldBe(
            (75, 4096, true));
        ((string?)sent["tres_per_node"], (bool)sent["requeue"]!, (string?)sent["array"], (string?)sent["constraints"]).ShouldBe(
            ("gres/gpu:2", false, "0-3%2", "a100"));
        ((string?)sent["kill_warning_signal"], (string?)sent["kill_warning_flags"]![0], (int)sent["kill_warning_delay"]!["number"]!)
            .ShouldBe(("TERM", "BATCH_JOB", 90));

        var queue = bench.Server.Queue;
        queue.Split(101, 0, ["RUNNING"], StandInQueue.ExitCode(0));
        queue.Split(101, 1, ["FAILED"], StandInQueue.ExitCode(70), reason: "NonZeroExitCode");
        queue.Add("bob", JsonNode.Parse($$"""{"array":"0-3","name":"x","comment":"{{RestBench.Full.Label.Comment}}"}""")!);
        var jobs = await bench.Slurm.ListJobsAsync(Cancel);
        jobs.Select(job => (job.Handle, job.State, job.Reason, job.Nodes)).ShouldBe(
            [("101_[2-3]", "PENDING", "Resources", ""), ("101_0", "RUNNING", "None", "n1"), ("101_1", "FAILED", "NonZeroExitCode", "n1")]);
        jobs.ShouldAllBe(job => job.Comment == RestBench.Full.Label.Comment);
        JobStates.ScriptExit(jobs[2]).ShouldBe(70);

        var before = bench.Server.Requests.Count;
        await bench.Slurm.CancelAsync([jobs[0] with { Indices = [3] }, jobs[1]], Cancel);
        (bench.Server.Requests.Count - before).ShouldBe(1);
        (await bench.Slurm.ListJobsAsync(Cancel)).Select(job => (job.Handle, job.State))
            .ShouldBe([("101_2", "PENDING"), ("101_0", "COMPLETING"), ("101_1", "FAILED")]);
        (await bench.Slurm.SubmitAsync(RestBench.Bare, Cancel)).Kind.ShouldBe(SubmitKind.Accepted);
        (await bench.Slurm.ListPartitionsAsync(Cancel)).ShouldBe([new Partition("main", IsDefault: true, null)]);
        bench.Server.Faults.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_description_hides_the_values_of_variables(int version)
    {
        using var bench = new RestBench(version);
        await bench.Slurm.GetFactsAsync(Cancel);
        var text = bench.Slurm.Describe(RestBench.Full);
        text.ShouldStartWith($"POST slurm/v0.0.{version}/job/submit to {bench.Server.Address}");
        text.ShouldContain("SECRET=…");
        text.ShouldNotContain("a=b");
    }

    [Theory]
    [InlineData("RUNNING", "RUNNING")]
    [InlineData("PENDING,REQUEUED", "REQUEUED")]
    [InlineData("CANCELLED,COMPLETING", "COMPLETING")]
    [InlineData("RUNNING,CONFIGURING,POWER_UP_NODE", "CONFIGURING")]
    [InlineData("PENDING,EXPEDITING", "PENDING")]
    [InlineData("LAUNCH_FAILED,FAILED", "FAILED")]
    [InlineData("PENDING,SPECIAL_EXIT", "SPECIAL_EXIT")]
    [InlineData("NODE_FAIL", "NODE_FAIL")]
    public void A_state_of_several_flags_becomes_squeues_word(string flags, string word) =>
        RestJobState.Word(flags.Split(',')).ShouldBe(word);

    [Fact]
    public async Task Signals_and_missing_exit_codes_are_read()
    {
        using var bench = new RestBench(43);
        await bench.Slurm.SubmitAsync(RestBench.Bare, Cancel);
        bench.Server.Queue.Split(101, 0, ["FAILED"], StandInQueue.ExitCode(null, signal: 9));
        bench.Server.Queue.Split(101, 1, ["RUNNING"], StandInQueue.ExitCode(null));
        bench.Server.Queue.Split(101, 2, ["COMPLETED"], StandInQueue.ExitCode(0));
        (await bench.Slurm.ListJobsAsync(Cancel)).Select(job => job.WaitStatus).ShouldBe([0, 9, null, 0]);
        bench.Server.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_list_that_was_cut_is_read_as_far_as_it_goes()
    {
        using var bench = new RestBench(44);
        bench.Server.Queue.Add(StandInSlurmrestd.User, JsonNode.Parse("""{"array":"0,2,4,10-12...","name":"x"}""")!);
        var job = (await bench.Slurm.ListJobsAsync(Cancel)).Single();
        job.Indices.ShouldBe([0, 2, 4]);
        job.HasMore.ShouldBeTrue();
    }

    [Fact]
    public async Task Jobs_without_a_user_name_are_included()
    {
        using var bench = new RestBench(43);
        bench.Server.Queue.Add("", JsonNode.Parse("""{"array":"0","name":"x"}""")!);
        (await bench.Slurm.ListJobsAsync(Cancel)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Partitions_have_limits_and_the_default_is_known_if_it_is_reported()
    {
        foreach (var version in new[] { 44, 45 })
        {
            using var bench = new RestBench(version);
            bench.Server.Partitions = [("main", 600, 30), ("long", null, null)];
            (await bench.Slurm.ListPartitionsAsync(Cancel))
                .ShouldBe([new Partition("main", IsDefault: version == 45, 600, 30), new Partition("long", IsDefault: false, null)]);
            bench.Server.Faults.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Ended_jobs_are_read_from_accounting()
    {
        using var bench = new RestBench(43);
        bench.Server.Accounting = "accounting_storage/slurmdbd";
        foreach (var (task, range, state, name) in new[] { ((int?)0, "", "COMPLETED", "k7m2xqab-[1-4]-1"),
            (1, "", "NODE_FAIL", "k7m2xqab-[1-4]-1"), (null, "2-3%2", "CANCELLED", "k7m2xqab-[1-4]-1"), (0, "", "RUNNING", "k7m2xqac-1-1"),
            (0, "", "FAILED", "wrap") })
            bench.Server.Queue.Accounting.Add(new JsonObject
            {
                ["job_id"] = 20,
                ["array"] = new JsonObject { ["job_id"] = 12, ["task_id"] = StandInQueue.NoVal(task), ["task"] = range },
                ["name"] = name,
                ["user"] = StandInSlurmrestd.User,
                ["state"] = new JsonObject { ["current"] = new JsonArray(state), ["reason"] = "None" },
                ["exit_code"] = StandInQueue.ExitCode(0),
                ["nodes"] = "None assigned",
            });
        var ended = (await bench.Slurm.ListAccountedJobsAsync(Cancel)).ShouldNotBeNull();
        ended.Select(job => (job.Handle, job.State, job.Nodes))
            .ShouldBe([("12_0", "COMPLETED", ""), ("12_1", "NODE_FAIL", ""), ("12_[2-3]", "CANCELLED", "")]);
        var view = new QueueView(ended);
        JobStates.ToBackendState(view.Find("k7m2xqab-4-1").ShouldNotBeNull()).End.ShouldBe(Core.Attempts.Ending.Cancelled);
        bench.Server.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Accounting_is_not_asked_where_there_is_none()
    {
        using var bench = new RestBench(43);
        (await bench.Slurm.ListAccountedJobsAsync(Cancel)).ShouldBeNull();
        bench.Server.Requests.ShouldNotContain(request => request.Contains("slurmdb"));
        using var withoutPlugin = new RestBench(43);
        withoutPlugin.Server.Accounting = "accounting_storage/slurmdbd";
        withoutPlugin.Server.Failure = ("slurmdb", 404, "Unable find requested URL.", true);
        for (var round = 0; round < 2; round++) (await withoutPlugin.Slurm.ListAccountedJobsAsync(Cancel)).ShouldBeNull();
        withoutPlugin.Server.Requests.Count(request => request.Contains("slurmdb")).ShouldBe(1);
        using var down = new RestBench(43);
        down.Server.Accounting = "accounting_storage/slurmdbd";
        down.Server.Failure = ("slurmdb", 502, "Unable to connect to database", false);
        (await Should.ThrowAsync<TargetException>(() => down.Slurm.ListAccountedJobsAsync(Cancel))).Message.ShouldContain(
            "Unable to connect to database");
    }

    [Fact]
    public async Task A_thousand_attempts_are_submitted_observed_and_cancelled_with_few_requests()
    {
        using var bench = new RestBench(43);
        var target = new SlurmTarget(
            bench.Slurm, new FolderStore(bench.Folder["store"]), bench, Sessions.Own, _ => null, TimeProvider.System);
        var assignments = await Work.AssignAsync(new FolderStore(bench.Folder["store"]), bench.Folder, "true", 1000);
        string[] attempts = [.. assignments.Select(assignment => assignment.Attempt)];
        (await target.StartAsync(assignments, Cancel)).ShouldAllBe(outcome => outcome == StartOutcome.Started);
        var before = bench.Server.Requests.Count;
        (await target.ObserveAsync(attempts, Cancel)).ShouldAllBe(state => state.Kind == BackendKind.Waiting);
        (bench.Server.Requests.Count - before).ShouldBe(1);
        // Every second element, so that the list of the others is as long as possible.
        await target.StopAsync([.. attempts.Where((_, i) => i % 2 == 0)], Cancel);
        (bench.Server.Requests.Count - before).ShouldBe(3);
        (await target.ObserveAsync(attempts, Cancel)).Count(state => state.Kind == BackendKind.Waiting).ShouldBe(500);
        bench.Server.Faults.ShouldBeEmpty();
    }
}
