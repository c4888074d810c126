using Tenfold.Aws.Stacks;
using Tenfold.Aws.Tests.Scripted;
using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Tests.Stacks;

public sealed class A_plan_changes_nothing : StackFixture
{
    [Fact]
    public async Task A_new_stack_is_planned_and_nothing_is_left()
    {
        var plan = await PlanAsync();
        plan.IsNew.ShouldBeTrue();
        plan.Changes.Select(change => (change.Resource, change.Action))
            .ShouldBe([("Network", PlannedAction.Add), ("Bucket", PlannedAction.Add)]);
        plan.Losses.ShouldBeEmpty();
        await Planner.DiscardAsync(plan);
        Stacks.Stack.ShouldBeNull();
        Stacks.Sets.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_update_says_what_is_replaced_and_why()
    {
        Stacks.Make("CREATE_COMPLETE");
        var plan = await PlanAsync();
        plan.IsNew.ShouldBeFalse();
        var lost = plan.Losses.ShouldHaveSingleItem();
        (lost.Resource, lost.Replacement, lost.Properties.Single()).ShouldBe(("Network", Replacement.Yes, "CidrBlock"));
        await Planner.DiscardAsync(plan);
        Stacks.Stack!.Status.ShouldBe("CREATE_COMPLETE");
        Stacks.Sets.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("The submitted information didn't contain changes. Submit different information to create a change set.")]
    [InlineData("No updates are to be performed.")]
    public async Task A_stack_without_changes_is_as_it_should_be(string reason)
    {
        Stacks.Make("UPDATE_COMPLETE");
        Stacks.SetFailure = reason;
        (await Planner.PlanAsync(new StackSettings(), true, default)).ShouldBeOfType<PlanResult.NothingToChange>();
        Stacks.Sets.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_refusal_of_AWS_is_reported_with_its_reason_and_removed()
    {
        Stacks.SetFailure = "Parameter validation failed: parameter value x";
        (await Planner.PlanAsync(new StackSettings(), true, default)).ShouldBe(new PlanResult.Refused(Stacks.SetFailure));
        Stacks.Stack.ShouldBeNull();
        Stacks.Sets.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("CREATE_IN_PROGRESS", typeof(PlanResult.InProgress))]
    [InlineData("UPDATE_ROLLBACK_IN_PROGRESS", typeof(PlanResult.InProgress))]
    [InlineData("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", typeof(PlanResult.InProgress))]
    [InlineData("ROLLBACK_COMPLETE", typeof(PlanResult.FailedCreation))]
    [InlineData("ROLLBACK_FAILED", typeof(PlanResult.FailedCreation))]
    [InlineData("CREATE_FAILED", typeof(PlanResult.FailedCreation))]
    [InlineData("UPDATE_ROLLBACK_FAILED", typeof(PlanResult.FailedRollback))]
    [InlineData("DELETE_FAILED", typeof(PlanResult.FailedDeletion))]
    public async Task A_stack_that_can_not_be_changed_now_is_left_alone(string status, Type result)
    {
        Stacks.Make(status);
        (await Planner.PlanAsync(new StackSettings(), true, default)).ShouldBeOfType(result);
        CallsOf("CreateChangeSet").ShouldBe(0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Leftovers_of_a_killed_command_are_removed_by_the_next_one(bool isNew)
    {
        if (!isNew) Stacks.Make("CREATE_COMPLETE");
        // A killed command executes nothing and discards nothing.
        await PlanAsync();
        await PlanAsync();
        Stacks.Sets.Add(new FakeSet("somebodys-own", "arn:own", isNew));
        var plan = await PlanAsync();
        Stacks.Sets.Select(set => set.Name).ShouldBe(["somebodys-own", Stacks.Sets[^1].Name]);
        await Planner.DiscardAsync(plan);
        Stacks.Stack?.Status.ShouldBe("CREATE_COMPLETE");
        if (isNew) Stacks.Stack.ShouldBeNull();
    }

    [Fact]
    public async Task A_stack_that_another_process_made_meanwhile_is_not_deleted_with_the_plan()
    {
        var plan = await PlanAsync();
        Stacks.Stack!.Status = "CREATE_COMPLETE";
        await Planner.DiscardAsync(plan);
        Stacks.Stack!.Status.ShouldBe("CREATE_COMPLETE");
    }

    [Fact]
    public async Task Settings_that_are_not_named_stay_as_they_are()
    {
        Stacks.Make("CREATE_COMPLETE", "MaxVcpus=256", "SshFrom=203.0.113.7/32", "OfAnOlderTemplate=1");
        await PlanAsync(new StackSettings { MaxVcpus = 512, Spot = false, InstanceTypes = ["c7i", "m7i"], DataBuckets = ["data"] });
        var sent = Stacks.Sets.Single().Input.GetProperty("Parameters").EnumerateArray().ToDictionary(
            p => p.GetProperty("ParameterKey").GetString()!,
            p => p.TryGetProperty("ParameterValue", out var value) ? value.GetString() : "as it was");
        sent.ShouldBe(
            new Dictionary<string, string?>
            {
                ["MaxVcpus"] = "512",
                ["Spot"] = "false",
                ["InstanceTypes"] = "c7i,m7i",
                ["SshFrom"] = "as it was",
                ["DataBuckets"] = "arn:aws:s3:::data,arn:aws:s3:::data/*",
            }, ignoreOrder: true);
    }

    [Fact]
    public async Task A_new_stack_names_the_role_that_Batch_has_in_the_account()
    {
        await PlanAsync();
        CallsOf("CreateServiceLinkedRole").ShouldBe(1);
        Stacks.Sets.Single().Input.GetProperty("Parameters")[0].GetProperty("ParameterValue").GetString().ShouldBe("arn:aws:iam::1:role/R");
    }

    [Fact]
    public async Task A_role_that_may_not_be_seen_or_made_is_left_to_Batch()
    {
        Aws.On("GetRole", AwsReply.Error(403, "AccessDenied", "not authorized to perform: iam:GetRole"));
        await PlanAsync();
        CallsOf("CreateServiceLinkedRole").ShouldBe(0);
        Stacks.Sets.Single().Input.TryGetProperty("Parameters", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task A_plan_alone_makes_no_role()
    {
        await Planner.PlanAsync(new StackSettings(), isToBeApplied: false, default);
        CallsOf("CreateServiceLinkedRole").ShouldBe(0);
    }

    [Fact]
    public async Task A_change_set_whose_answer_was_lost_is_found_and_not_made_twice()
    {
        var isFirst = true;
        Aws.Handle("ListChangeSets", _ => AwsReply.Ok(new { Summaries = Array.Empty<object>() }));
        var create = Stacks;
        Aws.Handle("CreateChangeSet", call =>
        {
            var reply = create.Create(call.Input);
            if (!isFirst) return reply;
            isFirst = false;
            return AwsReply.Lost;
        });
        var plan = await PlanAsync();
        Stacks.Sets.Single().Id.ShouldBe(plan.ChangeSetId);
    }

    [Fact]
    public async Task A_plan_that_breaks_off_leaves_nothing()
    {
        Aws.On("DescribeChangeSet", AwsReply.Error(403, "AccessDenied", "not authorized to perform: cloudformation:DescribeChangeSet"));
        (await Should.ThrowAsync<AwsException>(() => Planner.PlanAsync(new StackSettings(), true, default)))
            .Fault.ShouldBe(AwsFault.Denied);
        Stacks.Sets.ShouldBeEmpty();
        Stacks.Stack.ShouldBeNull();
    }
}
