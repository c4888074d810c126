using Tenfold.Aws.Double.Faults;
using Tenfold.Aws.Jobs;
using Tenfold.Aws.SageMaker;
using Tenfold.Aws.SageMaker.Observe;
using Tenfold.Aws.SageMaker.Submit;
using Tenfold.Aws.Secrets;
using Tenfold.Aws.Tests.Double;
using Tenfold.Aws.Tests.Servers;
using Tenfold.Core.Attempts;
using Tenfold.Core.Reasons;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Tests.SageMaker;

public sealed class Jobs_are_created_once(S3Server server) : IClassFixture<S3Server>
{
    [Fact]
    public async Task An_answer_that_is_lost_after_the_call_took_effect_creates_no_second_job()
    {
        await using var bench = Bench();
        var assignments = await bench.AssignAsync("true", 3);
        bench.Aws.Faults.Add("sagemaker", "CreateTrainingJob", Fault.LostAnswer);
        (await bench.Target.StartAsync(assignments, default)).ShouldAllBe(outcome => outcome == StartOutcome.Started);
        bench.Aws.SageMaker.Names.ShouldBe(assignments.Select(SageMakerBench.JobOf));
    }

    [Fact]
    public async Task A_job_that_is_not_visible_yet_is_not_created_again_and_is_not_gone()
    {
        await using var bench = Bench(hiddenCalls: 4);
        var assignment = (await bench.AssignAsync("true"))[0];
        (await bench.Target.StartAsync([assignment], default)).Single().ShouldBe(StartOutcome.Started);
        // Another process, whose listing does not show the job.
        var other = bench.Reopen();
        (await other.StartAsync([assignment], default)).Single().ShouldBe(StartOutcome.Started);
        (await bench.Reopen().ObserveAsync([assignment.Attempt], default))[0].Kind.ShouldBe(BackendKind.Unknown);
        (await other.ObserveAsync([assignment.Attempt], default))[0].Kind.ShouldNotBe(BackendKind.Gone);
        bench.Aws.SageMaker.Names.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("LostRequest")]
    [InlineData("ServerError")]
    public async Task A_request_without_effect_is_sent_again(string fault)
    {
        await using var bench = Bench();
        var assignment = (await bench.AssignAsync("true"))[0];
        bench.Aws.Faults.Add("sagemaker", "CreateTrainingJob", fault == "LostRequest" ? Fault.LostRequest : Fault.ServerError, times: 2);
        var first = (await bench.Target.StartAsync([assignment], default)).Single();
        (first.Kind, FactOf(first.Reason)).ShouldBe((StartKind.NoCapacity, "submission-unanswered"));
        (await bench.Reopen().StartAsync([assignment], default)).Single().ShouldBe(StartOutcome.Started);
        bench.Aws.SageMaker.Names.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Throttled_submissions_are_repeated_and_then_wait()
    {
        await using var bench = Bench();
        var assignments = await bench.AssignAsync("true", 3);
        bench.Aws.Faults.Add("sagemaker", "CreateTrainingJob", Fault.Throttled, times: 2);
        (await bench.Target.StartAsync(assignments, default)).ShouldAllBe(outcome => outcome == StartOutcome.Started);
        bench.Aws.Faults.Add("sagemaker", "CreateTrainingJob", Fault.Throttled, times: null);
        var more = await bench.AssignAsync("true", 5);
        var before = bench.Aws.Calls.Count("sagemaker", "CreateTrainingJob");
        var outcomes = await bench.Target.StartAsync(more, default);
        outcomes.ShouldAllBe(outcome => outcome.Kind == StartKind.NoCapacity && FactOf(outcome.Reason) == "submissions-throttled");
        // The first attempt that is throttled for good ends the round.
        (bench.Aws.Calls.Count("sagemaker", "CreateTrainingJob") - before).ShouldBeLessThanOrEqualTo(5);
    }

    [Fact]
    public async Task A_permission_and_a_quota_that_are_missing_say_what_to_do()
    {
        await using var bench = Bench();
        bench.Aws.Faults.Add("sagemaker", "CreateTrainingJob", Fault.Denied);
        var denied = (await bench.Target.StartAsync(await bench.AssignAsync("true"), default)).Single();
        (denied.Kind, FactOf(denied.Reason)).ShouldBe((StartKind.Denied, "denied"));
        var gpu = await bench.AssignAsync("true", """{"instance_type": "ml.g5.xlarge"}""");
        var quota = (await bench.Target.StartAsync([gpu], default)).Single();
        (quota.Kind, FactOf(quota.Reason)).ShouldBe((StartKind.Quota, "quota-reached"));
        quota.Reason.Words()!.ShouldContain("Service Quotas");
        quota.Reason.Words()!.ShouldContain("ml.g5.xlarge for training job usage");
    }

    [Fact]
    public async Task Credentials_that_expire_in_mid_run_conclude_nothing()
    {
        await using var bench = Bench();
        var assignments = await bench.AssignAsync("true", 2);
        await bench.Target.StartAsync([assignments[0]], default);
        bench.Aws.ExpireUser();
        var other = bench.Reopen();
        (await Should.ThrowAsync<TargetException>(() => other.ObserveAsync([assignments[0].Attempt], default))).Message
            .ShouldContain("Training jobs that SageMaker has continue");
        await Should.ThrowAsync<TargetException>(() => other.StartAsync([assignments[1]], default));
        bench.Aws.ExpireUser(expired: false);
        (await other.StartAsync([assignments[1]], default)).Single().ShouldBe(StartOutcome.Started);
        bench.Aws.SageMaker.Names.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_name_that_someone_else_has_taken_is_refused()
    {
        await using var bench = Bench();
        var assignment = (await bench.AssignAsync("true"))[0];
        await bench.Target.StartAsync([assignment], default);
        using var client = new SageMakerClient(BatchFixture.OptionsOf(bench.Aws));
        var job = await client.DescribeTrainingJobAsync(new(SageMakerBench.JobOf(assignment)), default);
        await client.AddTagsAsync(new(job.TrainingJobArn, [new("tenfold:attempt", "another-1-1")]), default);
        var outcome = await StartWithoutListingAsync(bench, assignment);
        (outcome.Kind, FactOf(outcome.Reason)).ShouldBe((StartKind.Invalid, "name-taken"));
    }

    [Fact]
    public async Task A_job_whose_tags_are_not_visible_yet_is_not_refused()
    {
        await using var bench = Bench();
        var assignment = (await bench.AssignAsync("true"))[0];
        await bench.Target.StartAsync([assignment], default);
        bench.Aws.SageMaker.HideTags(SageMakerBench.JobOf(assignment));
        (await StartWithoutListingAsync(bench, assignment)).ShouldBe(StartOutcome.Started);
    }

    [Fact]
    public async Task An_attempt_whose_job_was_deleted_after_it_had_begun_never_starts_again()
    {
        await using var bench = Bench();
        var assignment = (await bench.AssignAsync("true"))[0];
        await bench.Target.StartAsync([assignment], default);
        await bench.Store.WriteAsync(AttemptKeys.Claim(assignment.Attempt), "{}"u8.ToArray(), default);
        await bench.TrainsAsync(assignment);
        bench.Aws.SageMaker.End(SageMakerBench.JobOf(assignment));
        await bench.UntilAsync(assignment, state => state.Kind == BackendKind.Gone);
        using var client = new SageMakerClient(BatchFixture.OptionsOf(bench.Aws));
        await client.DeleteTrainingJobAsync(new(SageMakerBench.JobOf(assignment)), default);
        (await bench.Reopen().StartAsync([assignment], default)).Single().ShouldBe(StartOutcome.Started);
        bench.Aws.SageMaker.Names.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_group_that_limits_its_runs_submits_no_more_of_them()
    {
        await using var bench = Bench();
        var assignments = await bench.AssignAsync("true", 3, spec => spec with { Parallel = 2 });
        var outcomes = await bench.Target.StartAsync(assignments, default);
        outcomes.Select(outcome => outcome.Kind).ShouldBe([StartKind.Started, StartKind.Started, StartKind.NoCapacity]);
        outcomes[2].Reason.ShouldBeOfType<Reason.WaitsForGroup>();
    }

    private static string? FactOf(Reason? reason) => (reason as Reason.OfBackend)?.Fact;

    private SageMakerBench Bench(int hiddenCalls = 0) => new(server, SageMakerBench.Imagined with { HiddenCalls = hiddenCalls });

    // As a process whose listing does not show the job yet.
    private static async Task<StartOutcome> StartWithoutListingAsync(SageMakerBench bench, Assignment assignment)
    {
        var time = TimeProvider.System;
        var connection = new SageMakerConnection(new SageMakerOptions { Stack = "tenfold" }, BatchFixture.OptionsOf(bench.Aws), time);
        var index = new TrainingIndex(connection, new CallPace(time), time);
        var secrets = new SecretStorage(connection.Aws, "user", _ => null, time);
        var submitter = new TrainingSubmitter(connection, bench.Store, bench.Agent, bench.Session, secrets, index, time);
        var place = await connection.GetPlaceAsync(default);
        return (await submitter.StartAsync([assignment], place, _ => Task.CompletedTask, default)).Single();
    }
}
