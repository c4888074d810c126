using Tenfold.Aws.Stacks;
using Tenfold.Aws.Tests.Scripted;
using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Tests.Stacks;

public sealed class A_plan_is_applied : StackFixture
{
    private const string Denied =
        "Resource handler returned message: \"You are not authorized to perform this operation. (Service: Ec2, Status Code: 403)\" " +
        "(RequestToken: 1f2e, HandlerErrorCode: AccessDenied)";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Each_resource_is_reported(bool isNew)
    {
        if (!isNew) Stacks.Make("CREATE_COMPLETE");
        (await ApplyAsync()).ShouldBeOfType<ApplyResult.Done>();
        var verb = isNew ? "CREATE" : "UPDATE";
        Happened.ShouldBe(
        [
            $"tenfold {verb}_IN_PROGRESS", $"Network {verb}_IN_PROGRESS", $"Network {verb}_COMPLETE", $"Bucket {verb}_IN_PROGRESS",
            $"Bucket {verb}_COMPLETE", $"tenfold {verb}_COMPLETE",
        ]);
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public async Task A_new_stack_whose_outputs_an_emulator_does_not_show_is_updated_once(bool losesOutputs, int updates)
    {
        Stacks.LosesOutputs = losesOutputs;
        (await ApplyAsync()).ShouldBeOfType<ApplyResult.Done>();
        Stacks.Stack.ShouldNotBeNull().Outputs.ShouldNotBeEmpty();
        CallsOf("UpdateStack").ShouldBe(updates);
        (await ApplyAsync()).ShouldBeOfType<ApplyResult.Done>();
        CallsOf("UpdateStack").ShouldBe(updates);
    }

    [Fact]
    public async Task A_new_stack_that_fails_leaves_nothing_and_an_update_retains()
    {
        await ApplyAsync();
        await ApplyAsync();
        var executed = Aws.Calls.Where(call => call.Operation == "ExecuteChangeSet").Select(call => call.Input).ToList();
        executed[0].GetProperty("RetainExceptOnCreate").GetString().ShouldBe("true");
        executed[1].TryGetProperty("RetainExceptOnCreate", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData(true, "ROLLBACK_COMPLETE")]
    [InlineData(false, "UPDATE_ROLLBACK_COMPLETE")]
    public async Task The_first_resource_that_failed_is_named_with_AWSs_reason(bool isNew, string status)
    {
        if (!isNew) Stacks.Make("CREATE_COMPLETE");
        Stacks.Failure = ("Bucket", Denied);
        var failed = (await ApplyAsync()).ShouldBeOfType<ApplyResult.Failed>();
        failed.ShouldBe(new ApplyResult.Failed(status, new StackFailure("Bucket", "AWS::S3::Bucket", Denied)));
        failed.First!.NextStep.ShouldContain("administrator");
    }

    [Theory]
    [InlineData("… (RequestToken: 1, HandlerErrorCode: ServiceLimitExceeded)", "higher quota")]
    [InlineData("… (RequestToken: 1, HandlerErrorCode: AlreadyExists)", "--stack")]
    [InlineData("… (RequestToken: 1, HandlerErrorCode: InvalidRequest)", "correct the setting")]
    [InlineData("… (RequestToken: 1, HandlerErrorCode: NotStabilized)", "try again")]
    [InlineData("API: iam:CreateRole (Service: AmazonIdentityManagement; Status Code: 403; Error Code: AccessDenied; Request ID: 1)", "allow")]
    [InlineData("Something that nobody has seen before", "correct the cause")]
    [InlineData("", "correct the cause")]
    public void The_next_step_follows_from_AWSs_code(string reason, string words) =>
        new StackFailure("R", "T", reason).NextStep.ShouldContain(words);

    [Fact]
    public async Task Events_of_earlier_changes_are_not_reported_again()
    {
        await ApplyAsync();
        Stacks.Failure = ("Network", "no");
        await ApplyAsync();
        Stacks.Failure = null;
        var before = Happened.Count;
        (await ApplyAsync()).ShouldBeOfType<ApplyResult.Done>();
        Happened.Skip(before).ShouldAllBe(line => !line.Contains("FAILED") && !line.Contains("CREATE"));
    }

    [Fact]
    public async Task An_answer_that_was_lost_after_the_change_began_does_no_harm()
    {
        var plan = await PlanAsync();
        var stacks = Stacks;
        var isFirst = true;
        Aws.Handle("ExecuteChangeSet", call =>
        {
            var reply = stacks.Execute(call.Input);
            if (!isFirst) return reply;
            isFirst = false;
            return AwsReply.Lost;
        });
        (await Applier.ApplyAsync(plan, Report, default)).ShouldBeOfType<ApplyResult.Done>();
        CallsOf("ExecuteChangeSet").ShouldBe(2);
        Stacks.Stack!.Status.ShouldBe("CREATE_COMPLETE");
    }

    [Fact]
    public async Task A_plan_that_another_process_has_replaced_is_outdated()
    {
        var plan = await PlanAsync();
        await PlanAsync();
        (await Applier.ApplyAsync(plan, Report, default)).ShouldBeOfType<ApplyResult.Outdated>();
        Happened.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(400, "Throttling", "Rate exceeded")]
    [InlineData(503, "ServiceUnavailable", "try later")]
    public async Task Faults_that_pass_do_not_end_it(int status, string code, string message)
    {
        var plan = await PlanAsync();
        var count = 0;
        var stacks = Stacks;
        Aws.Handle("DescribeStackEvents", call =>
            ++count is > 3 and < 20 ? AwsReply.Error(status, code, message) : stacks.Events(call.Input));
        (await Applier.ApplyAsync(plan, Report, default)).ShouldBeOfType<ApplyResult.Done>();
        Happened[^1].ShouldBe("tenfold CREATE_COMPLETE");
    }

    [Fact]
    public async Task With_expired_credentials_AWS_goes_on_and_the_next_command_watches()
    {
        for (var i = 0; i < 5; i++) Stacks.Template.Add(($"Subnet{i}", "AWS::EC2::Subnet"));
        var plan = await PlanAsync();
        var stacks = Stacks;
        var isExpired = true;
        Aws.Handle("DescribeStackEvents", call => isExpired && Happened.Count > 2
            ? AwsReply.Error(403, "ExpiredToken", "The security token included in the request is expired") : stacks.Events(call.Input));
        (await Applier.ApplyAsync(plan, Report, default)).ShouldBeOfType<ApplyResult.Unwatched>().Fault.ShouldContain("expired");
        isExpired = false;
        (await Planner.PlanAsync(new StackSettings(), true, default)).ShouldBeOfType<PlanResult.InProgress>();
        (await Applier.WatchAsync(Report, default)).ShouldBeOfType<ApplyResult.Done>();
        Happened.ShouldContain("Bucket CREATE_COMPLETE");
    }

    [Fact]
    public async Task Without_permission_nothing_begins()
    {
        var plan = await PlanAsync();
        Aws.On("ExecuteChangeSet", AwsReply.Error(403, "AccessDenied", "not authorized to perform: cloudformation:ExecuteChangeSet"));
        var fault = await Should.ThrowAsync<AwsException>(() => Applier.ApplyAsync(plan, Report, default));
        (fault.Fault, fault.MayHaveTakenEffect).ShouldBe((AwsFault.Denied, false));
        Happened.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_stack_that_somebody_deletes_meanwhile_is_gone()
    {
        var plan = await PlanAsync();
        Stacks.OnExecute = () => Aws.Handle("DescribeStackEvents", call =>
        {
            if (Stacks.Stack is not null) Stacks.Vanish();
            return Stacks.Events(call.Input);
        });
        (await Applier.ApplyAsync(plan, Report, default)).ShouldBeOfType<ApplyResult.Gone>();
    }

    [Fact]
    public async Task A_stack_whose_creation_failed_is_removed_and_made_again()
    {
        Stacks.Failure = ("Network", "no");
        await ApplyAsync();
        Stacks.Failure = null;
        (await Applier.RemoveFailedAsync(Report, default)).ShouldBeOfType<ApplyResult.Done>();
        (await ApplyAsync()).ShouldBeOfType<ApplyResult.Done>();
        Stacks.Stack!.Status.ShouldBe("CREATE_COMPLETE");
    }

    [Theory]
    [InlineData("CREATE_COMPLETE")]
    [InlineData("UPDATE_ROLLBACK_COMPLETE")]
    public async Task A_stack_that_works_is_never_removed_as_a_failed_one(string status)
    {
        Stacks.Make(status);
        (await Applier.RemoveFailedAsync(Report, default)).ShouldBeOfType<ApplyResult.Outdated>();
        CallsOf("DeleteStack").ShouldBe(0);
    }

    [Fact]
    public async Task A_failed_way_back_is_continued_and_can_leave_out_a_resource()
    {
        Stacks.Make("CREATE_COMPLETE");
        (Stacks.Failure, Stacks.RollbackFails) = (("Bucket", "no"), true);
        (await ApplyAsync()).ShouldBeOfType<ApplyResult.Failed>().Status.ShouldBe("UPDATE_ROLLBACK_FAILED");
        var failed = (await Applier.ContinueRollbackAsync([], Report, default)).ShouldBeOfType<ApplyResult.Failed>();
        failed.First!.Reason.ShouldBe("the VPC is gone");
        (await Applier.ContinueRollbackAsync(["Network"], Report, default)).ShouldBeOfType<ApplyResult.Done>();
        (await PlanAsync()).IsNew.ShouldBeFalse();
    }

    private async Task<ApplyResult> ApplyAsync() => await Applier.ApplyAsync(await PlanAsync(), Report, default);
}
